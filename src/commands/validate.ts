import type { Argv } from "yargs";
import { EXIT, type ExitCode } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { configOptions, runnerOption } from "./options.ts";
import { problemAnnotation, type Tell, underRunner } from "./runner.ts";

function options(yargs: Argv) {
  return runnerOption(configOptions(yargs));
}

/** Checks the configs alone; no store is asked. */
async function validate(host: Host, given: OptionsOf<typeof options>, tell: Tell): Promise<ExitCode> {
  const { compileEnvironment } = await import("./session.ts");
  const { renderProblems } = await import("../render/human-problems.ts");
  const { counted } = await import("../render/wording.ts");
  const { graph, warnings } = compileEnvironment(host, given);
  tell(() => ({ annotations: warnings.map(problemAnnotation) }));
  if (warnings.length > 0) host.say(renderProblems(warnings, { color: host.color.stderr }));
  const declared = [...graph.parameters.values()].filter(({ rule }) => rule.kind !== "exists").length;
  const references = graph.parameters.size - declared;
  host.print(
    `The configs are valid: ${counted(declared, "parameter")}, ${counted(references, "reference")}.\n`,
  );
  return EXIT.done;
}

export const validateCommand = command({
  spec: "validate",
  describe: "Check the configs alone, without any call to AWS",
  options,
  run: (host, given) => underRunner(host, given, (tell) => validate(host, given, tell)),
});
