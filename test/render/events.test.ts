import { expect, test } from "vitest";
import type { ApplyResult } from "../../src/apply/outcome.ts";
import { resultEvents } from "../../src/render/apply-events.ts";
import { planEvents } from "../../src/render/plan-events.ts";
import { change, plan } from "./sample-plan.ts";

const copied = (address: string, reason: "adopted" | "source_changed") =>
  change({ address, action: "update", reason, before: { value: "x" }, after: { value: "y" } });

test("a planned change that exposes a secret says so, and no other does", () => {
  const exposing = { ...copied("/app/a", "source_changed"), exposes: true as const };
  const events = planEvents(plan({ resource_changes: [exposing, copied("/app/b", "source_changed")] }));
  const exposed = events.flatMap((event) => (event.type === "planned_change" ? [event.change.exposes] : []));
  expect(exposed).toEqual([true, undefined]);
});

test("the sum of an apply counts the adoptions that it made", () => {
  const adopted = ["/app/a", "/app/b", "/app/c"].map((address) => copied(address, "adopted"));
  const document = plan({ resource_changes: [...adopted, copied("/app/d", "source_changed")] });
  const applied = { kind: "applied", version: 2 } as const;
  const outcomes: ApplyResult["outcomes"] = [
    { address: "/app/a", action: "update", outcome: applied },
    { address: "/app/b", action: "update", outcome: { kind: "done" } },
    { address: "/app/c", action: "update", outcome: { kind: "skipped", on: null } },
    { address: "/app/d", action: "update", outcome: applied },
  ];
  const rest = { written: true, stopped: null, overwritten: [], recreated: [] };
  const result = { environment: "dev", fingerprint: "pl1-c41e", outcomes, ...rest };
  expect(resultEvents(result, document).at(-1)).toMatchObject({ changes: { import: 1, change: 2 } });
});
