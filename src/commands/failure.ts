import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import { failureEvents, mistakeEvent } from "../render/diagnostic-event.ts";
import type { EventBody } from "../render/event.ts";
import { renderError } from "../render/human-problems.ts";
import type { Host } from "./host.ts";

/** Says what went wrong and with which exit code to end. A mistake of ours shows where it happened, not its message. */
export async function reportFailure(host: Host, error: unknown): Promise<ExitCode> {
  if (host.emit !== undefined) return emitFailure(host.emit, error);
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

function emitFailure(emit: (event: EventBody) => void, error: unknown): ExitCode {
  if (!(error instanceof UserError)) {
    emit(mistakeEvent(error instanceof Error ? error.name : typeof error));
    return EXIT.error;
  }
  for (const event of failureEvents(error)) emit(event);
  return error.exitCode;
}
