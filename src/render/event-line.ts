import type { Event, EventBody } from "./event.ts";
import { renderJsonLine } from "./json.ts";

/** An event of the moment `at` as a line of the stream. Ends with a newline. */
export function renderEventLine(body: EventBody, at: Date): string {
  const { "@level": level, "@message": message, ...rest } = body;
  const event = {
    "@level": level,
    "@message": message,
    "@module": "paraform",
    "@timestamp": at.toISOString(),
    ...rest,
  } as Event;
  return renderJsonLine(event);
}
