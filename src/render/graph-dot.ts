import { quoteText } from "./escape.ts";
import type { GraphDocument } from "./graph-document.ts";

/** The graph for Graphviz: sources at the left; what is only referred to, and merges, are dashed. */
export function renderDot({ environment, nodes, edges }: GraphDocument): string {
  const lines = [
    `digraph ${quoteText(environment)} {`,
    "  rankdir=LR;",
    '  node [shape=box, fontname="monospace"];',
    ...nodes.map(({ name, rule }) => {
      const style = rule === "exists" ? ", style=dashed" : "";
      return `  ${quoteText(name)} [tooltip=${quoteText(rule)}${style}];`;
    }),
    ...edges.map(({ source, destination, kind }) => {
      const style = kind === "merge" ? " [style=dashed]" : "";
      return `  ${quoteText(source)} -> ${quoteText(destination)}${style};`;
    }),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}
