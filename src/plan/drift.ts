import type { DesiredGraph } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import type { LiveParameter } from "../store/store.ts";
import type { Keyring } from "./keyring.ts";
import { isOpenedOutside } from "./opened-outside.ts";
import { type Standing, standingOf } from "./standing.ts";

/** One live parameter that is no longer as paraform wrote it, by metadata alone. */
export interface Drift {
  readonly address: string;
  readonly kind: "changed_outside" | "stamp_invalid" | "foreign_owner";
  readonly owner?: string;
  readonly version_stamped?: number;
  readonly version_live: number;
  readonly last_modified: string;
  readonly last_modified_user?: string;
}

/** What `drift` finds, each list sorted by name. */
export interface DriftFindings {
  readonly drift: readonly Drift[];
  /** What its owner wrote since: see `isOwnersToChange`. */
  readonly rotated: readonly Drift[];
  /** See `findAbsent`. */
  readonly absent: readonly string[];
}

/**
 * A value that no rule makes: unless a source of the environment has it, it is its owner's to change, as long as no more
 * can read it then.
 */
export function isOwnersToChange(
  ring: Keyring,
  graph: DesiredGraph,
  live: ReadonlyMap<ParameterName, LiveParameter>,
  { address, kind }: Drift,
): boolean {
  const name = address as ParameterName;
  const [parameter, written] = [graph.parameters.get(name), live.get(name)];
  if (kind !== "changed_outside" || parameter === undefined || written === undefined) return false;
  const isTheirs = parameter.rule.kind === "static" || parameter.rule.kind === "exists";
  return isTheirs && !isOpenedOutside(ring, parameter, written);
}

/**
 * What others did to what is ours, declared or still bearing our stamp: sorted by name. What the
 * environment ignores is left out.
 */
export function findDrift(
  ring: Keyring,
  owner: string,
  graph: DesiredGraph,
  live: ReadonlyMap<ParameterName, LiveParameter>,
  ignores: (name: ParameterName) => boolean,
): readonly Drift[] {
  const drifts: Drift[] = [];
  for (const [name, parameter] of live) {
    if (ignores(name)) continue;
    const declared = graph.parameters.get(name);
    const standing = standingOf(ring, owner, name, parameter);
    const kind = kindOf(standing, declared !== undefined && declared.rule.kind !== "exists");
    if (kind !== undefined) drifts.push(describe(name, parameter, standing, kind));
  }
  return drifts.sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** What is declared and not there, sorted: deleted by somebody, or never applied; Parameter Store keeps no trace that could tell. */
export function findAbsent(
  graph: DesiredGraph,
  live: ReadonlyMap<ParameterName, LiveParameter>,
): readonly ParameterName[] {
  return [...graph.parameters.values()]
    .filter(({ name, rule }) => rule.kind !== "exists" && !live.has(name))
    .map(({ name }) => name)
    .sort();
}

function kindOf(standing: Standing, declared: boolean): Drift["kind"] | undefined {
  switch (standing.kind) {
    case "invalid":
      return declared ? "stamp_invalid" : undefined;
    case "stamped":
      if (!standing.ours) return declared ? "foreign_owner" : undefined;
      return standing.touched ? "changed_outside" : undefined;
    case "absent":
    case "unstamped":
      return undefined;
  }
}

function describe(
  address: ParameterName,
  live: LiveParameter,
  standing: Standing,
  kind: Drift["kind"],
): Drift {
  const stamp = standing.kind === "stamped" ? standing.stamp : undefined;
  return {
    address,
    kind,
    ...(kind === "foreign_owner" && stamp !== undefined ? { owner: stamp.owner } : {}),
    ...(stamp === undefined ? {} : { version_stamped: stamp.version }),
    version_live: live.version,
    last_modified: new Date(live.lastModified).toISOString(),
    ...(live.lastModifiedUser === undefined ? {} : { last_modified_user: live.lastModifiedUser }),
  };
}
