const CODES = { bold: 1, red: 31, green: 32, yellow: 33, cyan: 36, grey: 90 } as const;

export type Style = keyof typeof CODES;

/** Wraps text in styles, or returns it as it is where colour is off. Text comes in escaped (see escape.ts). */
export type Paint = (text: string, ...styles: readonly Style[]) => string;

/** Terraform's colours: green creates, yellow changes, red destroys, grey for what is hidden, bold for headings. */
export function painter(color: boolean): Paint {
  if (!color) return (text) => text;
  return (text, ...styles) => `\x1b[${styles.map((style) => CODES[style]).join(";")}m${text}\x1b[0m`;
}
