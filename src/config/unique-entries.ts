import type { Problem } from "../model/problem.ts";
import { isDerived } from "../model/recipe.ts";
import type { Adoption, Declaration, Entries } from "./declaration.ts";
import { uniqueMoves, uniqueRemovals } from "./lifecycle.ts";
import { errorAt, type Origin, showPlace } from "./origin.ts";

/** The same entries with one of each kind for each name, the first; the others are problems. */
export function uniqueEntries(entries: Entries, problems: Problem[]): Entries {
  return {
    references: entries.references,
    groups: entries.groups,
    declarations: firstOfEach(entries.declarations, (first, again) =>
      problems.push(secondRule(first, again)),
    ),
    adoptions: firstOfEach(entries.adoptions, (first, again) => problems.push(secondAdoption(first, again))),
    moves: uniqueMoves(entries.moves, problems),
    removals: uniqueRemovals(entries.removals, problems),
  };
}

function firstOfEach<T extends { name: string; origin: Origin }>(
  all: readonly T[],
  repeated: (first: T, again: T) => void,
): T[] {
  const firsts = new Map<string, T>();
  for (const one of all) {
    const first = firsts.get(one.name);
    if (first === undefined) firsts.set(one.name, one);
    else repeated(first, one);
  }
  return [...firsts.values()];
}

function secondRule(first: Declaration, again: Declaration): Problem {
  const hint = `a name has one rule; the first is at ${showPlace(first.origin)}`;
  if (first.rule.kind === "copy" && again.rule.kind === "copy") {
    const [one, other] = [first.rule.source, again.rule.source];
    const summary =
      one === other
        ? `${one} is copied to ${again.name} twice`
        : `${one} and ${other} are both copied to ${again.name}`;
    return errorAt(again.origin, summary, hint);
  }
  const [one, other] = [describeRule(first), describeRule(again)];
  const summary = one === other ? `is declared twice as ${one}` : `has two rules: ${one} and ${other}`;
  return errorAt(again.origin, `${again.name} ${summary}`, hint);
}

function secondAdoption(first: Adoption, again: Adoption): Problem {
  return errorAt(
    again.origin,
    `${again.name} is adopted twice`,
    `the first is at ${showPlace(first.origin)}`,
  );
}

function describeRule({ rule }: Declaration): string {
  switch (rule.kind) {
    case "static":
      return "a static value";
    case "value":
      return "a literal value";
    case "copy":
      return `a copy of ${rule.source}`;
    case "merge":
      return "a merge";
    case "generate":
      return isDerived(rule.recipe) ? `derived from ${rule.recipe.source}` : "a generated value";
  }
}
