import { renderWait, type Wait, waitEvent } from "../render/wait.ts";
import type { Pause } from "../store/throttle.ts";
import type { Host } from "./host.ts";

/** A pause that nobody notices has no line, and a cause that goes on has none for this long: in milliseconds. */
const NOTICED = 1_000;
const SAID_AGAIN = 10_000;

/** Says what is waited for. */
export function tellWait(host: Pick<Host, "emit" | "say">, wait: Wait): void {
  if (host.emit === undefined) host.say(`${renderWait(wait)}\n`);
  else host.emit(waitEvent(wait));
}

/** Says why requests wait to be sent again: to people now and then, as events each time. */
export function pauseTeller(host: Pick<Host, "emit" | "say" | "monotonic">): (pause: Pause) => void {
  const said = new Map<Pause["cause"], number>();
  return (pause) => {
    if (host.emit === undefined) {
      const last = said.get(pause.cause) ?? Number.NEGATIVE_INFINITY;
      if (pause.milliseconds < NOTICED || host.monotonic() - last < SAID_AGAIN) return;
      said.set(pause.cause, host.monotonic());
    }
    tellWait(host, pause);
  };
}

/** Says that a deleted name is waited for: once, and on a terminal with the seconds that are left, redrawn. */
export function restTeller(
  host: Pick<Host, "emit" | "say" | "status">,
  operation: string | null,
): (name: string, milliseconds: number) => void {
  const told = new Set<string>();
  return (name, milliseconds) => {
    const wait: Wait = { cause: "resting", operation, milliseconds, name };
    if (host.status !== undefined && host.emit === undefined) host.status.show(renderWait(wait));
    else if (!told.has(name)) tellWait(host, wait);
    told.add(name);
  };
}
