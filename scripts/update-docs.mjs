// npm run docs [-- --check]: makes anew what README.md and schemas/ hold of the built binary's own words. With
// --check nothing is written: what differs is named, and the exit code is 1.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fillSection } from "./sections.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** What a developer's shell has must not enter the example. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(AWS_|PARAFORM_)/.test(name)),
);

const documents = new Map(
  ["environment", "replication", "plan", "events"].map((name) => [
    `schemas/${name}.schema.json`,
    paraform(["schema", name]),
  ]),
);
const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const help = paraform(["--help"]);
documents.set(
  "README.md",
  fillSection(fillSection(readme, "usage", fenced(help)), "plan", fenced(changedPlan())),
);
documents.set("docs/commands.md", commandsPage());

let differing = 0;
for (const [name, text] of documents) {
  const file = join(ROOT, name);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  differing += 1;
  if (process.argv.includes("--check")) {
    console.log(`${name} is not what the code says: run npm run docs`);
    continue;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`wrote ${name}`);
}
if (process.argv.includes("--check") && differing > 0) process.exitCode = 1;

/** Every command with its own help, in the order of the help. */
function commandsPage() {
  const commands = [...help.matchAll(/^ {2}paraform ([\w-]+)/gm)].map(([, command]) => command);
  const sections = commands.flatMap((command) => {
    const own = paraform([command, "--help"]);
    const forms = [...own.matchAll(new RegExp(`^ {2}paraform ${command} ([\\w-]+)`, "gm"))];
    return [
      section("##", command, own),
      ...forms.map(([, form]) => section("###", `${command} ${form}`, paraform([command, form, "--help"]))),
    ];
  });
  return ["# Commands\n\nMade by `npm run docs` from what each command says of itself.\n", ...sections].join(
    "\n",
  );
}

function section(level, title, text) {
  return `${level} ${title}\n\n${fenced(text)}\n`;
}

/**
 * The plan that follows from one changed password of `dev`, in a folder of its own. Its fingerprint and what stands
 * below are left out: they differ with each digest key.
 */
function changedPlan() {
  const folder = mkdtempSync(join(tmpdir(), "paraform-docs-"));
  try {
    for (const name of ["configs", "scripts", "package.json"]) {
      cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter: isCommitted });
    }
    for (const name of ["dist", "node_modules"]) symlinkSync(join(ROOT, name), join(folder, name));
    succeed([join(folder, "scripts", "start.mjs")], folder);
    const values = join(folder, "configs", "dev", "values.json");
    const changed = readFileSync(values, "utf8").replace(
      /(data-changer\/password": ")[^"]*/,
      "$1changed dummy",
    );
    writeFileSync(values, changed);
    const plan = paraform(["plan", "--env", "dev"], folder);
    return plan.slice(0, plan.indexOf("\nFingerprint: ") + 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A developer's own values may be in use: the example is made of those that start.mjs writes. */
function isCommitted(file) {
  return !file.endsWith("values.json");
}

function paraform(args, cwd = ROOT) {
  return succeed([join(ROOT, "dist", "cli.js"), ...args], cwd);
}

function succeed(args, cwd) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} failed:\n${stderr}`);
  return stdout;
}

function fenced(text) {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}
