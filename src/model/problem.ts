/** One thing wrong with the user's files, with its place. Lines and columns count from 1. */
export interface Problem {
  readonly severity: "error" | "warning";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly summary: string;
  readonly hint?: string;
}
