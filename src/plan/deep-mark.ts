import type { Diagnostic, Plan } from "./plan.ts";

/** Marks a plan that `--deep` made: applying it saved, one reads and compares every value again. */
const DEEP: Diagnostic = {
  severity: "note",
  code: "deep",
  summary: "every value that may be read was compared: no stamp was trusted",
};

export function deepMark(deep: boolean): readonly Diagnostic[] {
  return deep ? [DEEP] : [];
}

export function isDeep({ diagnostics }: Plan): boolean {
  return diagnostics.some(({ code }) => code === DEEP.code);
}
