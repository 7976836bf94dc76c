import type { DesiredParameter } from "../graph/graph.ts";
import type { ParameterName } from "../model/name.ts";
import { inputsOf, type ParameterType, type Rule } from "../model/rule.ts";
import type { Secret } from "../model/secret.ts";
import { combine } from "../values/combine.ts";
import { changesValue, type Decision, type Input, type Verdict } from "./decision.ts";
import { isFiggyReplica } from "./figgy-replica.ts";
import { firstStuck, inputOf } from "./input.ts";
import { valueDigest } from "./keyring.ts";
import { keepsMovedValue } from "./move.ts";
import { liveValue, type Pass, valueAfter, valueAtHand } from "./pass.ts";
import { refusedValue } from "./refused-value.ts";
import { isMadeOf, ruleHash, type Stamp } from "./stamp.ts";
import { identityOf, type Standing } from "./standing.ts";
import { attributesVerdict, blocked, change, decision, mayAdopt, refusal } from "./verdict.ts";

type FollowingRule = Rule & { kind: "copy" | "merge" };

/** SPEC §5, the rows of a copy or merge: it equals what its inputs say, or is left alone while they cannot say it. */
export function decideFollower(
  pass: Pass,
  parameter: DesiredParameter,
  rule: FollowingRule,
  standing: Standing,
): Decision {
  const inputs = inputsOf(rule).map((name) => inputOf(pass, name, identityOf));
  const followed = pass.decisions.get(inputs[0]?.name as ParameterName)?.type ?? "SecureString";
  const type = parameter.type ?? followed;
  const decided = ((): Verdict => {
    const adopts =
      mayAdopt(parameter, standing) || (standing.kind === "unstamped" && isFiggyReplica(standing.text, rule));
    const refused = refusal(standing);
    if (refused?.kind === "conflict" && !adopts) return refused;
    const stuck = firstStuck(pass, inputs);
    if (stuck !== undefined) return stuck;
    if (rule.kind === "copy" && followed === "SecureString" && type !== "SecureString") {
      return blocked("downgrade", rule.source);
    }
    if (standing.kind === "absent") return change(parameter, standing, "missing");
    if (adopts) return change(parameter, standing, "adopted");
    if (standing.kind !== "stamped") return blocked("unstamped", null);
    if (standing.touched) return change(parameter, standing, "changed_outside");
    return followedVerdict(pass, parameter, rule, type, inputs, standing);
  })();
  const live = standing.kind === "absent" ? undefined : standing.live;
  const checks = decided.kind === "change" && !pass.world.untrusted;
  const value = checks ? combine(rule, (input) => valueAtHand(pass, input)) : undefined;
  const unfit = value === undefined ? undefined : refusedValue(parameter, live, value);
  const verdict = unfit === undefined ? decided : blocked(unfit, null);
  return decision(parameter, standing, type, verdict, { kind: "followed" }, [], inputs);
}

function followedVerdict(
  pass: Pass,
  parameter: DesiredParameter,
  rule: FollowingRule,
  type: ParameterType,
  inputs: readonly Input[],
  standing: Standing & { kind: "stamped" },
): Verdict {
  const { ring, deep } = pass.world;
  const { stamp } = standing;
  if (ruleHash(ring, stamp.keyId, rule) !== stamp.rule) {
    const reason = followsMove(pass, rule, stamp) ? "stamp_renewed" : "value_changed";
    return change(parameter, standing, reason);
  }
  const sameSources = isMadeOf(ring, stamp, inputs);
  const planned = inputs.filter((input) => input.planned);
  const attributes = attributesVerdict(ring, parameter, type, standing);
  if (sameSources && planned.length === 0) {
    return deep && differsFromInputs(pass, parameter.name, rule)
      ? change(parameter, standing, "changed_outside")
      : attributes;
  }
  const sameValue =
    (sameSources && planned.every(({ name }) => keepsValue(pass.decisions.get(name)))) ||
    followedDigest(pass, parameter.name, rule, stamp.keyId) === stamp.digest;
  if (!sameValue) return change(parameter, standing, "source_changed");
  return attributes.kind === "keep" ? change(parameter, standing, "stamp_renewed") : attributes;
}

/** Whether only names of inputs are others than those it was made from, because their values move to these. */
function followsMove({ world, decisions }: Pass, rule: FollowingRule, stamp: Stamp): boolean {
  const carried = (name: ParameterName) => {
    const decided = decisions.get(name);
    return decided !== undefined && keepsMovedValue(world, decided) ? decided.moving : undefined;
  };
  const before = withInputs(rule, (name) => carried(name)?.from.name ?? name);
  const bound = inputsOf(rule).map((name) => {
    const moving = carried(name);
    const standing = moving?.standing ?? decisions.get(name)?.standing ?? { kind: "absent" };
    return {
      name: moving?.from.name ?? name,
      identity: standing.kind === "absent" ? undefined : identityOf(standing),
    };
  });
  return (
    ruleHash(world.ring, stamp.keyId, before) === stamp.rule &&
    isMadeOf(world.ring, stamp, bound) &&
    inputsOf(rule).every((name) => carried(name) !== undefined || keepsValue(decisions.get(name)))
  );
}

/** The same rule over inputs of other names. */
export function withInputs(
  rule: FollowingRule,
  renamed: (name: ParameterName) => ParameterName,
): FollowingRule {
  if (rule.kind === "copy") return { ...rule, source: renamed(rule.source) };
  const parts = rule.parts.map((part) =>
    part.kind === "reference" ? { ...part, name: renamed(part.name) } : part,
  );
  return { ...rule, parts };
}

/** Asked by `--deep`, which trusts no stamp: false also where one of the values may not be read. */
function differsFromInputs(pass: Pass, name: ParameterName, rule: FollowingRule): boolean {
  const [is, shouldBe] = [liveValue(pass, name), followedValue(pass, name, rule)];
  return is !== undefined && shouldBe !== undefined && !is.equals(shouldBe);
}

function followedDigest(
  pass: Pass,
  name: ParameterName,
  rule: FollowingRule,
  keyId: string,
): string | undefined {
  const value = followedValue(pass, name, rule);
  return value === undefined ? undefined : valueDigest(pass.world.ring, keyId, name, value);
}

function followedValue(pass: Pass, name: ParameterName, rule: FollowingRule): Secret | undefined {
  const value = combine(rule, (input) => valueAfter(pass, input));
  pass.values.set(name, value);
  return value;
}

/**
 * Whether metadata alone prove that a copy or merge keeps its value although it is written: whoever plans, and
 * whatever may be read, comes to the same.
 */
export function provablyKeepsValue(pass: Pass, { parameter, standing, inputs }: Decision): boolean {
  const { ring } = pass.world;
  if (standing.kind !== "stamped" || standing.touched) return false;
  const { stamp } = standing;
  if (ruleHash(ring, stamp.keyId, parameter.rule) !== stamp.rule) return false;
  if (!isMadeOf(ring, stamp, inputs)) return false;
  return inputs.every(({ name }) => {
    const decided = pass.decisions.get(name);
    if (decided?.verdict.kind !== "change") return true;
    return decided.source.kind === "followed" ? provablyKeepsValue(pass, decided) : keepsValue(decided);
  });
}

function keepsValue(decided: Decision | undefined): boolean {
  return decided !== undefined && !changesValue(decided);
}
