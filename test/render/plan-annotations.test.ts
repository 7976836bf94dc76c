import { expect, test } from "vitest";
import { planAnnotations } from "../../src/render/plan-annotations.ts";
import { plan } from "./sample-plan.ts";
import { copyOf } from "./whole-plans.ts";

const LINES: Readonly<Record<string, number>> = { "/app/a/pw": 3, "/app/a/token": 4, "/app/a/theirs": 5 };
const declaredAt = (name: string) =>
  LINES[name] === undefined ? undefined : { file: "configs/dev/main.json", line: LINES[name] };
const blocked = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ address: `/app/x/${i}`, reason: "missing", on: null }));

test("what exposes, is in conflict or is blocked is told beside the line that asks for it", () => {
  const document = plan({
    applyable: false,
    resource_changes: [{ ...copyOf("/dba/pw", "/app/a/pw", 4, 7), exposes: true }],
    conflicts: [{ address: "/app/a/theirs", owner: "data-team" }],
    blocked: [
      { address: "/app/a/token", reason: "missing", on: null },
      { address: "/app/a/url", reason: "input_blocked", on: "/app/a/token" },
    ],
  });
  const at = (line: number, text: string) => ({ level: "error", file: "configs/dev/main.json", line, text });
  expect(planAnnotations(document, declaredAt)).toEqual([
    { level: "error", text: "apply would refuse this plan: its summary says why" },
    at(3, "/app/a/pw: more can read it than before"),
    at(5, "/app/a/theirs: it belongs to data-team"),
    at(4, "/app/a/token: it does not exist and no source has its value; with it /app/a/url"),
  ]);
  const acknowledged = planAnnotations({ ...document, applyable: true }, declaredAt);
  expect(acknowledged.map(({ level, line }) => [level, line])).toEqual([
    ["warning", 3],
    ["warning", 5],
    ["warning", 4],
  ]);
});

test("there are never more of them than GitHub shows of a step", () => {
  const told = planAnnotations(plan({ applyable: false, blocked: blocked(500) }), declaredAt);
  expect(told).toHaveLength(10);
  expect(told.at(-1)).toEqual({ level: "error", text: "and 492 more: the summary names them" });
  expect(planAnnotations(plan({ applyable: false, blocked: blocked(8) }), declaredAt)).toHaveLength(9);
});
