import { resemblesReference } from "../config/merge-template.ts";
import type { Origin } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { MergePart, Rule } from "../model/rule.ts";
import type { WrittenEntry } from "./imported.ts";

/** A rule that Figgy knows, as a native file writes it. */
export type FiggyRule = Extract<Rule, { kind: "static" | "copy" | "merge" | "exists" }>;

/** A rule that is to be written, under its name as written, variables and all. */
export interface FiggyEntry {
  readonly name: ParameterName;
  readonly rule: FiggyRule;
  readonly origin: Origin;
}

export function writeRule(rule: FiggyRule): WrittenEntry {
  switch (rule.kind) {
    case "static":
      return {};
    case "copy":
      return { copy: rule.source };
    case "merge":
      return { merge: rule.parts.flatMap(writeNativePart) };
    case "exists":
      return { exists: true };
  }
}

function writeNativePart(part: MergePart): string[] {
  const text = writePart(part);
  return part.kind === "literal" && resemblesReference(text) ? text.split(/(?<=\$)(?=\{)/) : [text];
}

/** An item of a merge, as Figgy's files and its table have it. */
export function writePart(part: MergePart): string {
  if (part.kind === "literal") return part.text;
  return `\${${part.name}${part.encoding === "none" ? "" : `:${part.encoding}`}}`;
}
