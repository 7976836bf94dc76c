// npm run bench [-- --write] [-- --full]: how fast and how large, beside the limits that the project sets itself and
// beside what people run instead. Nothing fails for being slow: a missed limit is marked.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fillSection } from "../scripts/sections.mjs";
import { writeDenseEnvironment, writeEnvironment } from "./environment.mjs";
import { callsOf, growthExponent, median, middle, paraform, run, usageOf } from "./measure.mjs";
import { compareWithOthers } from "./others.mjs";

const { values: options } = parseArgs({
  options: { write: { type: "boolean", default: false }, full: { type: "boolean", default: false } },
});
const PLAN = ["plan", "--env", "bench"];
/** An account holds 10,000 standard parameters: these, and paraform's own. */
const MOST = 9_990;

const [load = 0] = loadavg();
const rows = [];
const tell = (text) => console.error(`${text} …`);

tell("start-up");
const version = await median(9, async () => (await paraform(["--version"])).seconds);
rows.push(row("`paraform --version`", milliseconds(version), "150 ms", version <= 0.15));

tell("compile");
const compiled = await compileDense();
rows.push(
  row(
    `compile ${grouped(compiled.parameters)} parameters with ${grouped(compiled.edges)} edges`,
    milliseconds(compiled.seconds),
    "1 s",
    compiled.seconds <= 1,
  ),
);

tell("apply of 1,000");
const applied = await median(3, async () => {
  const root = writeEnvironment(1_000);
  const seconds = await fill(root);
  rmSync(root, { recursive: true });
  return seconds;
});
rows.push(row("`apply` that creates 1,000", secondsText(applied), "", true));

const plans = [];
for (const count of [10, 100, 1_000, MOST]) {
  tell(`plan of ${grouped(count)}`);
  plans.push(await planInSync(count));
}
const [startUp, ...sizes] = plans;
for (const { count, seconds, calls } of sizes) {
  const limit = count === 1_000 ? "1.0 s, 21 calls" : "";
  const kept = count !== 1_000 || (seconds <= 1 && calls === 21);
  rows.push(
    row(`\`plan\` of ${grouped(count)} in sync`, `${secondsText(seconds)}, ${calls} calls`, limit, kept),
  );
}
const { megabytes } = plans.at(-1);
rows.push(
  row(
    `peak memory of that plan of ${grouped(MOST)}`,
    `${Math.round(megabytes)} MB`,
    "300 MB",
    megabytes <= 300,
  ),
);
// Time of the processor, since a busy machine stretches all other time. Of 100 parameters, what is above the
// start-up is less than the noise.
const growth = (some, figure) => growthExponent(some.map((plan) => [plan.count, figure(plan)]));
for (const [what, exponent] of [
  ["growth exponent of calls, 100 to 9,990", growth(sizes, ({ calls }) => calls)],
  ["growth exponent of CPU time, 100 to 9,990", growth(sizes, ({ cpuSeconds }) => cpuSeconds)],
  [
    "growth exponent of CPU time above start-up, 1,000 to 9,990",
    growth(sizes.slice(1), ({ cpuSeconds }) => cpuSeconds - startUp.cpuSeconds),
  ],
]) {
  rows.push(row(what, exponent.toFixed(2), "1.1 (1 is linear)", exponent <= 1.1));
}

tell("a plan of 5,000 changes in each format");
for (const { format, seconds, characters } of await showInEachFormat(5_000)) {
  const fits = format !== "markdown" || characters <= 65_536;
  rows.push(
    row(
      `\`show\` of 5,000 changes as ${format}`,
      `${secondsText(seconds)}, ${grouped(characters)} characters`,
      format === "markdown" ? "1 s, 65,536 characters" : "1 s",
      seconds <= 1 && fits,
    ),
  );
}

const others = [];
for (const count of options.full ? [100, 1_000] : [100]) {
  tell(`what people run instead, ${grouped(count)} parameters`);
  for (const { what, seconds, calls, missing } of await compareWithOthers(count)) {
    others.push(
      [what, grouped(count), ...(missing === undefined ? [secondsText(seconds), calls] : [missing, ""])].join(
        " | ",
      ),
    );
  }
}

const report = [
  `Whole processes, medians, the embedded store in process; ${availableParallelism()} cores with a load of ${load.toFixed(1)} before, Node ${process.versions.node}:`,
  "",
  "| what | measured | limit |",
  "|---|---|---|",
  ...rows,
  "",
  "Beside what people run instead, one run each, all against the same kind of server on loopback:",
  "",
  "| what | parameters | time | API calls |",
  "|---|---|---|---|",
  ...others.map((cells) => `| ${cells} |`),
].join("\n");
console.log(report);
if (options.write) {
  const readme = fileURLToPath(new URL("../README.md", import.meta.url));
  writeFileSync(readme, fillSection(readFileSync(readme, "utf8"), "bench", report));
}

async function compileDense() {
  const root = writeDenseEnvironment(10_000, 100_000);
  const script = fileURLToPath(new URL("compile.mjs", import.meta.url));
  let facts = {};
  const seconds = await median(5, async () => {
    const { stdout, stderr, exitCode } = await run(process.execPath, [script, root]);
    if (exitCode !== 0) throw new Error(`compiling failed:\n${stderr}`);
    facts = JSON.parse(stdout);
    return facts.milliseconds / 1000;
  });
  rmSync(root, { recursive: true });
  return { ...facts, seconds };
}

/** Brings a new environment in sync; tells how many seconds its apply took. */
async function fill(root) {
  await paraform(["init", "--env", "bench"], { cwd: root });
  return (await paraform(["apply", "--env", "bench", "--auto-approve"], { cwd: root })).seconds;
}

async function planInSync(count) {
  const root = writeEnvironment(count);
  await fill(root);
  let calls = 0;
  const seconds = await median(5, async () => {
    const result = await paraform(PLAN, { cwd: root });
    if (!result.stdout.includes("No changes.")) throw new Error(`a plan has changes:\n${result.stdout}`);
    calls = callsOf(result);
    return result.seconds;
  });
  const usages = [];
  for (let index = 0; index < 3; index += 1) usages.push(await usageOf(PLAN, root));
  rmSync(root, { recursive: true });
  const usage = (name) => middle(usages.map((one) => one[name]));
  return { count, seconds, calls, megabytes: usage("megabytes"), cpuSeconds: usage("cpuSeconds") };
}

async function showInEachFormat(count) {
  const root = writeEnvironment(count);
  await paraform(["init", "--env", "bench"], { cwd: root });
  await paraform([...PLAN, "--out", "p.json"], { cwd: root });
  const shown = [];
  for (const format of ["human", "markdown", "json", "html"]) {
    let characters = 0;
    const seconds = await median(3, async () => {
      const result = await paraform(["show", "p.json", "--format", format], { cwd: root });
      characters = result.stdout.length;
      return result.seconds;
    });
    shown.push({ format, seconds, characters });
  }
  rmSync(root, { recursive: true });
  return shown;
}

function row(what, measured, limit, kept) {
  return `| ${what} | ${measured}${kept ? "" : " (**missed**)"} | ${limit} |`;
}

function milliseconds(seconds) {
  return `${Math.round(seconds * 1000)} ms`;
}

function secondsText(seconds) {
  return `${seconds.toFixed(2)} s`;
}

function grouped(count) {
  return count.toLocaleString("en-US");
}
