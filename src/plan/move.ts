import type { DesiredParameter } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import type { Decision, Moving, Verdict } from "./decision.ts";
import { valueDigest } from "./keyring.ts";
import type { World } from "./pass.ts";
import { ruleHash, sourcesHash } from "./stamp.ts";
import { type Standing, standingOf, writtenBy } from "./standing.ts";
import { blocked, decision, remark, typeHere } from "./verdict.ts";

/**
 * What a parameter that is not there yet moves from: the nearest of its former names that is live. Also while it is
 * there already, but only because the run that is being resumed wrote it and has not deleted the former one yet.
 */
export function movingTo(world: World, parameter: DesiredParameter, standing: Standing): Moving | undefined {
  const begun = writtenBy(world.run, standing) && isNew(standing);
  if (standing.kind !== "absent" && !begun) return undefined;
  for (const from of parameter.formerly ?? []) {
    const former = standingOf(world.ring, world.owner, from.name, world.live.get(from.name));
    if (former.kind === "absent") continue;
    if (!begun) return { from, standing: former, begun: undefined };
    return former.kind === "stamped" && former.ours ? { from, standing: former, begun: standing } : undefined;
  }
  return undefined;
}

/** What moves is created: of what was there before, the same run only wrote another version. */
function isNew(standing: Standing): boolean {
  return standing.kind !== "absent" && standing.live.version === 1;
}

/**
 * The move to a parameter, of which `absent` is what its rule says of a name that is not there. Static and generated
 * values are carried over unless a source has another one; what follows a rule is made by it. What may not be
 * deleted may not be moved either, whatever `adopt` says.
 */
export function decideMove({ world }: { readonly world: World }, absent: Decision, moving: Moving): Decision {
  const { parameter } = absent;
  const carried = carriesValue(absent);
  const refused = refusedMove(moving) ?? (carried ? undefined : stuck(absent.verdict));
  if (refused !== undefined) {
    const type = typeHere(parameter, { kind: "absent" });
    return { ...decision(parameter, absent.standing, type, refused, { kind: "live" }), moving };
  }
  const moved: Verdict = { kind: "change", action: "create", reason: "moved" };
  const notes = [
    ...(carried && moving.standing.kind === "stamped" && moving.standing.touched
      ? [
          remark(
            parameter,
            "note",
            "changed_outside",
            `takes over ${moving.from.name} as it was changed outside`,
          ),
        ]
      : []),
    ...(carried && parameter.rule.kind === "generate" && world.regenerates(parameter.name)
      ? [remark(parameter, "note", "not_regenerated", "is moved as it is: regenerate it with the next plan")]
      : []),
  ];
  return {
    ...absent,
    verdict: moved,
    source: carried ? { kind: "moved" } : absent.source,
    notes,
    moving,
  };
}

/** True where nothing but the former name has the value: what follows from others is made of them, or not at all. */
function carriesValue({ source: { kind }, inputs }: Decision): boolean {
  return inputs.length === 0 && (kind === "generated" || kind === "live" || kind === "asked");
}

/** Whether a parameter has under its new name the value that it had, as far as metadata and values at hand tell. */
export function keepsMovedValue({ ring }: World, { parameter, source, inputs, moving }: Decision): boolean {
  if (source.kind === "moved") return true;
  const former = moving?.standing;
  if (moving === undefined || former?.kind !== "stamped" || former.touched) return false;
  const { keyId, digest, rule, sources } = former.stamp;
  if (source.kind === "supplied") {
    return valueDigest(ring, keyId, moving.from.name, source.value) === digest;
  }
  if (source.kind !== "followed" || inputs.some(({ planned }) => planned)) return false;
  const bound = inputs.map(({ name, identity = "" }) => ({ name, identity }));
  return ruleHash(ring, keyId, parameter.rule) === rule && sourcesHash(ring, keyId, bound) === sources;
}

function stuck(verdict: Verdict): Verdict | undefined {
  return verdict.kind === "blocked" || verdict.kind === "conflict" ? verdict : undefined;
}

/** Why what lies under the former name may not be deleted, and so not moved. */
function refusedMove({ from, standing }: Moving): Verdict | undefined {
  switch (standing.kind) {
    case "unstamped":
      return blocked("unstamped", from.name);
    case "invalid":
      return { kind: "conflict", owner: null };
    case "stamped":
      if (!standing.ours) return { kind: "conflict", owner: standing.stamp.owner };
      return from.protected ? blocked("protected", from.name) : undefined;
  }
}

/** Names that wait for their move: they are nobody's orphans, whether the move is in the plan or not. */
export function movingAway(decisions: Iterable<Decision>): ReadonlySet<ParameterName> {
  return new Set([...decisions].flatMap(({ moving }) => (moving === undefined ? [] : [moving.from.name])));
}
