import type { ParameterName } from "../model/name.ts";
import { isDerived } from "../model/recipe.ts";
import { inputsOf, type Rule } from "../model/rule.ts";
import { type Decision, holdsSecret, standingNow, type ValueSource } from "./decision.ts";
import { withInputs } from "./follower.ts";
import type { World } from "./pass.ts";
import { tellingInputs } from "./shown.ts";
import { isMadeOf, lineageHash, ruleHash, type Stamp } from "./stamp.ts";
import { identityOf, type Standing, valueIdentityOf, writtenBy } from "./standing.ts";

/** Names of the parameters whose secrets a value is, or is made of. */
export type Secrets = ReadonlySet<ParameterName>;

/** Which secrets lie where, now and after the plan, told by metadata alone. */
export interface Lineage {
  /** Of every live name, declared or not. */
  readonly live: ReadonlyMap<ParameterName, Secrets>;
  /** Of every declared name once the plan is carried out. */
  readonly planned: ReadonlyMap<ParameterName, Secrets>;
  /** Of every name that follows from others, by the names that the secrets have then: what its stamp says of it. */
  readonly stamped: ReadonlyMap<ParameterName, Secrets>;
  /** Whether a secret was there before this plan, and before the run that it resumes. */
  readonly isLive: (secret: ParameterName) => boolean;
}

const NONE: Secrets = new Set();

type Present = Exclude<Standing, { kind: "absent" }>;

/**
 * Follows every secret from its first parameter on, through copies, merges and hashes, in any number and by any names
 * that they move to. What lies live counts as made of something only where its own valid stamp says that the rule
 * which it has now made it: of what lies there now, or else of what is the same secrets by all that stamps tell,
 * whatever was written since; a secret of which nothing tells where it comes from is one by itself. A move does not
 * make it another one: it keeps the name that it has live.
 */
export function lineageOf(world: World, decisions: ReadonlyMap<ParameterName, Decision>): Lineage {
  const live = new Map<ParameterName, Secrets>();
  const standings = new Map<ParameterName, Present>();
  const traced = new Map<ParameterName, Secrets>();
  for (const decision of decisions.values()) {
    const { parameter, moving } = decision;
    for (const standing of [standingNow(decision), ...(moving === undefined ? [] : [moving.standing])]) {
      if (standing.kind === "absent") continue;
      standings.set(standing.live.name, standing);
      live.set(standing.live.name, secretsIn(standing, parameter.rule));
    }
  }
  for (const { name, type } of world.live.values()) {
    if (!live.has(name)) live.set(name, type === "SecureString" ? new Set([name]) : NONE);
  }
  const planned = new Map<ParameterName, Secrets>();
  for (const decision of decisions.values()) planned.set(decision.parameter.name, secretsAfter(decision));
  const made = new Map<ParameterName, Secrets>();
  const kept = new Map<ParameterName, Secrets>();
  for (const decision of decisions.values()) {
    const { name, rule } = decision.parameter;
    if (tellingInputs(rule).length > 0) made.set(name, secretsToStamp(decision));
    else if (keepsOthers(decision)) kept.set(name, new Set([`${name}:kept` as ParameterName]));
  }
  return { live, planned, stamped: new Map([...made, ...kept]), isLive };

  /**
   * Whether a value that follows no rule was made of others once, or moved there, and is written again as it is: its
   * stamp goes on saying so, by a lineage that no copy can have, until another value is put.
   */
  function keepsOthers({ source, standing, verdict }: Decision): boolean {
    if (verdict.kind !== "change") return false;
    if (source.kind === "earlier")
      return secretsThen(source) !== undefined || source.stamp?.moved !== undefined;
    return source.kind === "live" && standing.kind === "stamped" && !isFirst(standing);
  }

  function secretsIn(standing: Present, rule: Rule): Secrets {
    const own: Secrets = standing.live.type === "SecureString" ? new Set([standing.live.name]) : NONE;
    if (standing.kind !== "stamped") return own;
    const { stamp, touched } = standing;
    const made = [rule, ruleBefore(rule)].find(
      (each) => ruleHash(world.ring, stamp.keyId, each) === stamp.rule,
    );
    const inputs = made === undefined ? [] : tellingInputs(made).filter((name) => live.has(name));
    // What tells nothing of its source is a value of its own.
    if (made !== undefined && tellingInputs(made).length === 0) traced.set(standing.live.name, own);
    // What somebody else put, or what was made of something that is gone, may be any secret.
    if (made === undefined || inputs.length === 0) return own;
    const asTraced = union(inputs.map(traceOf));
    const isTraced = inputs.every((name) => isKnown(name, stamp));
    const isOfThese = isMadeOf(world.ring, stamp, inputsOf(made).map(inputAt(made)));
    const isOfTheSame = () => isTraced && lineageHash(world.ring, stamp.keyId, asTraced) === stamp.lineage;
    if (!isOfThese && !isOfTheSame()) return own;
    if (isTraced) traced.set(standing.live.name, asTraced);
    const secrets = isOfThese ? union(inputs.map((name) => live.get(name) ?? NONE)) : asTraced;
    return touched ? union([secrets, own]) : secrets;
  }

  /**
   * Whether what a name was made of, when it made the value with the stamp `by`, is what its name says, or its rule: not
   * where its own stamp says that since then it was made of others by another rule, or moved there, whatever the
   * config calls it now. What another owner makes is known by its name.
   */
  function isKnown(name: ParameterName, by: Stamp): boolean {
    const standing = standings.get(name);
    if (standing?.kind !== "stamped" || !standing.ours) return true;
    const { valueKind, stamp, touched } = standing;
    if (valueKind === "copy" || valueKind === "merge" || valueKind === "derived") return traced.has(name);
    return touched || isFirst(standing) || stamp.time < by.time || stamp.fingerprint === by.fingerprint;
  }

  /** What a name was made of, whatever somebody has put there since. */
  function traceOf(name: ParameterName): Secrets {
    return traced.get(name) ?? live.get(name) ?? NONE;
  }

  function inputAt(
    made: Rule,
  ): (name: ParameterName) => { name: ParameterName; identity: string | undefined } {
    const identify = made.kind === "generate" ? valueIdentityOf : identityOf;
    return (name) => {
      const standing = standings.get(name);
      return { name, identity: standing === undefined ? undefined : identify(standing) };
    };
  }

  function ruleBefore(rule: Rule): Rule {
    const former = (name: ParameterName) => formerOf(name)[0] ?? name;
    if (rule.kind === "copy" || rule.kind === "merge") return withInputs(rule, former);
    if (rule.kind !== "generate" || !isDerived(rule.recipe)) return rule;
    return { ...rule, recipe: { ...rule.recipe, source: former(rule.recipe.source) } };
  }

  function formerOf(name: ParameterName): readonly ParameterName[] {
    const moving = decisions.get(name)?.moving;
    return moving === undefined ? [] : [moving.from.name];
  }

  function secretsAfter(decision: Decision): Secrets {
    const { parameter, verdict, source, moving } = decision;
    const { name, rule } = parameter;
    if (verdict.kind !== "change" || source.kind === "live") return live.get(name) ?? NONE;
    const own = () => (holdsSecret(decision) ? new Set([moving?.from.name ?? name]) : NONE);
    switch (source.kind) {
      case "supplied":
        if (source.readFrom !== undefined) return readSecrets(source.readFrom);
        return rule.kind === "value" ? NONE : own();
      case "earlier":
        return secretsThen(source) ?? own();
      case "asked":
      case "generated":
        return own();
      case "moved":
        return moving === undefined ? NONE : (live.get(moving.from.name) ?? NONE);
      case "followed":
      case "derived":
        return union(tellingInputs(rule).map((input) => planned.get(input) ?? NONE));
    }
  }

  function secretsToStamp({ parameter: { name, rule }, verdict, source }: Decision): Secrets {
    const isMade = verdict.kind === "change" && (source.kind === "followed" || source.kind === "derived");
    if (!isMade) return planned.get(name) ?? NONE;
    return union(tellingInputs(rule).map((input) => made.get(input) ?? secretThen(input)));
  }

  function secretThen(name: ParameterName): Secrets {
    const decision = decisions.get(name);
    return decision === undefined || holdsSecret(decision) ? new Set([name]) : NONE;
  }

  /**
   * What a former version was made of, where its own stamp says that it was made of others: of a copy the source is
   * found by the stamp's hash, of what else it was made nothing tells, so it is a secret of its own, named by its version.
   */
  function secretsThen({ then, stamp }: ValueSource & { kind: "earlier" }): Secrets | undefined {
    if (stamp === undefined || then.type !== "SecureString") return undefined;
    if (isMadeOf(world.ring, stamp, [])) return undefined;
    const copied = [...live.keys()].find(
      (name) => ruleHash(world.ring, stamp.keyId, { kind: "copy", source: name }) === stamp.rule,
    );
    if (copied !== undefined) return readSecrets({ name: copied, type: then.type });
    return new Set([`${then.name}:${then.version}` as ParameterName]);
  }

  /** A source reads another parameter as it lies. */
  function readSecrets({ name, type }: { readonly name: ParameterName; readonly type: string }): Secrets {
    return live.get(name) ?? (type === "SecureString" ? new Set([name]) : NONE);
  }

  function isLive(secret: ParameterName): boolean {
    const decision = decisions.get(secret);
    if (decision === undefined) return true;
    const standing = standingNow(decision);
    if (standing.kind === "absent") return false;
    return standing.live.version > 1 || !writtenBy(world.run, standing);
  }
}

/** The secrets that a name holds after the plan, and does not hold before it as far as metadata tell. */
export function newSecrets({ live, planned }: Lineage, name: ParameterName): ParameterName[] {
  return [...(planned.get(name) ?? NONE)].filter((secret) => live.get(name)?.has(secret) !== true);
}

/** Whether a stamp says of a value that it was put or made where it lies, and of nothing else. */
function isFirst({ valueKind, stamp }: Standing & { kind: "stamped" }): boolean {
  const isOwn = valueKind === "static" || valueKind === "value" || valueKind === "generated";
  return isOwn && stamp.moved === undefined && stamp.lineage === undefined;
}

function union(sets: readonly Secrets[]): Secrets {
  const [only] = sets;
  return sets.length === 1 && only !== undefined ? only : new Set(sets.flatMap((each) => [...each]));
}
