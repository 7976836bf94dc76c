import type { Removal } from "../config/lifecycle.ts";
import type { ParameterName } from "../model/name.ts";
import type { Undeclared } from "./orphans.ts";
import type { World } from "./pass.ts";
import type { Diagnostic } from "./plan.ts";
import { type Standing, standingOf } from "./standing.ts";

/** What the config gives up on purpose, as it stands live. What is destroyed is an orphan, and treated as one. */
export interface GivenUp {
  /** Ours, to be left alive and unowned; sorted by name. */
  readonly forgotten: readonly Undeclared[];
  /** What is named, but not ours to give up. */
  readonly notes: readonly Diagnostic[];
}

/** `isTargeted` as for orphans: what `--target` and `--exclude` leave out is not spoken of. */
export function givenUp(
  { ring, owner, graph, live }: Pick<World, "ring" | "owner" | "graph" | "live">,
  isTargeted: (one: { name: ParameterName }) => boolean,
  isOrphan: (name: ParameterName) => boolean,
): GivenUp {
  const forgotten: Undeclared[] = [];
  const notes: Diagnostic[] = [];
  for (const removal of [...graph.removals.values()].filter(isTargeted).sort(byName)) {
    const { name, destroy } = removal;
    const standing = standingOf(ring, owner, name, live.get(name));
    if (standing.kind === "absent" || (destroy && isOrphan(name))) continue;
    if (!destroy && standing.kind === "stamped" && standing.ours) forgotten.push({ name, standing });
    else notes.push(...leftAlone(removal, standing));
  }
  return { forgotten, notes };
}

/** What bears no stamp is what forgetting leaves: nothing to say of that. */
function leftAlone({ name, destroy, origin }: Removal, standing: Standing): readonly Diagnostic[] {
  if (standing.kind === "unstamped" && !destroy) return [];
  const summary = `${name} is removed here, but not ours, and left alone`;
  const { file, line } = origin;
  return [{ severity: "note", code: "not_ours", summary, address: name, file, line }];
}

function byName(one: Removal, other: Removal): number {
  return one.name < other.name ? -1 : 1;
}
