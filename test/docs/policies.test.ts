import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Plan, planSchema } from "../../src/plan/plan.ts";
import { makeInitializedProject } from "../support/binary-project.ts";

const page = readFileSync(new URL("../../docs/policies.md", import.meta.url), "utf8");
const fence = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? "";
const hasJq = spawnSync("jq", ["--version"]).status === 0;
if (!hasJq) console.warn("jq is not on the PATH: the rules of docs/policies.md are not run");

test.skipIf(!hasJq)("the rules of docs/policies.md find in a plan of ours what they are for", async () => {
  const rules = fence("jq")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const project = await makeInitializedProject({
    parameters: {
      "/dba/mysql/password": {},
      "/app/a/password": { copy: "/dba/mysql/password" },
      "/app/a/old": { value: "soon gone" },
      "/app/a/former": { value: "soon elsewhere" },
    },
    values: { "/dba/mysql/password": "dummy-password-of-dev" },
  });
  expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
  project.write("configs/dev/values.json", { "/dba/mysql/password": "dummy-password-another" });
  project.write("configs/dev/main.json", {
    parameters: {
      "/dba/mysql/password": { type: "String" },
      "/app/a/password": { copy: "/dba/mysql/password" },
      "/app/b/now": { value: "soon elsewhere" },
    },
    moved: [{ from: "/app/a/former", to: "/app/b/now" }],
  });
  const plan = await project.env("plan", ["--delete", "--format", "json"]);
  expect(plan.code, plan.stderr).toBe(0);
  const found = rules.map((rule) => {
    const { status, stdout, stderr } = spawnSync("jq", ["-c", rule], {
      input: plan.stdout,
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout) as string[];
  });
  expect(found).toEqual([
    ["/app/a/old", "/app/a/former"],
    ["/dba/mysql/password"],
    ["/app/a/password", "/dba/mysql/password"],
    ["/app/a/password", "/app/b/now", "/dba/mysql/password"],
  ]);
});

/** Neither opa nor conftest is asked for: the example is held against the plan's shape. */
test("the Rego example asks for what a plan has", () => {
  const paths = [...fence("rego").matchAll(/\binput\.([a-z_]+)/g)].map(([, key]) => key ?? "");
  expect(new Set(paths)).toEqual(new Set(["resource_changes", "guards", "applyable"]));
  expect(paths.filter((key) => !(key in planSchema.shape))).toEqual([]);
  const change: (keyof Plan["resource_changes"][number])[] = ["change", "address", "previous_address"];
  const guard: (keyof Plan["guards"][number])[] = ["tripped", "name", "count"];
  const members = [...fence("rego").matchAll(/\b(change|guard)\.([a-z_]+)/g)].map(
    ([, of, key]) => `${of}.${key}`,
  );
  const known = [
    ...change.map((key) => `change.${key}`),
    "change.actions",
    ...guard.map((key) => `guard.${key}`),
  ];
  expect(members.filter((member) => !known.includes(member))).toEqual([]);
  console.warn("opa and conftest are not run: the Rego example is checked for its input paths alone");
});
