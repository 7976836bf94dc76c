/** One line at the bottom of a terminal that is redrawn in place; what is said meanwhile stands above it. */
export interface StatusLine {
  show(text: string): void;
  /** Takes the line away. */
  hide(): void;
  /** Writes whole lines above it. */
  above(text: string): void;
}

/** Of a terminal that does not say how wide it is: some report 0 columns. */
const USUAL_WIDTH = 80;
const TO_START = "\r";
const CLEAR_REST = "\u001b[K";

/** Each change is one write, so that nothing flickers. `columns` is asked each time: terminals are resized. */
export function statusLine(write: (text: string) => void, columns: () => number): StatusLine {
  let shown = "";
  // The last column is left free: some terminals wrap as soon as it is used.
  const draw = (text: string) => `${TO_START}${text.slice(0, (columns() || USUAL_WIDTH) - 1)}${CLEAR_REST}`;
  return {
    show(text) {
      if (text === shown) return;
      shown = text;
      write(draw(text));
    },
    hide() {
      if (shown === "") return;
      shown = "";
      write(draw(""));
    },
    above(text) {
      if (shown === "") write(text);
      else write(`${draw("")}${text}${draw(shown)}`);
    },
  };
}
