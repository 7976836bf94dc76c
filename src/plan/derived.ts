import type { DesiredParameter } from "../graph/graph.ts";
import type { DerivedRecipe } from "../model/recipe.ts";
import type { Rule } from "../model/rule.ts";
import { changesValue, type Decision, type Input, type Verdict } from "./decision.ts";
import { provablyKeepsValue } from "./follower.ts";
import { notRegenerated } from "./generated.ts";
import { firstStuck, inputOf } from "./input.ts";
import { valueDigest } from "./keyring.ts";
import type { Pass } from "./pass.ts";
import { isMadeOf, ruleHash, type Stamp, valueIdentity } from "./stamp.ts";
import { type Standing, valueIdentityOf, writtenBy } from "./standing.ts";
import { attributesVerdict, blocked, change, decision, mayAdopt, refusal, typeHere } from "./verdict.ts";

/**
 * SPEC §5, the row of a derived value: made from its source's value, and made anew as soon as that may be another
 * one. What it is made of cannot be compared, so it binds to the source's value by digest, or by version and time
 * where nothing proves the value, and is kept while that stays.
 */
export function decideDerived(
  pass: Pass,
  parameter: DesiredParameter,
  recipe: DerivedRecipe,
  standing: Standing,
): Decision {
  const { world } = pass;
  const input = inputOf(pass, recipe.source, valueIdentityOf);
  const type = typeHere(parameter, standing);
  const asked = world.regenerates(parameter.name);
  const made = writtenBy(world.run, standing);
  const verdict = ((): Verdict => {
    const adopts = mayAdopt(parameter, standing);
    const refused = refusal(standing);
    if (refused?.kind === "conflict" && !adopts) return refused;
    const stuck = firstStuck(pass, [input]);
    if (stuck !== undefined) return stuck;
    if (standing.kind === "absent") return change(parameter, standing, "missing");
    if (adopts) return change(parameter, standing, "adopted");
    if (standing.kind !== "stamped") return blocked("unstamped", null);
    if (asked && !made && !parameter.protected) return change(parameter, standing, "regenerate");
    if (standing.touched) return change(parameter, standing, "changed_outside");
    return derivedVerdict(pass, parameter, recipe, type, input, standing);
  })();
  const source = { kind: keepsValue(verdict) ? "live" : "derived" } as const;
  const spared = asked && (made || parameter.protected) && source.kind === "live";
  const notes = spared && standing.kind !== "absent" ? [notRegenerated(parameter, standing, made)] : [];
  return decision(parameter, standing, type, verdict, source, notes, [input]);
}

function derivedVerdict(
  pass: Pass,
  parameter: DesiredParameter,
  recipe: DerivedRecipe,
  type: Decision["type"],
  input: Input,
  standing: Standing & { kind: "stamped" },
): Verdict {
  const { ring } = pass.world;
  const { stamp } = standing;
  const identity = identityAfter(pass, pass.decisions.get(input.name));
  const sameSource = identity !== undefined && isMadeOf(ring, stamp, [{ name: input.name, identity }]);
  if (ruleHash(ring, stamp.keyId, parameter.rule) !== stamp.rule) {
    const reason = followsMove(pass, recipe, stamp) ? "stamp_renewed" : "value_changed";
    return change(parameter, standing, reason);
  }
  if (!sameSource) return change(parameter, standing, "source_changed");
  return attributesVerdict(ring, parameter, type, standing);
}

/** Whether only the name of its source is another than the one it was made from, because that value moves to it. */
function followsMove({ world, decisions }: Pass, recipe: DerivedRecipe, stamp: Stamp): boolean {
  const source = decisions.get(recipe.source);
  const moving = source?.source.kind === "moved" ? source.moving : undefined;
  if (moving === undefined) return false;
  const { name } = moving.from;
  const before: Rule = { kind: "generate", recipe: { ...recipe, source: name } };
  const bound = [{ name, identity: valueIdentityOf(moving.standing) }];
  return ruleHash(world.ring, stamp.keyId, before) === stamp.rule && isMadeOf(world.ring, stamp, bound);
}

/** What the source's value will be bound by once this plan is carried out; `undefined` where only apply can tell. */
function identityAfter(pass: Pass, source: Decision | undefined): string | undefined {
  if (source === undefined) return undefined;
  const { ring } = pass.world;
  const { parameter, standing, verdict, moving } = source;
  if (moving?.begun !== undefined && moving.begun.kind !== "absent") return valueIdentityOf(moving.begun);
  if (verdict.kind !== "change") return standing.kind === "absent" ? undefined : valueIdentityOf(standing);
  if (source.source.kind === "supplied") {
    const digest = valueDigest(ring, ring.currentId, parameter.name, source.source.value) as string;
    return valueIdentity({ keyId: ring.currentId, digest });
  }
  if (standing.kind !== "stamped" || standing.touched || standing.stamp.keyId !== ring.currentId)
    return undefined;
  const stays = source.source.kind === "followed" ? provablyKeepsValue(pass, source) : !changesValue(source);
  return stays ? valueIdentity(standing.stamp) : undefined;
}

/** Only what is written beside it changes; a replacement cannot keep it, and need not. */
function keepsValue(verdict: Verdict): boolean {
  if (verdict.kind !== "change") return true;
  const { action, reason } = verdict;
  return (reason === "attribute_changed" || reason === "stamp_renewed") && action !== "replace";
}
