import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { type JsonNode, placeOf } from "./json-node.ts";
import { errorAt, type Origin, showPlace } from "./origin.ts";
import type { ParameterNames } from "./parameter-names.ts";
import type { ReplicationShape } from "./replication-schema.ts";

/** A parameter that changes its name: what is live under `from` goes on under `to`. */
export interface Move {
  readonly from: ParameterName;
  readonly to: ParameterName;
  /** Of `from`. */
  readonly origin: Origin;
}

/** A parameter that is given up on purpose: destroyed as an orphan is, or left alive and unowned. */
export interface Removal {
  readonly name: ParameterName;
  readonly destroy: boolean;
  readonly origin: Origin;
}

export function readMoves({ moved }: ReplicationShape, node: JsonNode, names: ParameterNames): Move[] {
  return (moved ?? []).flatMap((entry, index) => {
    const origin = placeOf(node, ["moved", index, "from"]);
    const from = names.read(entry.from, "name", origin);
    const to = names.read(entry.to, "name", placeOf(node, ["moved", index, "to"]));
    return from === undefined || to === undefined ? [] : [{ from, to, origin }];
  });
}

export function readRemovals(
  { removed }: ReplicationShape,
  node: JsonNode,
  names: ParameterNames,
): Removal[] {
  return (removed ?? []).flatMap(({ name: text, destroy }, index) => {
    const origin = placeOf(node, ["removed", index, "name"]);
    const name = names.read(text, "name", origin);
    return name === undefined ? [] : [{ name, destroy, origin }];
  });
}

/** The first move of each name and to each name; the others are problems. */
export function uniqueMoves(moves: readonly Move[], problems: Problem[]): Move[] {
  const away = new Map<ParameterName, Move>();
  const taken = new Map<ParameterName, Move>();
  return moves.filter((move) => {
    const first = away.get(move.from) ?? taken.get(move.to);
    if (first === undefined) {
      away.set(move.from, move);
      taken.set(move.to, move);
      return true;
    }
    const what =
      first.from === move.from
        ? `${move.from} is moved twice`
        : `${first.from} and ${move.from} are both moved to ${move.to}`;
    problems.push(errorAt(move.origin, what, `keep one; the first is at ${showPlace(first.origin)}`));
    return false;
  });
}

/** The first removal of each name; the others are problems. */
export function uniqueRemovals(removals: readonly Removal[], problems: Problem[]): Removal[] {
  const firsts = new Map<ParameterName, Removal>();
  return removals.filter((removal) => {
    const first = firsts.get(removal.name);
    if (first === undefined) {
      firsts.set(removal.name, removal);
      return true;
    }
    const hint = `keep one; the first is at ${showPlace(first.origin)}`;
    problems.push(errorAt(removal.origin, `${removal.name} is removed twice`, hint));
    return false;
  });
}
