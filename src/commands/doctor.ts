import type { Argv } from "yargs";
import { EXIT, type ExitCode } from "../model/error.ts";
import { escapeText } from "../render/escape.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { outputOptions, storeOptions } from "./options.ts";

function options(yargs: Argv) {
  return outputOptions(storeOptions(yargs))
    .option("policy", {
      type: "string",
      requiresArg: true,
      describe: "Print the least IAM policy of a principal, as planner, applier, owner-dba, service-a",
    })
    .option("quota", {
      type: "boolean",
      default: false,
      describe: "Count the parameters of the whole account and region, fifty a call",
    });
}

/** Says what this identity may and may not do in an environment, or which policy a principal needs there. */
async function doctor(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { withStore } = await import("./session.ts");
  const { examine } = await import("./examine.ts");
  const { renderCheckup } = await import("../render/human-checkup.ts");
  const { renderJson } = await import("../render/json.ts");
  return withStore(host, given, async (open) => {
    if (given.policy !== undefined) {
      const { rolePolicy } = await import("./role-policy.ts");
      const { documents, aliases } = await rolePolicy(open, given.policy);
      for (const document of documents) host.print(renderJson(document));
      if (aliases.length > 0) host.say(toldByAlias(aliases));
      return EXIT.done;
    }
    const checkup = await examine(open, given);
    const document = { format_version: "1.0", ...checkup };
    const human = () => renderCheckup(checkup, { color: host.color.stdout });
    host.print(given.format === "json" ? renderJson(document) : human());
    return checkup.checks.some(({ state }) => state === "missing") ? EXIT.error : EXIT.done;
  });
}

function toldByAlias(aliases: readonly string[]): string {
  return `warning: kms:DescribeKey is denied on ${aliases.map(escapeText).join(", ")}, so the policy tells keys by their aliases
  hint: whoever may move an alias changes what it allows; ask with a right to kms:DescribeKey for the ARNs
`;
}

export const doctorCommand = command({
  spec: "doctor",
  describe: "Show what this identity may do here, or the policy that it needs",
  options,
  run: doctor,
});
