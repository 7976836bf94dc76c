import type { Host } from "./host.ts";

/** How often a line is redrawn, and how often it is said where none can be: in milliseconds. */
const REDRAWN = 200;
const SAID = 5_000;

/** Does `work` and shows meanwhile how far it is: on the line that is redrawn, else as a line now and then. */
export async function whileShowing<Result>(
  host: Pick<Host, "say" | "status">,
  text: () => string,
  work: () => Promise<Result>,
): Promise<Result> {
  const { status } = host;
  const show = () => (status === undefined ? host.say(`${text()}\n`) : status.show(text()));
  const timer = setInterval(show, status === undefined ? SAID : REDRAWN);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    status?.hide();
  }
}
