import { escapeText } from "./escape.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text for the content of an element or a quoted attribute, of HTML and of XML. It has no line of its own. */
export function html(text: string): string {
  return markup(escapeText(text));
}

/** The same for what is escaped for a line already. */
export function markup(escaped: string): string {
  return escaped.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** What somebody else wrote. */
export function htmlCode(text: string): string {
  return `<code>${html(text)}</code>`;
}
