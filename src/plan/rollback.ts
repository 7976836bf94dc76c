import type { DesiredParameter } from "../graph/graph.ts";
import type { LiveParameter } from "../store/store.ts";
import type { Decision, ValueSource, Verdict } from "./decision.ts";
import type { Pass } from "./pass.ts";
import { ruleHash } from "./stamp.ts";
import { type Standing, standingOf, writtenBy } from "./standing.ts";
import { attributesVerdict, blocked, change, decision, refusal, typeHere } from "./verdict.ts";

/**
 * A static or generated parameter that is to have the value of its version `then` again, with the attributes that
 * the config gives it today. It is kept where it has that value: by the stamps' digests, or because the run that
 * is resumed has put it.
 */
export function decideRollback(
  { world }: Pass,
  parameter: DesiredParameter,
  standing: Standing,
  then: LiveParameter,
): Decision {
  const type = typeHere(parameter, standing);
  const stands = (verdict: Verdict) => decision(parameter, standing, type, verdict, { kind: "live" });
  if (standing.kind === "absent") return stands(blocked("missing", null));
  const refused = refusal(standing);
  if (refused !== undefined || standing.kind !== "stamped") {
    return stands(refused ?? blocked("unstamped", null));
  }
  if (writtenBy(world.run, standing)) return stands({ kind: "keep" });
  if (then.type === "SecureString" && type !== "SecureString") return stands(blocked("downgrade", null));
  const former = standingOf(world.ring, world.owner, parameter.name, then);
  const stamp = former.kind === "stamped" && !former.touched ? former.stamp : undefined;
  const { keyId, digest } = standing.stamp;
  if (!standing.touched && stamp?.digest === digest && stamp.keyId === keyId) {
    return stands(attributesVerdict(world.ring, parameter, type, standing));
  }
  const source: ValueSource = {
    kind: "earlier",
    byRule: stamp !== undefined && stamp.rule === ruleHash(world.ring, stamp.keyId, parameter.rule),
    then,
    stamp,
  };
  return decision(parameter, standing, type, change(parameter, standing, "rollback"), source);
}
