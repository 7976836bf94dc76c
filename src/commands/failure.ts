import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import { renderError } from "../render/human-problems.ts";
import type { Host } from "./host.ts";

/** Says what went wrong and with which exit code to end. A mistake of ours shows where it happened, not its message. */
export async function reportFailure(host: Host, error: unknown): Promise<ExitCode> {
  if (error instanceof UserError) {
    host.say(renderError(error, { color: host.color.stderr }));
    return error.exitCode;
  }
  const name = error instanceof Error ? error.name : typeof error;
  const frames =
    error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
  host.say(
    `error: paraform made a mistake (${name}); please report it with these lines\n${frames.join("\n")}\n`,
  );
  return EXIT.error;
}
