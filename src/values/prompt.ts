import { EXIT, UserError } from "../model/error.ts";
import type { Ask } from "./asked.ts";
import { dropTypedAhead } from "./typed-ahead.ts";

/** The terminal a person sits at: questions go to `output`, which is stderr, for stdout is for results. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** The prompt waits for ever on an input that has closed; readline pauses it when Ctrl-D does so. */
const GONE = ["end", "close", "pause"] as const;

/**
 * Asks on a terminal without showing what is typed, not even its length; what was typed before is no answer.
 * Its answers reject with exit code 130 when the person presses Ctrl-C, with 1 when the input ends.
 */
export function hiddenPrompt({ input, output }: Terminal): Ask {
  return async (question) => {
    const { password } = await import("@inquirer/prompts");
    const gone = new AbortController();
    const abort = () => gone.abort();
    for (const event of GONE) input.once(event, abort);
    dropTypedAhead(input);
    try {
      return await password({ message: question, mask: false }, { input, output, signal: gone.signal });
    } catch (error) {
      throw gaveUp(error) ?? error;
    } finally {
      for (const event of GONE) input.removeListener(event, abort);
    }
  };
}

function gaveUp(error: unknown): UserError | undefined {
  const name = error instanceof Error ? error.name : "";
  if (name === "ExitPromptError") {
    return new UserError("interrupted while asking for a value", { exitCode: EXIT.interrupted });
  }
  if (name === "AbortPromptError") {
    return new UserError("the input ended before every value was given", {
      hint: "answer on a terminal, or give the values in a file or in environment variables",
    });
  }
  return undefined;
}
