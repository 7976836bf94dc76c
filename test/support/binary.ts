import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterFile } from "./after-file.ts";

/** The built program: what a user runs. `npm test` builds it before. */
export const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

if (!existsSync(CLI)) throw new Error("dist/cli.js is missing: run npm run build first");

export interface Finished {
  /** As a shell tells it: 128 + the signal's number where one ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** On top of `bareEnvironment`. */
  readonly env?: Readonly<Record<string, string>>;
  /** All of standard input, which is never a terminal here. */
  readonly input?: string;
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
  /** Run as this user; for root only. */
  readonly uid?: number;
  /** Keep standard input open, for `write`. */
  readonly open?: boolean;
}

/** A program that runs. */
export interface Running {
  readonly pid: number;
  readonly finished: Promise<Finished>;
  /** Resolves when stdout or stderr, as they stand, match; rejects when the program ends before. */
  until(stream: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray>;
  write(text: string): void;
  kill(signal: NodeJS.Signals): void;
}

/** What a child is given of this process: enough to find programs, and nothing of AWS, Node or the test runner. */
export function bareEnvironment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: home, AWS_EC2_METADATA_DISABLED: "true" };
}

/** `paraform ARGS` with the built program. */
export function start(args: readonly string[], options: RunOptions): Running {
  return startProgram(process.execPath, [...(options.nodeFlags ?? []), CLI, ...args], options);
}

/** The same to its end. */
export function run(args: readonly string[], options: RunOptions): Promise<Finished> {
  return start(args, options).finished;
}

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

export function startProgram(
  program: string,
  args: readonly string[],
  { cwd, env = {}, input = "", uid, open = false }: RunOptions,
): Running {
  const child = spawn(program, args, {
    cwd,
    env: { ...bareEnvironment(cwd), ...env },
    ...(uid === undefined ? {} : { uid }),
  });
  // A program that ends before it has read its input is none of the test's business.
  child.stdin.on("error", () => {});
  if (!open) child.stdin.end(input);
  return watch(child);
}

function watch(child: ChildProcessWithoutNullStreams): Running {
  const texts = { stdout: "", stderr: "" };
  afterFile(() => child.kill("SIGKILL"));
  const looks = new Set<() => void>();
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      texts[stream] += text;
      for (const look of looks) look();
    });
  }
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve({ code: code ?? 128 + (signal === null ? 0 : (SIGNAL_NUMBERS[signal] ?? 0)), ...texts });
    });
  });
  return {
    pid: child.pid ?? 0,
    finished,
    until: (stream, pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(texts[stream]);
          if (match !== null) resolve(match);
        };
        looks.add(look);
        look();
        void finished.then(({ code }) =>
          reject(new Error(`it ended with ${code} before ${pattern}:\n${texts.stdout}${texts.stderr}`)),
        );
      }),
    write: (text) => {
      child.stdin.write(text);
    },
    kill: (signal) => {
      child.kill(signal);
    },
  };
}
