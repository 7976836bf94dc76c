import type { Config } from "../config/config.ts";
import { errorAt, type Origin, showPlace, warningAt } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { formerNames } from "./former-name.ts";
import { matchesAny } from "./name-glob.ts";
import type { GraphNode } from "./node.ts";

type Nodes = ReadonlyMap<ParameterName, GraphNode>;

/** Everything that is wrong with what a config moves and removes. */
export function checkLifecycle(config: Config, nodes: Nodes): Problem[] {
  const checks = { ...config, nodes, ignores: matchesAny(config.environment.ignore) };
  return [...checkMoves(checks), ...checkRemovals(checks)];
}

type Checks = Config & { readonly nodes: Nodes; readonly ignores: (name: ParameterName) => boolean };

function checkMoves(checks: Checks): Problem[] {
  const { moves, removals, nodes } = checks;
  const froms = new Set(moves.map(({ from }) => from));
  const removed = new Set(removals.map(({ name }) => name));
  const reached = new Set([...formerNames(moves)].flatMap(([to, names]) => (froms.has(to) ? [] : names)));
  return moves.flatMap(({ from, to, origin }) => {
    const problems = refuseName(checks, from, origin, "moved");
    const refuse = (summary: string, hint: string) => problems.push(errorAt(origin, summary, hint));
    if (from === to) {
      refuse(`${from} is moved to itself`, "a move has two names");
    } else if (!reached.has(from)) {
      refuse(`${from} is moved in a circle`, "the last name of a chain of moves is one that is declared");
    } else if (!froms.has(to) && !isDeclared(nodes, to)) {
      refuse(`${to} is moved to but not declared`, "give it an entry with the rule that it shall have");
    }
    if (removed.has(from)) refuse(`${from} is moved and removed`, "keep one of the two");
    return problems;
  });
}

function checkRemovals(checks: Checks): Problem[] {
  const { environment, removals } = checks;
  return removals.flatMap(({ name, destroy, origin }) => {
    const problems = refuseName(checks, name, origin, "removed");
    const scopes = environment.scopes.filter(({ path }) => name.startsWith(path));
    if (destroy && scopes.length === 0) {
      const hint = `nothing outside scopes is deleted: add its path to "scopes" in ${environment.file}, or write "destroy": false`;
      problems.push(errorAt(origin, `${name} is removed with destroy, but lies in no scope`, hint));
    }
    if (!destroy && scopes.some(({ exclusive }) => exclusive)) {
      const hint = `before this entry goes, name it under "ignore" in ${environment.file}`;
      problems.push(
        warningAt(origin, `${name} is given up, but lies in an exclusive scope, where all is ours`, hint),
      );
    }
    return problems;
  });
}

/** What holds for both: a name that goes is not declared, not referred to and not left out of the sweep; one that moves lies in a scope. */
function refuseName(
  { environment, nodes, ignores }: Checks,
  name: ParameterName,
  origin: Origin,
  done: "moved" | "removed",
): Problem[] {
  const problems: Problem[] = [];
  const refuse = (summary: string, hint: string) => problems.push(errorAt(origin, summary, hint));
  const node = nodes.get(name);
  if (node !== undefined && isDeclared(nodes, name)) {
    refuse(`${name} is ${done} and declared`, `remove its entry at ${showPlace(node.origin)}`);
  } else if (node !== undefined) {
    const hint =
      done === "moved"
        ? `refer to the new name at ${showPlace(node.origin)}`
        : `first take away what refers to it, at ${showPlace(node.origin)}`;
    refuse(`${name} is ${done}, but still referred to`, hint);
  }
  if (ignores(name)) refuse(`${name} is ${done} and ignored`, `narrow "ignore" in ${environment.file}`);
  if (done === "moved" && !environment.scopes.some(({ path }) => name.startsWith(path))) {
    const hint = `nothing outside scopes is deleted: add its path to "scopes" in ${environment.file}`;
    refuse(`${name} is moved, but lies in no scope`, hint);
  }
  return problems;
}

function isDeclared(nodes: Nodes, name: ParameterName): boolean {
  return (nodes.get(name)?.rule.kind ?? "exists") !== "exists";
}
