import type { Argv } from "yargs";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { planInputs, storeOptions } from "./options.ts";

/** 1 says that there is a report, as Phalanx has it; that none could be made is 2, whatever it was. */
const NO_REPORT = EXIT.pending;

function options(yargs: Argv) {
  return storeOptions(yargs)
    .option("exclude", {
      type: "string",
      array: true,
      nargs: 1,
      describe: "Leave these out; what is copied from them is compared with their live value",
    })
    .option("deep", {
      type: "boolean",
      default: false,
      describe: "Read and compare every value, trusting no stamp",
    })
    .option("format", {
      choices: ["human", "json"] as const,
      default: "human" as const,
      describe: "How to print",
    });
}

/** Prints what is missing, not as expected and unknown, in the words of Phalanx's audit. Writes nothing. */
async function audit(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const nothing = { delete: undefined, regenerate: undefined, target: undefined, allow: undefined };
  const inputs = planInputs({ ...nothing, exclude: given.exclude, deep: given.deep });
  const { withSession } = await import("./session.ts");
  const { planEnvironment } = await import("../pipeline.ts");
  const { auditPlan, valuesToAudit } = await import("../plan/audit.ts");
  const { auditDocument, isClean, renderAudit } = await import("../render/audit-report.ts");
  const { renderFindings } = await import("../render/diagnostics.ts");
  const { renderJson } = await import("../render/json.ts");
  return withSession(host, given, async (session) => {
    const result = await planEnvironment(session, { inputs, deep: given.deep });
    if (!result.complete) throw result.failure;
    const { planned } = result;
    const names = valuesToAudit(planned.decisions);
    const readings = await session.store.read(names.map((name) => ({ name })));
    const known = new Map(names.map((name, index) => [name, readings[index] ?? { kind: "absent" as const }]));
    const found = auditPlan(planned, known);
    const [untold] = found.untold;
    if (untold !== undefined) {
      const others = found.untold.length === 1 ? "" : ` and ${found.untold.length - 1} more`;
      throw new UserError(
        `${untold}${others} cannot be audited: a value may not be read, and no stamp tells`,
        {
          hint: "audit with an identity that may decrypt it, or adopt it first",
        },
      );
    }
    const { name: environment, scopes } = session.config.environment;
    const { lacking } = session.supplied;
    const report = { audit: found, lacking, scopes: scopes.map(({ path }) => path) };
    host.say(renderFindings(planned.plan.diagnostics, { color: host.color.stderr }));
    host.print(
      given.format === "json" ? renderJson(auditDocument(environment, report)) : renderAudit(report),
    );
    return isClean(found) ? EXIT.done : EXIT.error;
  });
}

export const auditCommand = command({
  spec: "audit",
  describe: "Report missing, unexpected and unknown values as Phalanx does: exit 0, 1 or 2",
  failure: NO_REPORT,
  options,
  run: audit,
});
