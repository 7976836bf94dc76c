import type { ParameterName } from "../model/name.ts";
import { type Decision, type Input, standingNow, type Verdict } from "./decision.ts";
import type { Pass } from "./pass.ts";
import { type Standing, writtenBy } from "./standing.ts";
import { blocked } from "./verdict.ts";

/** An input as it lies live and as this plan has decided it; `identityOf` says by what its follower binds to it. */
export function inputOf(
  pass: Pass,
  name: ParameterName,
  identityOf: (standing: Exclude<Standing, { kind: "absent" }>) => string,
): Input {
  const decided = pass.decisions.get(name);
  const standing: Standing = decided === undefined ? { kind: "absent" } : standingNow(decided);
  return {
    name,
    identity: standing.kind === "absent" ? undefined : identityOf(standing),
    version: standing.kind === "absent" ? undefined : standing.live.version,
    planned: decided?.verdict.kind === "change" && decided.moving?.begun === undefined,
    written: writtenBy(pass.world.run, standing) || isBroughtUp(decided),
  };
}

/** What follows from a blocked parameter is blocked too, and so is what follows from a conflict. */
export function firstStuck(pass: Pass, inputs: readonly Input[]): Verdict | undefined {
  for (const { name } of inputs) {
    const verdict = pass.decisions.get(name)?.verdict;
    if (verdict?.kind === "conflict") return blocked("input_blocked", name);
    if (verdict?.kind === "blocked") {
      return blocked(verdict.reason === "missing" ? "input_missing" : "input_blocked", name);
    }
  }
  return undefined;
}

/** A replica that a replicator brought up with what the run wrote, between its cut and its end. */
export function isBroughtUp(decided: Decision | undefined): boolean {
  return (
    decided?.verdict.kind === "keep" &&
    decided.source.kind === "followed" &&
    decided.inputs.some(({ written }) => written)
  );
}
