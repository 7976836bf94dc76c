import type { Clock } from "./clock.ts";

/** The time at the server, as its answers tell it. */
export interface ServerClock {
  /** Takes the Date header of an answer. */
  heed(response: unknown): void;
  /** Milliseconds since 1970, right to a second (the header's own grain); this machine's time until an answer came. */
  now(): number;
}

/** `local` carries the time from one answer to the next. */
export function serverClock(local: Clock): ServerClock {
  let ahead = 0;
  return {
    heed(response) {
      const { headers } = response as { headers?: Record<string, string> };
      const date = Date.parse(headers?.date ?? "");
      if (!Number.isNaN(date)) ahead = date - local.now();
    },
    now: () => local.now() + ahead,
  };
}
