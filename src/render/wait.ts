import type { EventBody } from "./event.ts";
import { duration } from "./wording.ts";

/** Something is waited for. `resting`: a deleted name that may not be used again yet. */
export interface Wait {
  readonly cause: "throttled" | "busy" | "lost" | "resting";
  /** The request that waits; null where none does. */
  readonly operation: string | null;
  readonly milliseconds: number;
  /** The deleted name. */
  readonly name?: string;
}

/** What is waited for, and how long. */
export function renderWait({ cause, operation, milliseconds, name = "A deleted name" }: Wait): string {
  const what = operation ?? "apply";
  const time = duration(milliseconds / 1000);
  switch (cause) {
    case "throttled":
      return `Parameter Store throttles: ${what} waits ${time}`;
    case "busy":
      return `The parameter was written or deleted a moment ago: ${what} waits ${time}`;
    case "lost":
      return `No answer came: ${what} is sent again in ${time}`;
    case "resting":
      return `${name} was deleted a moment ago and may not be used again yet: ${what} waits ${time}`;
  }
}

export function waitEvent(wait: Wait): EventBody {
  const { cause, operation, milliseconds } = wait;
  return {
    type: "wait",
    "@level": "info",
    "@message": renderWait(wait),
    wait: { cause, operation, seconds: Math.ceil(milliseconds) / 1000 },
  };
}
