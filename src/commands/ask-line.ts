import { createInterface } from "node:readline/promises";
import { EXIT, UserError } from "../model/error.ts";
import { dropTypedAhead } from "../values/typed-ahead.ts";
import type { Host } from "./host.ts";

/** Asks one open question on the terminal, and takes nothing that was typed before for its answer; an input that ends answers nothing. @throws UserError with exit code 130 on Ctrl-C */
export async function askLine(host: Host, question: string): Promise<string> {
  dropTypedAhead(host.stdin);
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
