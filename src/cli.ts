#!/usr/bin/env node
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import type { Host, StopSignal } from "./commands/host.ts";

const version = (
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }
).version;
const argv = process.argv.slice(2);
/** The contract's exit code of an error, here before anything is loaded. */
const FAILED = 1;

let isOutputLost = false;
process.stdout.on("error", noteLostOutput);
// What is said beside the results is nobody's input.
process.stderr.on("error", () => {});

if (argv.length === 1 && /^(-v|(--?)?version)$/.test(argv[0] ?? "")) {
  process.stdout.write(`${version}\n`);
} else {
  // The SDK warns of Node 20 on stderr, where paraform's own words belong.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  // Also the clients that the SDK builds inside, for SSO and assumed roles, take no endpoint from outside the config.
  process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "true";
  const code = await main();
  process.exitCode = code === 0 && isOutputLost ? FAILED : code;
}

async function main(): Promise<number> {
  const { hostId } = await import("./apply/host-id.ts");
  const { loadFile, openReport, saveFile } = await import("./commands/files.ts");
  const { reportFailure } = await import("./commands/failure.ts");
  const { redact } = await import("./model/known-secrets.ts");
  const { refuseUnsafeNode } = await import("./commands/unsafe-node.ts");
  const { runCommandLine } = await import("./commands/command-line.ts");
  const { stdin, stdout, stderr, env, pid } = process;
  const events = wantsEvents();
  const status = events || !wantsLine() ? undefined : await bottomLine();
  const host: Host = {
    cwd: process.cwd(),
    environmentVariables: env,
    stdin,
    stderr,
    interactive: !events && stdin.isTTY === true && stderr.isTTY === true,
    color: { stdout: wantsColor(stdout), stderr: wantsColor(stderr) },
    holder: { host: hostId(hostParts()), pid, who: `${userName()}@${hostname()}`, isAlive },
    print: (text) => {
      status?.hide();
      stdout.write(redact(text));
    },
    say: (text) => {
      if (status !== undefined) status.above(text);
      else if (!events) stderr.write(redact(text));
    },
    reveal: (value) => stdout.write(`${value.expose()}${stdout.isTTY ? "\n" : ""}`),
    ...(events ? { emit: await eventWriter() } : {}),
    ...(status === undefined ? {} : { status }),
    save: saveFile,
    openReport,
    load: loadFile,
    watchSignals,
    untilStopped: () =>
      new Promise((resolve) => {
        process.once("SIGINT", () => resolve("interrupted"));
        process.once("SIGTERM", () => resolve("terminated"));
      }),
    monotonic: forwardClock(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
  try {
    refuseUnsafeNode(process.execArgv, env);
    return await runCommandLine(host, argv, version);
  } catch (error) {
    return await reportFailure(host, error);
  }
}

/** Whether the words ask for events: also an error in these words is one then. */
function wantsEvents(): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end === -1 ? argv.length : end).some((word) => /^--?json(=true)?$/.test(word));
}

async function eventWriter(): Promise<NonNullable<Host["emit"]>> {
  const { EVENTS_VERSION } = await import("./render/event.ts");
  const { renderEventLine } = await import("./render/event-line.ts");
  const { redact } = await import("./model/known-secrets.ts");
  const emit: NonNullable<Host["emit"]> = (event) =>
    process.stdout.write(redact(renderEventLine(event, new Date())));
  emit({
    type: "version",
    "@level": "info",
    "@message": `paraform ${version}`,
    paraform: version,
    ui: EVENTS_VERSION,
  });
  return emit;
}

function wantsLine(): boolean {
  return process.stderr.isTTY === true && wantsColor(process.stderr);
}

/** The line that is redrawn on stderr; a signal that ends the process takes it away first. */
async function bottomLine(): Promise<NonNullable<Host["status"]>> {
  const { redact } = await import("./model/known-secrets.ts");
  const { statusLine } = await import("./commands/status-line.ts");
  const { stderr, pid } = process;
  const line = statusLine(
    (text) => stderr.write(redact(text)),
    () => stderr.columns,
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      line.hide();
      if (process.listenerCount(signal) === 0) process.kill(pid, signal);
    });
  }
  return line;
}

function watchSignals(heard: () => void): () => StopSignal | null {
  let asked: StopSignal | null = null;
  const hear = (signal: StopSignal) => () => {
    if (asked === null) heard();
    asked ??= signal;
  };
  process.on("SIGINT", hear("interrupted"));
  process.on("SIGTERM", hear("terminated"));
  return () => asked;
}

/** Colour only on a terminal; `NO_COLOR` turns it off whatever else is said, as no-color.org asks. */
function wantsColor(stream: NodeJS.WriteStream): boolean {
  if ((process.env.NO_COLOR ?? "") !== "" || argv.includes("--no-color") || argv.includes("-no-color"))
    return false;
  return argv.includes("--color") || (stream.isTTY && process.env.TERM !== "dumb");
}

/** A reader that closed the pipe has seen enough; any other result that nobody gets is a failure, once all is done. */
function noteLostOutput({ code = "" }: NodeJS.ErrnoException): void {
  if (code === "EPIPE" || isOutputLost) return;
  isOutputLost = true;
  process.exitCode ||= FAILED;
  process.stderr.write(
    `error: standard output could not be written (${code})\n  hint: free some space, or let it go elsewhere\n`,
  );
}

/** Two processes with the same parts can see each other's process ids. */
function hostParts(): string[] {
  const read = (file: string) => {
    try {
      return readFileSync(file, "utf8").trim();
    } catch {
      return "";
    }
  };
  const link = (file: string) => {
    try {
      return readlinkSync(file);
    } catch {
      return "";
    }
  };
  return [hostname(), read("/proc/sys/kernel/random/boot_id"), link("/proc/self/ns/pid")];
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Milliseconds that also pass while the machine sleeps, when the monotonic clock may stand still, and that never
 * go back when the wall clock is set.
 */
function forwardClock(): () => number {
  let passed = 0;
  let [wall, steady] = [Date.now(), performance.now()];
  return () => {
    const [nextWall, nextSteady] = [Date.now(), performance.now()];
    passed += Math.max(nextWall - wall, nextSteady - steady, 0);
    [wall, steady] = [nextWall, nextSteady];
    return passed;
  };
}
