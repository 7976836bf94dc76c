import { createInterface } from "node:readline/promises";
import { EXIT, UserError } from "../model/error.ts";
import type { Host } from "./host.ts";

/** Asks one open question on the terminal; an input that ends answers nothing. @throws UserError with exit code 130 on Ctrl-C */
export async function askLine(host: Host, question: string): Promise<string> {
  const terminal = createInterface({ input: host.stdin, output: host.stderr });
  const stopped = new Promise<never>((_, reject) => {
    terminal.once("SIGINT", () => {
      reject(new UserError("interrupted, nothing was written", { exitCode: EXIT.interrupted }));
    });
  });
  const ended = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    return (await Promise.race([terminal.question(question), ended, stopped])).trim();
  } finally {
    terminal.close();
  }
}
