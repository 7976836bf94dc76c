import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { Argv } from "yargs";
import { ENVIRONMENT_FILE } from "../config/environment-file.ts";
import { ConfigError, EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import { escapeText } from "../render/escape.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { folderOptions, runnerOption } from "./options.ts";
import { problemAnnotation, underRunner } from "./runner.ts";

function options(yargs: Argv) {
  return runnerOption(folderOptions(yargs))
    .positional("files", { type: "string", array: true, describe: "Check the environments that read these" })
    .option("env", { type: "string", requiresArg: true, describe: "The environment; default: every one" });
}

/** Checks the configs alone; no store is asked. */
async function validate(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { compileEnvironment, workingFolder } = await import("./session.ts");
  const { refuseFolderBelow } = await import("./folder-above.ts");
  const { absentFiles } = await import("./absent-files.ts");
  const { renderProblems } = await import("../render/human-problems.ts");
  const { configuredText } = await import("../render/configured.ts");
  const folder = workingFolder(host, given.chdir);
  refuseFolderBelow(host, folder, given.configs);
  const environments =
    given.env === undefined
      ? environmentsOf(folder, resolve(folder, given.configs), given.files ?? [])
      : [given.env];
  const [problems, warnings] = [new Map<string, Problem>(), new Map<string, Problem>()];
  const keep = (kept: Map<string, Problem>, found: readonly Problem[]) => {
    for (const problem of found) kept.set(JSON.stringify(problem), problem);
  };
  const counts: string[] = [];
  const read = new Set<string>();
  for (const env of environments) {
    try {
      const compiled = compileEnvironment(host, { ...given, env });
      keep(warnings, [...compiled.warnings, ...absentFiles(compiled.config.environment, compiled.cwd)]);
      for (const file of compiled.files) read.add(file);
      counts.push(configuredText(compiled.graph));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      keep(problems, error.problems);
    }
  }
  host.tellRunner?.({ annotations: [...warnings.values()].map(problemAnnotation) });
  if (warnings.size > 0) host.say(renderProblems([...warnings.values()], { color: host.color.stderr }));
  if (problems.size > 0) throw new ConfigError([...problems.values()]);
  await refuseUnread(folder, given.files ?? [], read);
  for (const [index, count] of counts.entries()) {
    const name = environments.length === 1 ? "" : ` of ${environments[index]}`;
    host.print(`The configs${name} are valid: ${count}.\n`);
  }
  return EXIT.done;
}

/** Nothing is said to be valid that was not read. @throws UserError */
async function refuseUnread(
  folder: string,
  files: readonly string[],
  read: ReadonlySet<string>,
): Promise<void> {
  const { showPath } = await import("../config/json-file.ts");
  for (const file of files) {
    const absolute = resolve(folder, file);
    if (read.has(absolute)) continue;
    const shown = escapeText(showPath(absolute, folder));
    if (!existsSync(absolute)) {
      throw new UserError(`${shown} does not exist`, {
        hint: "check its path; it is relative to this folder",
      });
    }
    throw new UserError(`${shown} belongs to no environment that was checked, and was not read`, {
      hint: 'a replication config is read where "configs" of an environment.json has it; without that key, beside it',
    });
  }
}

/**
 * The environments that `files` belong to: that of their folder, all for what lies beside them, as common/ does; all
 * without files. @throws UserError where there is none
 */
function environmentsOf(folder: string, configs: string, files: readonly string[]): readonly string[] {
  const all = existsSync(configs)
    ? readdirSync(configs).filter((name) => existsSync(join(configs, name, ENVIRONMENT_FILE)))
    : [];
  if (all.length === 0) {
    throw new UserError("there is no environment to check", {
      hint: `an environment is a folder of --configs with ${ENVIRONMENT_FILE}`,
    });
  }
  const named = files.map((file) => relative(configs, resolve(folder, file)).split(sep)[0] ?? "");
  const isOwn = (name: string) => all.includes(name);
  return named.length > 0 && named.every(isOwn) ? all.filter((name) => named.includes(name)) : all;
}

export const validateCommand = command({
  spec: "validate [files..]",
  describe: "Check the configs alone, without any call to AWS",
  options,
  run: (host, given) => underRunner(host, given, (telling) => validate(telling, given)),
});
