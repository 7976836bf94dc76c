import { closeSync, constants, openSync, readSync } from "node:fs";
import { ReadStream } from "node:tty";

/** The terminal of this process, opened once more: reading it waits for nothing, which standard input cannot be told. */
const TERMINAL = "/dev/tty";

/** Takes away what was typed on a terminal before a question stands there: nobody meant it as the answer. */
export function dropTypedAhead(input: NodeJS.ReadableStream): void {
  if (!(input instanceof ReadStream)) return;
  const terminal = opened();
  if (terminal === undefined) return;
  // Half a line is there to be read only while lines are not waited for.
  input.setRawMode(true);
  const typed = Buffer.alloc(4096);
  while (readNow(terminal, typed) > 0);
  typed.fill(0);
  input.setRawMode(false);
  closeSync(terminal);
}

/** `undefined` on a system without such a file, and for a process that has no terminal of its own. */
function opened(): number | undefined {
  try {
    return openSync(TERMINAL, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

/** How many bytes were there; 0 for none. */
function readNow(terminal: number, into: Buffer): number {
  try {
    return readSync(terminal, into);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}
