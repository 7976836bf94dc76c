import { isReplica } from "../graph/replicas.ts";
import type { Decision } from "./decision.ts";
import { blocked, typeHere } from "./verdict.ts";

/**
 * The decision where whoever plans may not write the name: as it lies it is right, or only its attributes wait to be
 * written; else it is blocked like any other that may not be written, and with it what follows from it.
 */
export function heldBack(decided: Decision): Decision {
  const { parameter, standing, verdict } = decided;
  if (verdict.kind === "blocked" || verdict.kind === "conflict") return decided;
  const lies = verdict.kind === "keep" || (!isReplica(parameter) && isOfAttributes(verdict));
  return {
    ...decided,
    type: typeHere(parameter, standing),
    verdict: lies ? { kind: "keep" } : blocked("held", null),
    source: { kind: "live" },
  };
}

function isOfAttributes({ action, reason }: Decision["verdict"] & { kind: "change" }): boolean {
  return action === "update" && (reason === "attribute_changed" || reason === "stamp_renewed");
}
