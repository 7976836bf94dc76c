import type { Problem } from "../model/problem.ts";

/** A place in a file, as shown to users: `file` with forward slashes, relative to the working folder; lines and columns from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export function errorAt(origin: Origin, summary: string, hint?: string): Problem {
  return problemAt("error", origin, summary, hint);
}

export function warningAt(origin: Origin, summary: string, hint?: string): Problem {
  return problemAt("warning", origin, summary, hint);
}

/** A place as it is written inside a summary or a hint: `file:line:column`. */
export function showPlace(origin: Origin): string {
  return `${origin.file}:${origin.line}:${origin.column}`;
}

function problemAt(severity: Problem["severity"], origin: Origin, summary: string, hint?: string): Problem {
  const { file, line, column } = origin;
  return { severity, file, line, column, summary, ...(hint === undefined ? {} : { hint }) };
}
