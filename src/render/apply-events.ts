import type { ApplyResult, Outcome } from "../apply/outcome.ts";
import type { Action } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";
import { diagnosticEvent } from "./diagnostic-event.ts";
import { type EventBody, resourceAt } from "./event.ts";
import { whereAny } from "./wording.ts";

/** The start of one change. */
export function startEvent(address: string, action: Action): EventBody {
  return {
    type: "apply_start",
    "@level": "info",
    "@message": `${address}: Starting to ${action}`,
    hook: { resource: resourceAt(address), action },
  };
}

/** The end of one change, however it ended: of a failure also why, as a diagnostic with its remedy. */
export function outcomeEvents(
  address: string,
  action: Action,
  outcome: Outcome,
  elapsed: number,
): readonly EventBody[] {
  const resource = resourceAt(address);
  switch (outcome.kind) {
    case "applied":
    case "done": {
      const earlier = outcome.kind === "done";
      const version = earlier ? null : outcome.version;
      return [
        {
          type: "apply_complete",
          "@level": "info",
          "@message": `${address}: ${earlier ? "Done by an earlier run" : "Complete"}`,
          hook: { resource, action, elapsed_seconds: elapsed, version, earlier },
        },
      ];
    }
    case "failed": {
      const { code, message, hint } = outcome;
      return [
        {
          type: "apply_errored",
          "@level": "error",
          "@message": `${address}: Failed (${code})`,
          hook: { resource, action, elapsed_seconds: elapsed, code },
        },
        {
          type: "diagnostic",
          "@level": "error",
          "@message": `Error: ${address}: ${message}`,
          diagnostic: {
            severity: "error",
            code,
            summary: message,
            ...(hint === undefined ? {} : { detail: hint }),
            address,
          },
        },
      ];
    }
    case "skipped":
      return [
        {
          type: "apply_skipped",
          "@level": "warn",
          "@message": `${address}: Skipped`,
          hook: { resource, action, on: outcome.on },
        },
      ];
  }
}

/** What an apply of `plan` came to: what was overwritten or made anew on the way, and the sum. */
export function resultEvents(result: ApplyResult, plan: Plan): readonly EventBody[] {
  const overwritten = result.overwritten.map(({ address, version }) =>
    diagnosticEvent({
      severity: "warning",
      code: "overwritten",
      summary: `${address} version ${version}, written by somebody else at the same moment, was overwritten`,
      address,
    }),
  );
  const recreated = result.recreated.map((address) =>
    diagnosticEvent({
      severity: "warning",
      code: "recreated",
      summary: `${address} was deleted by somebody else at the same moment and is made anew`,
      address,
    }),
  );
  return [...overwritten, ...recreated, summaryEvent(result, plan)];
}

function summaryEvent({ outcomes, fingerprint, stopped }: ApplyResult, plan: Plan): EventBody {
  const adoptions = new Set(
    plan.resource_changes
      .filter(({ action_reason }) => action_reason === "adopted")
      .map(({ address }) => address),
  );
  const adopted = outcomes.filter(
    ({ address, outcome }) => outcome.kind === "applied" && adoptions.has(address),
  );
  const applied = (...actions: readonly Action[]) =>
    outcomes.filter(({ action, outcome }) => outcome.kind === "applied" && actions.includes(action)).length;
  const all = (kind: Outcome["kind"]) => outcomes.filter(({ outcome }) => outcome.kind === kind).length;
  const [add, change, remove] = [
    applied("create", "replace"),
    applied("update"),
    applied("delete", "replace"),
  ];
  const [move, forget] = [applied("move"), applied("forget")];
  const rare = whereAny([move, "moved"], [forget, "forgotten"]);
  const [failed, skipped] = [all("failed"), all("skipped")];
  const complete = failed + skipped === 0;
  return {
    type: "change_summary",
    "@level": complete ? "info" : "error",
    "@message": `Apply ${complete ? "complete" : "incomplete"}: ${rare}${add} added, ${change} changed, ${remove} destroyed.`,
    changes: {
      add,
      change,
      import: adopted.length,
      remove,
      move,
      forget,
      failed,
      skipped,
      operation: "apply",
    },
    fingerprint,
    complete,
    ...(stopped === null ? {} : { stopped }),
  };
}
