import { escapeText } from "./escape.ts";
import type { GraphDocument } from "./graph-document.ts";

/** The graph as Mermaid's flowchart, which GitHub and GitLab draw: what is only referred to is round, merges are dotted. */
export function renderMermaid({ nodes, edges }: GraphDocument): string {
  const ids = new Map(nodes.map(({ name }, index) => [name, `n${index}`]));
  const lines = [
    "flowchart LR",
    ...nodes.map(({ name, rule }) => {
      const [open, close] = rule === "exists" ? ["([", "])"] : ["[", "]"];
      return `  ${ids.get(name)}${open}"${label(name)}"${close}`;
    }),
    ...edges.flatMap(({ source, destination, kind }) => {
      const [from, to] = [ids.get(source), ids.get(destination)];
      if (from === undefined || to === undefined) return [];
      return [`  ${from} ${kind === "merge" ? "-.->" : "-->"} ${to}`];
    }),
  ];
  return `${lines.join("\n")}\n`;
}

/** Mermaid writes a character as `#CODE;`; in a label of these none ends it or is markup. */
function label(name: string): string {
  return escapeText(name).replace(/[^\w./ -]/gu, (character) => `#${character.codePointAt(0)};`);
}
