import { resolve } from "node:path";
import type { Argv } from "yargs";
import { EXIT, type ExitCode } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { PLAN_FORMATS, placeGiven, planOutputOptions } from "./options.ts";

function options(yargs: Argv) {
  return planOutputOptions(yargs)
    .positional("file", { type: "string", demandOption: true, describe: "A saved plan" })
    .option("chdir", { type: "string", requiresArg: true, describe: "Work in this folder" })
    .option("detailed-exitcode", { type: "boolean", default: false, describe: "As with plan" });
}

/** Renders a saved plan, stale or not. It asks no store, so it cannot tell an edited file: `verify` does. */
async function show(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { openSaved } = await import("./saved-plan.ts");
  const { planExitCode, planText, withoutColour } = await import("./plan-result.ts");
  const { workingFolder } = await import("./session.ts");
  const { openReports } = await import("./reports.ts");
  const folder = workingFolder(host, given.chdir);
  const reports = await openReports(host, given.report, folder, PLAN_FORMATS);
  const plan = await openSaved(host, resolve(folder, given.file));
  host.say("Shown as the file says it: paraform verify tells whether it was edited or is stale.\n");
  const applyOptions = placeGiven({ chdir: given.chdir, endpointUrl: plan.environment.endpoint });
  host.print(planText(host, plan, { ...given, applyOptions }));
  for (const { format, write } of reports) {
    await write(planText(withoutColour(host), plan, { ...given, applyOptions, format }));
  }
  return given.detailedExitcode ? planExitCode(plan, true) : EXIT.done;
}

export const showCommand = command({
  spec: "show <file>",
  describe: "Print a saved plan, stale or not",
  options,
  run: show,
});
