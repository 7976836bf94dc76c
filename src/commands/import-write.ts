import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ENVIRONMENT_FILE } from "../config/environment-file.ts";
import { showPath } from "../config/json-file.ts";
import { warningAt } from "../config/origin.ts";
import { distinctFiles, type Imported, type ImportedFile } from "../import/imported.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import { commandText } from "../render/command-text.ts";
import { renderProblems } from "../render/human-problems.ts";
import { counted } from "../render/wording.ts";
import type { Host } from "./host.ts";

export interface WritePlace {
  readonly environment: string;
  /** The folder of the environments, absolute. */
  readonly configs: string;
  readonly cwd: string;
  readonly force: boolean;
}

/**
 * Writes what was imported into the environment's folder and says so, and what comes next; reports go to stderr, by place. environment.json
 * is written only where there is none; with any other file that would change, and without `force`, nothing is.
 * @throws UserError
 */
export async function writeImport(
  host: Host,
  { files: imported, reports, mark }: Imported,
  place: WritePlace,
): Promise<ExitCode> {
  const folder = join(place.configs, place.environment);
  const files = distinctFiles(imported).map((file) => ({
    ...file,
    text: withSchema(file, folder, place.cwd),
  }));
  const shown = (file: ImportedFile) => showPath(join(folder, file.name), place.cwd);
  const left = mark === undefined ? [] : await leftBehind(folder, mark, files, place.cwd);
  host.say(renderProblems([...reports, ...left].sort(byPlace), { color: host.color.stderr }));
  const states = await Promise.all(
    files.map(async (file) => ({ file, present: await textOf(join(folder, file.name)) })),
  );
  const changing = states.filter(
    ({ file, present }) => file.name !== ENVIRONMENT_FILE && present !== undefined && present !== file.text,
  );
  if (changing.length > 0 && !place.force) {
    const names = changing.map(({ file }) => shown(file));
    throw new UserError(
      `${names.join(", ")} ${names.length === 1 ? "exists" : "exist"} with another content`,
      {
        hint: "--force overwrites what an earlier import wrote; nothing was written",
      },
    );
  }
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`the folder ${showPath(folder, place.cwd)} cannot be made (${error.code})`);
  });
  for (const { file, present } of states) {
    if (file.name === ENVIRONMENT_FILE && present !== undefined) host.print(`Kept ${shown(file)}\n`);
    else if (present === file.text) host.print(`Unchanged ${described(file)}\n`);
    else {
      await host.save(join(folder, file.name), file.text);
      host.print(`Wrote ${described(file)}\n`);
    }
  }
  if (changing.length > 0 || states.some(({ present }) => present === undefined)) {
    const isNew = states.some(({ file, present }) => file.name === ENVIRONMENT_FILE && present === undefined);
    host.say(`Next: ${isNew ? `${next("init")}, once, then ` : ""}${next("plan")}\n`);
  }
  return EXIT.done;

  function next(verb: string): string {
    const configs = showPath(place.configs, place.cwd);
    return commandText([verb], {
      env: place.environment,
      ...(configs === "configs" ? {} : { configs }),
    });
  }

  function described(file: ImportedFile): string {
    return `${shown(file)}${file.parameters === undefined ? "" : `: ${counted(file.parameters, "parameter")}`}`;
  }
}

/** The file with the schema that an editor completes and checks it by, as it lies where paraform is installed. */
function withSchema({ name, text }: ImportedFile, folder: string, cwd: string): string {
  const kind = name === ENVIRONMENT_FILE ? "environment" : "replication";
  const schema = showPath(join(cwd, `node_modules/paraform/schemas/${kind}.schema.json`), folder);
  return text.replace(/^\{$/m, () => `{\n  "$schema": ${JSON.stringify(schema)},`);
}

/** Files of an earlier import that this one does not write: what they declare stays declared. */
async function leftBehind(
  folder: string,
  mark: string,
  files: readonly ImportedFile[],
  cwd: string,
): Promise<Problem[]> {
  const names = await readdir(folder).catch(() => []);
  const others = names.filter((name) => name.endsWith(".json") && files.every((file) => file.name !== name));
  const texts = await Promise.all(others.map((name) => textOf(join(folder, name))));
  return others
    .filter((_, index) => texts[index]?.startsWith(`// ${mark}`))
    .map((name) => {
      const at = { file: showPath(join(folder, name), cwd), line: 1, column: 1 };
      const hint = "what it declares stays; remove the file only if the secrets are to go";
      return warningAt(at, "this file is of an earlier import and would not be written now", hint);
    });
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError("a file of the environment's folder cannot be read", {
      hint: "check its permissions",
    });
  }
}

function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
