import { expect, test } from "vitest";
import type { ApplyResult, Outcome } from "../../src/apply/outcome.ts";
import type { Action } from "../../src/plan/action.ts";
import { renderApplyResult, renderOutcomeLine } from "../../src/render/human-apply.ts";
import { renderQuestion } from "../../src/render/question.ts";

const outcomes = (...rows: readonly (readonly [string, Action, Outcome])[]): ApplyResult["outcomes"] =>
  rows.map(([address, action, outcome]) => ({ address, action, outcome }));

const result = (parts: Partial<ApplyResult>): ApplyResult => ({
  environment: "prod",
  fingerprint: "pl1-c41e",
  outcomes: [],
  written: true,
  stopped: null,
  overwritten: [],
  recreated: [],
  ...parts,
});

const APPLIED = { kind: "applied", version: 1 } as const;
const render = (parts: Partial<ApplyResult>) => renderApplyResult(result(parts), { color: false });

test("progress, one line for each finished change", () => {
  const lines = [
    renderOutcomeLine("/app/a", "create", APPLIED, false),
    renderOutcomeLine("/app/b", "update", { kind: "applied", version: 4 }, false),
    renderOutcomeLine("/app/c", "delete", { kind: "applied", version: null }, false),
    renderOutcomeLine("/app/d", "replace", { kind: "done" }, false),
    renderOutcomeLine(
      "/app/e",
      "update",
      { kind: "failed", code: "AccessDeniedException", message: "denied" },
      false,
    ),
    renderOutcomeLine("/app/f", "update", { kind: "skipped", on: "/app/e" }, false),
    renderOutcomeLine("/app/g", "update", { kind: "skipped", on: null }, false),
  ];
  expect(lines.join("")).toMatchInlineSnapshot(`
    "/app/a: Creation complete [version 1]
    /app/b: Modifications complete [version 4]
    /app/c: Destruction complete
    /app/d: Replacement was complete already
    /app/e: Modifications failed (AccessDeniedException)
    /app/f: Skipped, it follows from /app/e
    /app/g: Skipped, the run had to stop before it
    "
  `);
});

test("an apply that did everything", () => {
  const done = outcomes(
    ["/a", "create", APPLIED],
    ["/b", "update", APPLIED],
    ["/c", "replace", APPLIED],
    ["/d", "delete", { kind: "applied", version: null }],
  );
  expect(render({ outcomes: done })).toMatchInlineSnapshot(`
    "
    Apply complete! Parameters: 2 added, 1 changed, 2 destroyed.
    "
  `);
});

test("an apply that finished what an earlier run had begun", () => {
  expect(
    render({ outcomes: outcomes(["/a", "create", { kind: "done" }], ["/b", "create", APPLIED]) }),
  ).toMatchInlineSnapshot(`
    "
    Apply complete! Parameters: 1 added, 0 changed, 0 destroyed.
    1 change had been made by an earlier run.
    "
  `);
});

test("an apply that stopped part-way", () => {
  const text = render({
    outcomes: outcomes(
      ["/dba/user", "create", APPLIED],
      [
        "/dba/password",
        "update",
        {
          kind: "failed",
          code: "AccessDeniedException",
          message: "this identity may not write it",
          hint: "allow ssm:PutParameter on it",
        },
      ],
      ["/app/a/password", "update", { kind: "skipped", on: "/dba/password" }],
      ["/app/a/url", "update", { kind: "skipped", on: "/app/a/password" }],
    ),
    overwritten: [{ address: "/app/b", version: 7 }],
    recreated: ["/app/c"],
  });
  expect(text).toMatchInlineSnapshot(`
    "
    Failed:
      ! /dba/password: this identity may not write it (AccessDeniedException)
        hint: allow ssm:PutParameter on it

    Skipped (left as they were):
      /app/a/password   it follows from /dba/password
      /app/a/url        it follows from /app/a/password

    Overwritten (somebody else wrote these at the same moment; the history has what they wrote):
      ! /app/b version 7
        to restore it: paraform put /app/b --from-version 7 --env prod

    Made anew (somebody deleted these at the same moment; their history is gone):
      ! /app/c
        hint: if the deletion was meant, take the parameter out of the configuration

    Apply stopped part-way! Parameters: 1 added, 0 changed, 0 destroyed; 1 failed, 2 skipped.
    Plan again to finish: what somebody else wrote at the same moment is at another version than planned.
    "
  `);
});

test("many skipped changes are counted by what they waited for, and every failed one is named", () => {
  const some = (count: number, name: string, outcome: Outcome): [string, Action, Outcome][] =>
    Array.from({ length: count }, (_, index) => [`/app/${name}${index}`, "create", outcome]);
  const denied = { kind: "failed", code: "AccessDeniedException", message: "denied" } as const;
  const text = render({
    stopped: "interrupted",
    outcomes: outcomes(
      ...some(2, "failed", denied),
      ...some(50, "copy", { kind: "skipped", on: "/app/failed0" }),
      ...some(1, "hash", { kind: "skipped", on: "/app/failed1" }),
      ...some(1152, "rest", { kind: "skipped", on: null }),
    ),
  });
  expect(text).toMatchInlineSnapshot(`
    "
    Failed:
      ! /app/failed0: denied (AccessDeniedException)
      ! /app/failed1: denied (AccessDeniedException)

    Skipped (left as they were):
      50 changes     they follow from /app/failed0
      1 change       it follows from /app/failed1
      1152 changes   the run had to stop before them

    Apply interrupted! Parameters: 0 added, 0 changed, 0 destroyed; 2 failed, 1203 skipped.
    Run the same apply again to finish: what is done is not done twice.
    "
  `);
});

test.each([
  ["interrupted", "Apply interrupted!"],
  ["terminated", "Apply terminated!"],
  ["lease_lost", "Apply stopped, the lock was lost!"],
  [null, "Apply failed!"],
] as const)("a run that ended early (%s) says so and how to finish it", (stopped, headline) => {
  const text = render({ stopped, outcomes: outcomes(["/a", "create", { kind: "skipped", on: null }]) });
  expect(text).toContain(`${headline} Parameters: 0 added, 0 changed, 0 destroyed; 0 failed, 1 skipped.`);
  expect(text).toContain("Run the same apply again to finish");
});

test("the question", () => {
  expect(renderQuestion("prod")).toMatchInlineSnapshot(`
    "
    Do you want to perform these actions in environment prod?
      paraform will perform the actions described above.
      Only 'yes' will be accepted to approve.

      Enter a value: "
  `);
});

test("an apply that met others is not finished by the same plan", () => {
  const denied = { kind: "failed", code: "AccessDeniedException", message: "denied" } as const;
  const open = outcomes(["/app/a", "update", APPLIED], ["/app/b", "update", denied]);
  expect(render({ outcomes: open })).toContain("Run the same apply again to finish");
  for (const met of [{ overwritten: [{ address: "/app/a", version: 2 }] }, { recreated: ["/app/a"] }]) {
    const text = render({ outcomes: open, ...met });
    expect(text).toContain("Plan again to finish");
    expect(text).not.toContain("same apply again");
  }
});
