/** What a text holds as JSON; `undefined` for a text that is none, which JSON itself never means. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
