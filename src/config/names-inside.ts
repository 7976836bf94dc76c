import { realpathSync } from "node:fs";
import path from "node:path";
import { isBelow } from "./base.ts";

/** Files and folders as the repository below `top` names them, also what links lead to; what lies outside is not among them. */
export function namesInside(top: string, absolutes: readonly string[]): readonly string[] {
  const found = new Set(absolutes.flatMap((absolute) => [absolute, target(absolute)]));
  return [...found]
    .filter((absolute) => isBelow(absolute, top))
    .map((absolute) => path.relative(top, absolute).split(path.sep).join("/"));
}

function target(absolute: string): string {
  try {
    return realpathSync(absolute);
  } catch {
    return absolute;
  }
}
