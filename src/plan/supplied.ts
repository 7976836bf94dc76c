import type { DesiredParameter } from "../graph/graph.ts";
import type { ParameterType } from "../model/rule.ts";
import { Secret } from "../model/secret.ts";
import type { Decision, ValueSource, Verdict } from "./decision.ts";
import { valueDigest } from "./keyring.ts";
import { isOpenedOutside } from "./opened-outside.ts";
import { liveValue, type Pass } from "./pass.ts";
import { refusedValue } from "./refused-value.ts";
import type { Standing } from "./standing.ts";
import {
  attributesVerdict,
  blocked,
  change,
  decision,
  keptThoughTouched,
  mayAdopt,
  refusal,
  typeHere,
} from "./verdict.ts";

const OWNERS = "no rule or source has its value, so its owner may change it, and nothing has to be done";
const OPENED =
  "it lies in clear or under a key of AWS's own since, so more can read it: put it again with paraform put";

/** SPEC §5, the rows of a static parameter: without a supplied value the live one stands, whoever put it. */
export function decideStatic(pass: Pass, parameter: DesiredParameter, standing: Standing): Decision {
  const { world } = pass;
  const type = typeHere(parameter, standing);
  const found = world.supplied.get(parameter.name);
  const supplied = found?.whenAbsent === true && standing.kind !== "absent" ? undefined : found;
  const source: ValueSource =
    supplied !== undefined
      ? { kind: "supplied", ...supplied }
      : { kind: standing.kind === "absent" && isAskable(pass, parameter) ? "asked" : "live" };
  const verdict = ((): Verdict => {
    if (source.kind === "asked") return change(parameter, standing, "missing");
    if (source.kind === "supplied") {
      const { readFrom } = source;
      if (readFrom?.type === "SecureString" && type !== "SecureString")
        return blocked("downgrade", readFrom.name);
      return suppliedVerdict(pass, parameter, type, source.value, standing, true);
    }
    if (standing.kind === "absent") return blocked("missing", null);
    if (mayAdopt(parameter, standing)) return change(parameter, standing, "adopted");
    if (standing.kind !== "stamped" || !standing.ours || standing.touched) return { kind: "keep" };
    return attributesVerdict(world.ring, parameter, type, standing);
  })();
  const keepsTouched = verdict.kind === "keep" && source.kind === "live" && isOursTouched(standing);
  const isOpened =
    keepsTouched && standing.kind !== "absent" && isOpenedOutside(world.ring, parameter, standing.live);
  const notes = keepsTouched ? [keptThoughTouched(parameter, isOpened ? OPENED : OWNERS)] : [];
  return decision(parameter, standing, type, verdict, source, notes);
}

/** SPEC §5, the row of a literal. */
export function decideLiteral(
  pass: Pass,
  parameter: DesiredParameter,
  text: string,
  standing: Standing,
): Decision {
  const type = typeHere(parameter, standing);
  const value = new Secret(text);
  const verdict = suppliedVerdict(pass, parameter, type, value, standing, false);
  return decision(parameter, standing, type, verdict, { kind: "supplied", value, from: "config" });
}

/** A value that is at hand. `trusting`: a value put by hand that equals the supplied one is left as it is. */
function suppliedVerdict(
  pass: Pass,
  parameter: DesiredParameter,
  type: ParameterType,
  value: Secret,
  standing: Standing,
  trusting: boolean,
): Verdict {
  const { ring } = pass.world;
  const live = standing.kind === "absent" ? undefined : standing.live;
  const checks = parameter.rule.kind === "value" || !pass.world.untrusted;
  const unfit = checks ? refusedValue(parameter, live, value) : undefined;
  if (unfit !== undefined) return blocked(unfit, null);
  if (standing.kind === "absent") return change(parameter, standing, "missing");
  if (mayAdopt(parameter, standing)) return change(parameter, standing, "adopted");
  const refused = refusal(standing);
  if (refused?.kind === "conflict") return refused;
  const equalsLive = () => trusting && (liveValue(pass, parameter.name)?.equals(value) ?? false);
  if (standing.kind !== "stamped") return equalsLive() ? { kind: "keep" } : blocked("unstamped", null);
  if (standing.touched) {
    return equalsLive() ? { kind: "keep" } : change(parameter, standing, "changed_outside");
  }
  const { stamp } = standing;
  if (valueDigest(ring, stamp.keyId, parameter.name, value) !== stamp.digest) {
    return change(parameter, standing, "value_changed");
  }
  return attributesVerdict(ring, parameter, type, standing);
}

/** Nobody types a composed document. */
function isAskable({ world }: Pass, { rule }: DesiredParameter): boolean {
  return world.prompts && !(rule.kind === "static" && rule.structure !== undefined);
}

function isOursTouched(standing: Standing): boolean {
  return standing.kind === "stamped" && standing.ours && standing.touched;
}
