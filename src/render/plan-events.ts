import { actionOf } from "../plan/action.ts";
import type { Guard, Plan, ResourceChange } from "../plan/plan.ts";
import { diagnosticEvent } from "./diagnostic-event.ts";
import { type EventBody, resourceAt } from "./event.ts";
import { whereAny } from "./wording.ts";

/** A plan as events, in Terraform's order: what drifted, what is to change, what is held back, findings, the sum. */
export function planEvents(plan: Plan): readonly EventBody[] {
  const changes = plan.resource_changes.filter((change) => actionOf(change) !== "no-op");
  return [
    ...changes.filter((change) => change.action_reason === "changed_outside").map(driftEvent),
    ...changes.map(changeEvent),
    ...plan.withheld.map(({ address, action_reason }) => heldEvent(address, "withheld", action_reason, null)),
    ...plan.blocked.map(({ address, reason, on }) => heldEvent(address, "blocked", reason, on)),
    ...plan.conflicts.map(({ address, owner }) => heldEvent(address, "conflict", null, owner)),
    ...plan.guards.map(guardEvent),
    ...plan.diagnostics.map(diagnosticEvent),
    summaryEvent(plan),
  ];
}

function driftEvent(change: ResourceChange): EventBody {
  const { address, precondition } = change;
  return {
    type: "resource_drift",
    "@level": "info",
    "@message": `${address}: Drift detected (changed outside paraform)`,
    change: {
      resource: resourceAt(address),
      action: actionOf(change),
      version: precondition?.version ?? null,
      last_modified: precondition?.last_modified ?? null,
    },
  };
}

function changeEvent(change: ResourceChange): EventBody {
  const { address, previous_address: previous, action_reason: reason, origin } = change;
  const action = actionOf(change);
  return {
    type: "planned_change",
    "@level": "info",
    "@message": `${address}: Plan to ${action}`,
    change: {
      resource: resourceAt(address),
      action,
      reason,
      ...(previous === undefined ? {} : { previous_addr: previous }),
      ...(change.exposes === true ? { exposes: true } : {}),
      ...(origin === null ? {} : { file: origin.file, line: origin.line }),
    },
  };
}

function heldEvent(
  address: string,
  by: "withheld" | "blocked" | "conflict",
  reason: string | null,
  on: string | null,
): EventBody {
  return {
    type: "held_change",
    "@level": by === "withheld" ? "info" : "warn",
    "@message": `${address}: ${by === "conflict" ? "In conflict" : by === "blocked" ? "Blocked" : "Withheld"}`,
    held: { resource: resourceAt(address), by, reason, on },
  };
}

function guardEvent({ name, limit, count, tripped }: Guard): EventBody {
  return {
    type: "guard",
    "@level": tripped ? "warn" : "info",
    "@message": `Guard ${name}: ${count}, limit ${limit}`,
    guard: { name, limit, count, tripped },
  };
}

function summaryEvent({ summary, fingerprint, applyable, complete }: Plan): EventBody {
  const { add, change, destroy, adopt, move, forget } = summary;
  const rare = whereAny([move, "to move"], [forget, "to forget"]);
  return {
    type: "change_summary",
    "@level": "info",
    "@message": `Plan: ${rare}${add} to add, ${change} to change, ${destroy} to destroy.`,
    changes: {
      add,
      change,
      import: adopt,
      remove: destroy,
      move,
      forget,
      failed: 0,
      skipped: 0,
      operation: "plan",
    },
    fingerprint,
    applyable,
    complete,
  };
}
