import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "paraform-readme-"));

/** What a reader would type, line by line: the ```sh fences of a document. */
function commandsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, fence = ""]) =>
    fence.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#")),
  );
}

/** Why a command is not run as it stands; `undefined` for one that is. */
function reasonNotToRun(command: string): string | undefined {
  if (/^npm (install|run)\b/.test(command) && !command.endsWith("npm start"))
    return "npm runs these very tests";
  if (/^(?:AWS_\w+=\S+ )*(aws|terraform|curl)\b/.test(command)) return "another program";
  if (/\bparaform local\b/.test(command)) return "it serves until it is stopped";
  return undefined;
}

/** What is run for a command: of environments that are on AWS only the configs are checked. */
function spokenFor(command: string): string {
  if (command.endsWith("npm start")) return "node scripts/start.mjs";
  const env = /--env (stage|prod)\b/.exec(command)?.[1];
  return env === undefined ? command : `npx paraform validate --env ${env}`;
}

beforeAll(() => {
  for (const name of ["configs", "scripts", "package.json"]) {
    cpSync(join(root, name), join(folder, name), {
      recursive: true,
      filter: (file) => !file.endsWith("values.json"),
    });
  }
  for (const name of ["dist", "node_modules"]) symlinkSync(join(root, name), join(folder, name));
  mkdirSync(join(folder, "bin"));
  const npx = join(folder, "bin", "npx");
  writeFileSync(npx, `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(root, "dist/cli.js")}' "$@"\n`);
  chmodSync(npx, 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const documents = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].map(
  (file) => ({ file, commands: commandsOf(file) }),
);

it("README.md has commands to run", () => {
  expect(documents[0]?.commands.length).toBeGreaterThan(5);
});

/** One after the other in one folder, as a reader would: a plan is saved by one and applied by another. */
describe.each(documents.filter(({ commands }) => commands.length > 0))(
  "the commands of $file",
  ({ commands }) => {
    for (const command of commands) {
      const reason = reasonNotToRun(command);
      if (reason !== undefined) it.skip(`${command} (${reason})`);
      else it(command, async () => expect(await failureOf(spokenFor(command))).toBeUndefined());
    }
  },
);

/** How a line of shell ended, if not well. `npx` is one that starts the built paraform. */
async function failureOf(line: string): Promise<string | undefined> {
  const PATH = [join(folder, "bin"), process.env.PATH].join(delimiter);
  try {
    await run("sh", ["-c", line], { cwd: folder, env: { ...process.env, PATH } });
    return undefined;
  } catch (error) {
    const { code, stderr } = error as { code: unknown; stderr: string };
    return `exit code ${code}\n${stderr}`;
  }
}
