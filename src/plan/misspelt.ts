import { closestWord } from "../config/closest-word.ts";
import type { Decision } from "./decision.ts";
import type { Diagnostic } from "./plan.ts";
import { remark } from "./verdict.ts";

/** More names that are not there than this are hardly misspelt, and looking for all of them takes its time. */
const MOST_LOOKED_FOR = 20;
/** A shorter segment is a letter or two away from too many. */
const SHORTEST = 4;

/** What the config refers to, nothing provides, and is most likely the misspelt name of something that is there. */
export function misspelt(decisions: readonly Decision[], live: Iterable<string>): readonly Diagnostic[] {
  const missing = decisions.filter(
    ({ parameter, verdict }) =>
      parameter.rule.kind === "exists" && verdict.kind === "blocked" && verdict.reason === "missing",
  );
  if (missing.length === 0) return [];
  const lacking = new Set<string>(missing.map(({ parameter }) => parameter.name));
  const declared = decisions.map(({ parameter }) => parameter.name);
  const there = [...new Set([...declared, ...live])].filter((name) => !lacking.has(name)).sort();
  return missing.slice(0, MOST_LOOKED_FOR).flatMap(({ parameter }) => {
    const closest = closestWord(
      parameter.name,
      there.filter((name) => differsInOneSegment(parameter.name, name)),
    );
    if (closest === undefined) return [];
    return [remark(parameter, "note", "did_you_mean", `does not exist: did you mean ${closest}?`)];
  });
}

/** In case alone, or in one that is a word: `/dba/db-1/password` is another one than `/dba/db-2/password`. */
function differsInOneSegment(name: string, other: string): boolean {
  if (name.toLowerCase() === other.toLowerCase()) return true;
  const [ours, theirs] = [name.split("/"), other.split("/")];
  if (ours.length !== theirs.length) return false;
  const differing = ours.flatMap((segment, index) => {
    const their = theirs[index] ?? "";
    return segment === their ? [] : [[segment, their] as const];
  });
  const [pair] = differing;
  if (pair === undefined || differing.length > 1) return false;
  return pair.every(({ length }) => length >= SHORTEST) && letters(pair[0]) !== letters(pair[1]);
}

function letters(segment: string): string {
  return segment.replaceAll(/\d/g, "");
}
