import type { DesiredParameter } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import type { Decision, Moving, Verdict } from "./decision.ts";
import { endsLive } from "./ending.ts";
import { type Keyring, stampHash, valueDigest } from "./keyring.ts";
import { copyOf } from "./kind-change.ts";
import type { World } from "./pass.ts";
import type { Diagnostic } from "./plan.ts";
import { isReplacing } from "./replacing.ts";
import { isMadeOf, ruleHash, type Stamp } from "./stamp.ts";
import { identityOf, type Standing, standingOf, writtenBy } from "./standing.ts";
import { blocked, decision, remark, typeHere } from "./verdict.ts";

/**
 * What a parameter that is not there yet moves from: the nearest of its former names that is live. What an apply
 * that was cut was to replace is not there because that one has deleted it, and is no move.
 */
export function movingTo(world: World, parameter: DesiredParameter, standing: Standing): Moving | undefined {
  if (standing.kind !== "absent") return begunMove(world, parameter, standing);
  if (isReplacing(world.ring, world.replacing, parameter.name)) return undefined;
  const [nearest] = formerLives(world, parameter);
  return nearest === undefined ? undefined : { ...nearest, begun: undefined, overtaken: false };
}

/**
 * The move that the run that is being resumed has written, and of which only the former name is left to go. Its own
 * stamp proves it, by the former name and what lay there then; any other former name that is live was none of it.
 */
function begunMove(world: World, parameter: DesiredParameter, standing: Standing): Moving | undefined {
  if (!writtenBy(world.run, standing) || standing.kind !== "stamped") return undefined;
  const { keyId, moved } = standing.stamp;
  const from = movedFrom(world.ring, parameter, standing.stamp);
  const former = formerLives(world, parameter).find((one) => one.from.name === from);
  if (former === undefined) return undefined;
  return { ...former, begun: standing, overtaken: moved !== moveMark(world.ring, keyId, former) };
}

/** The former names of a parameter that are live, the nearest first. */
function formerLives({ ring, owner, live }: World, { formerly = [] }: DesiredParameter): readonly Former[] {
  return formerly.flatMap((from) => {
    const standing = standingOf(ring, owner, from.name, live.get(from.name));
    return standing.kind === "absent" ? [] : [{ from, standing }];
  });
}

type Former = Pick<Moving, "from" | "standing">;

/** What the stamp of a moved parameter says of where it comes from: the name, and what lay there when it was written. */
export function moveMark(ring: Keyring, id: string, { from, standing }: Former): string {
  const { version, lastModified } = standing.live;
  const lay = [from.name, identityOf(standing), String(version), String(lastModified)];
  return `${nameMark(ring, id, from)}${stampHash(ring, id, "moved", lay)}`;
}

/** The former name that a write says it moved its parameter from; `undefined` where it was no move. */
export function movedFrom(
  ring: Keyring,
  { formerly = [] }: DesiredParameter,
  { keyId, moved }: Pick<Stamp, "keyId" | "moved">,
): ParameterName | undefined {
  return formerly.find((from) => moved?.startsWith(nameMark(ring, keyId, from)))?.name;
}

function nameMark(ring: Keyring, id: string, { name }: Former["from"]): string {
  return stampHash(ring, id, "moved from", [name]) as string;
}

/**
 * The move to a parameter, of which `absent` is what its rule says of a name that is not there. Static and generated
 * values are carried over unless a source has another one; what follows a rule is made by it. What may not be
 * deleted may not be moved either, whatever `adopt` says.
 */
export function decideMove({ world }: { readonly world: World }, absent: Decision, moving: Moving): Decision {
  const { parameter } = absent;
  const carried = carriesValue(absent);
  const moved: Verdict = { kind: "change", action: "create", reason: "moved" };
  const refused =
    refusedMove(moving) ??
    (carried ? undefined : stuck(absent.verdict)) ??
    (parameter.protected && endsLive({ ...absent, verdict: moved, moving })
      ? blocked("expires", null)
      : undefined);
  if (refused !== undefined) {
    const type = typeHere(parameter, { kind: "absent" });
    return { ...decision(parameter, absent.standing, type, refused, { kind: "live" }), moving };
  }
  const notes = [
    ...(moving.begun === undefined && moving.standing.kind === "stamped" && moving.standing.touched
      ? [touchedNote(world, parameter, moving.from.name, carried)]
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

/** What becomes of a value that somebody put under the former name. */
function touchedNote(
  { ring }: World,
  parameter: DesiredParameter,
  from: ParameterName,
  carried: boolean,
): Diagnostic {
  if (carried) {
    return remark(parameter, "note", "changed_outside", `takes over ${from} as it was changed outside`);
  }
  const back = copyOf(from, ring.place.environment);
  const what = `does not take over what was put outside under ${from}, which is deleted; ${back}`;
  return remark(parameter, "warning", "changed_outside", what);
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
  const { stamp } = former;
  if (source.kind === "supplied") {
    return valueDigest(ring, stamp.keyId, moving.from.name, source.value) === stamp.digest;
  }
  if (source.kind !== "followed" || inputs.some(({ planned }) => planned)) return false;
  return ruleHash(ring, stamp.keyId, parameter.rule) === stamp.rule && isMadeOf(ring, stamp, inputs);
}

function stuck(verdict: Verdict): Verdict | undefined {
  return verdict.kind === "blocked" || verdict.kind === "conflict" ? verdict : undefined;
}

/** Why what lies under the former name may not be deleted, and so not moved. */
function refusedMove({ from, standing, overtaken }: Moving): Verdict | undefined {
  if (overtaken) return blocked("former_changed", from.name);
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
