import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const USAGE = new URL("usage.mjs", import.meta.url).href;

/** Runs a command to its end: what it printed, its exit code and seconds. `stopAfter` bounds it, in seconds. */
export function run(command, args, { cwd, env, stopAfter = 300, descriptors = [] } = {}) {
  const began = performance.now();
  const child = spawn(command, args, {
    cwd,
    env: { ...withoutAws(process.env), ...env },
    stdio: ["ignore", "pipe", "pipe", ...descriptors],
    timeout: stopAfter * 1000,
  });
  const outputs = child.stdio.slice(1).map((stream) => {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    return chunks;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      const [stdout, stderr, extra = ""] = outputs.map((chunks) => Buffer.concat(chunks).toString("utf8"));
      resolve({ exitCode, stdout, stderr, extra, seconds: (performance.now() - began) / 1000 });
    });
  });
}

/** Runs the built paraform as a whole process. Throws when it fails: a bench of a failure measures nothing. */
export async function paraform(args, options = {}) {
  const result = await run(process.execPath, [CLI, ...args], options);
  if (result.exitCode !== 0) throw new Error(`paraform ${args.join(" ")} failed:\n${result.stderr}`);
  return result;
}

/** What one run of paraform used: the most megabytes (of 1,000,000 bytes) it had, and its seconds of CPU. */
export async function usageOf(args, cwd) {
  const result = await run(process.execPath, ["--import", USAGE, CLI, ...args], {
    cwd,
    descriptors: ["pipe"],
  });
  if (result.exitCode !== 0) throw new Error(`paraform ${args.join(" ")} failed:\n${result.stderr}`);
  return JSON.parse(result.extra);
}

/** How many API calls a plan says it made. */
export function callsOf({ stderr }) {
  return Number(/\((\d+) API calls?\)/.exec(stderr)?.[1]);
}

/** The median of `count` measurements, taken one after the other. */
export async function median(count, measure) {
  const figures = [];
  for (let index = 0; index < count; index += 1) figures.push(await measure());
  return middle(figures);
}

export function middle(figures) {
  const sorted = figures.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}

/** The slope of log y over log x by least squares: 1 is linear growth, 2 quadratic. */
export function growthExponent(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (axis) => logs.reduce((sum, point) => sum + point[axis], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return covariance / logs.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

function withoutAws(variables) {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith("AWS_")));
}
