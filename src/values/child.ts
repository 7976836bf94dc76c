import { spawn } from "node:child_process";
import { systemCode } from "../config/json-file.ts";
import { UserError } from "../model/error.ts";

const LARGEST_MIB = 8;
/** How long the output of a program that has ended is read on while something that it started holds it open, in milliseconds. */
const DRAIN = 250;

/** What a child gets of the environment, whatever it is: enough to find programs, its user's files and its language. */
const ALWAYS = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "SystemRoot"];

export interface Child {
  /** As errors name it: `the command`. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** Written to its standard input. */
  readonly input: string;
  /** In milliseconds. */
  readonly timeout: number;
  /** Which variables it gets beyond those that every child gets. */
  readonly mayHave: (variable: string) => boolean;
  /** The remedy where there is no such program. */
  readonly absentHint: string;
}

/**
 * What a program prints on its standard output. Its standard error goes nowhere, for it may quote values.
 * @throws UserError when there is no such program, or it fails, takes too long or prints what is no text
 */
export function runChild(
  { name, program, args, folder, input, timeout, mayHave, absentHint }: Child,
  environmentVariables: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(environmentVariables).filter(
      ([variable]) => ALWAYS.includes(variable) || mayHave(variable),
    ),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, env, stdio: ["pipe", "pipe", "ignore"] });
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (summary: string, hint: string) => {
      clearTimeout(timer);
      // What the child itself started may hold its output open for ever.
      child.stdout.destroy();
      child.kill("SIGKILL");
      reject(new UserError(`${name} ${summary}`, { hint }));
    };
    let timer = setTimeout(
      () => end(`took longer than ${timeout / 1000} seconds`, "run it by hand to see what it waits for"),
      timeout,
    );
    child.on("error", (error) => {
      const code = systemCode(error);
      if (code === "ENOENT") end("does not exist", absentHint);
      else end(`cannot be run (${code})`, "check that it is a program and may be executed");
    });
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > LARGEST_MIB * 2 ** 20)
        end(`printed more than ${LARGEST_MIB} MiB`, "it shall print the wanted values alone");
    });
    const finish = (code: number | null, signal: NodeJS.Signals | null) => {
      clearTimeout(timer);
      child.stdout.destroy();
      if (code !== 0) {
        const how = code === null ? `was ended by ${signal}` : `failed with exit code ${code}`;
        return end(how, "run it by hand to see why; what it wrote on standard error is not shown");
      }
      try {
        resolve(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
      } catch {
        end("printed no text in UTF-8", "values are text");
      }
    };
    child.on("close", finish);
    // What it left behind may never close its output. What it printed itself is there by now, and read before the last turn.
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      timer = setTimeout(() => setImmediate(finish, code, signal), DRAIN);
    });
    // A program may end without reading what it is told.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
