import { describe, expect, test } from "vitest";
import type { ApplyResult, Outcome } from "../../src/apply/outcome.ts";
import type { Action } from "../../src/plan/action.ts";
import { renderMarkdownApply } from "../../src/render/markdown-apply.ts";
import { renderMarkdownFailure } from "../../src/render/markdown-failure.ts";
import { LONGEST_COMMENT } from "../../src/render/markdown-plan.ts";
import { change, plan } from "./sample-plan.ts";

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

const applied = (version: number) => ({ kind: "applied", version }) as const;
const copied = (address: string) =>
  change({
    address,
    action: "update",
    reason: "source_changed",
    before: { value: "x" },
    after: { value: "y" },
    origin: { rule: "copy", sources: [{ address: "/dba/password", version: 2 }], file: "a.json", line: 1 },
  });
const read = (reader: string) => ({
  reader,
  kind: "service" as const,
  changes: [`${reader}/password`],
  gains: [],
});

test("nobody is said to have gained what was not written", () => {
  const gains = [
    { secret: "/dba/one", by: ["/app/a/password"] },
    { secret: "/dba/two", by: ["/app/a/other"] },
  ];
  const approved = plan({
    resource_changes: [copied("/app/a/password"), copied("/app/a/other")],
    readers: [{ ...read("/app/a"), changes: ["/app/a/password", "/app/a/other"], gains }],
  });
  const some = outcomes(
    ["/app/a/password", "update", applied(4)],
    ["/app/a/other", "update", { kind: "skipped", on: null }],
  );
  const text = renderMarkdownApply(result({ outcomes: some }), approved, {});
  expect(text).toContain("`/app/a`: service to redeploy, 1 value; gains `/dba/one`, which");
  expect(text).not.toContain("/dba/two");
});

test("an apply that did everything says so first, and who has to be redeployed", () => {
  const approved = plan({
    resource_changes: [copied("/app/a/password"), copied("/app/b/password")],
    readers: [read("/app/a"), read("/app/b")],
  });
  const all = outcomes(
    ["/app/b/password", "update", { kind: "done" }],
    ["/app/a/password", "update", applied(4)],
  );
  expect(
    renderMarkdownApply(result({ outcomes: all }), approved, { again: "paraform apply" }),
  ).toMatchInlineSnapshot(`
    "<!-- paraform:apply:prod -->
    ### \`prod\`: Apply complete! Parameters: 0 added, 1 changed, 0 destroyed.

    1 change had been made by an earlier run. What was carried out has the fingerprint \`pl1-c41e\`.

    #### Who reads what was written (2)

    - \`/app/a\`: service to redeploy, 1 value
    - \`/app/b\`: service to redeploy, 1 value

    #### Done (2)

    - \`~\` \`/app/b/password\`, by an earlier run
    - \`~\` \`/app/a/password\`, version 4
    "
  `);
});

test("one that stopped part-way says why, what was left, and the command that finishes it", () => {
  const some = outcomes(
    ["/app/a/password", "update", applied(4)],
    [
      "/app/b/password",
      "update",
      {
        kind: "failed",
        code: "AccessDeniedException",
        message: "PutParameter was denied",
        hint: "paraform doctor",
      },
    ],
    ["/app/c/url", "update", { kind: "skipped", on: "/app/b/password" }],
    ["/app/d/url", "delete", { kind: "skipped", on: null }],
  );
  const approved = plan({
    resource_changes: [copied("/app/a/password"), copied("/app/b/password")],
    readers: [read("/app/a"), read("/app/b")],
  });
  const again = "paraform apply --env prod --expect pl1-c41e --auto-approve";
  expect(renderMarkdownApply(result({ outcomes: some }), approved, { again })).toMatchInlineSnapshot(`
    "<!-- paraform:apply:prod -->
    ### \`prod\`: Apply stopped part-way! Parameters: 0 added, 1 changed, 0 destroyed; 1 failed, 2 skipped.

    What was carried out has the fingerprint \`pl1-c41e\`.

    #### Failed (1)

    - \`/app/b/password\` — \`PutParameter was denied\` (\`AccessDeniedException\`)

      hint: \`paraform doctor\`

    #### Skipped, left as they were (2)

    - \`/app/c/url\` — it follows from \`/app/b/password\`
    - \`/app/d/url\` — the run had to stop before it

    **Run the same apply again to finish: what is done is not done twice.**

    \`\`\`sh
    paraform apply --env prod --expect pl1-c41e --auto-approve
    \`\`\`

    #### Who reads what was written (1)

    - \`/app/a\`: service to redeploy, 1 value

    #### Done (1)

    - \`~\` \`/app/a/password\`, version 4
    "
  `);
});

test("one that met somebody else has the command that restores, and none that would be refused as stale", () => {
  const met = result({
    outcomes: outcomes(["/app/a", "update", { kind: "failed", code: "conflict", message: "overwritten" }]),
    overwritten: [{ address: "/app/a", version: 7 }],
    recreated: ["/app/b"],
  });
  const text = renderMarkdownApply(met, plan({}), { again: "paraform apply --env prod" });
  expect(text).toContain("  ```sh\n  paraform put /app/a --from-version 7 --env prod\n  ```");
  expect(text).toContain("#### Made anew (1)\n\n- `/app/b` — its history is gone");
  expect(text).toContain("**Plan again to finish:");
  expect(text).not.toContain("paraform apply --env prod");
});

test("one that came to nothing says why", () => {
  const problem = {
    severity: "error",
    file: "configs/prod/main.json",
    line: 3,
    column: 5,
    summary: "cycle",
  } as const;
  const stale = { message: "the plan is stale", hint: "plan again", exitCode: 4, problems: [] } as const;
  expect(renderMarkdownFailure("apply", "prod", stale)).toMatchInlineSnapshot(`
    "<!-- paraform:apply:prod -->
    ### \`prod\`: The plan is stale, nothing was written

    > [!CAUTION]
    > \`the plan is stale\`
    >
    > hint: \`plan again\`
    "
  `);
  const broken = { message: "1 problem in the configs", exitCode: 1, problems: [problem] } as const;
  expect(renderMarkdownFailure("apply", "prod", broken)).toContain(
    "- `configs/prod/main.json:3:5`: `cycle`\n",
  );
});

describe("as a comment", () => {
  test("it fits, whatever happened to however many", () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `/app/${"x".repeat(900)}/${index}`);
    const failed = { kind: "failed", code: "c".repeat(500), message: "m".repeat(2_000), hint: "h" } as const;
    for (const outcome of [
      applied(1),
      failed,
      { ...failed, hint: failed.message } as const,
      { kind: "skipped", on: names[0] ?? "" } as const,
    ]) {
      const many = result({
        outcomes: outcomes(...names.map((name) => [name, "update", outcome] as const)),
        overwritten: names.map((address) => ({ address, version: 1 })),
        recreated: names,
      });
      const text = renderMarkdownApply(many, plan({ resource_changes: names.map(copied) }), {
        again: "x".repeat(10_000),
        undelete: "x".repeat(10_000),
      });
      expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
      expect(text).toMatch(/and 1[89]\d\d more/);
    }
    const problems = names.map((file) => ({
      severity: "error" as const,
      file,
      line: 1,
      column: 1,
      summary: "x".repeat(9_000),
    }));
    const failure = { message: "x".repeat(100_000), exitCode: 1, problems } as const;
    expect(renderMarkdownFailure("apply", "prod", failure).length).toBeLessThanOrEqual(LONGEST_COMMENT);
  });

  test("it fits where every section is full, each command as long as is shown", () => {
    for (const part of ["x", "`", "'"]) {
      const names = Array.from({ length: 50 }, (_, index) => `/app/${part.repeat(900)}/${index}`);
      const long = part.repeat(2_000);
      const failed = { kind: "failed", code: long, message: long, hint: long } as const;
      const every: readonly Outcome[] = [applied(1), failed, { kind: "skipped", on: long }];
      const full = result({
        environment: part.repeat(20),
        fingerprint: long,
        outcomes: every.flatMap((outcome) =>
          outcomes(...names.map((name) => [name, "update", outcome] as const)),
        ),
        overwritten: names.map((address) => ({ address, version: 1 })),
        recreated: names,
      });
      const readers = names.map((name) => ({
        ...read(name),
        changes: [name],
        gains: names.map((secret) => ({ secret, by: [name] })),
      }));
      const text = renderMarkdownApply(full, plan({ readers }), {
        again: "x".repeat(1_000),
        undelete: "x".repeat(1_000),
      });
      expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
    }
  });

  test("strings of others forge no line, no identity and no markup", () => {
    const text =
      "x\n<!-- paraform:plan:prod -->\nFingerprint `forged`\n```\n@owners [a](https://evil.example) <img>";
    const hostile = result({
      environment: text,
      fingerprint: text,
      outcomes: outcomes(
        [text, "update", { kind: "failed", code: text, message: text, hint: text }],
        [text, "update", { kind: "skipped", on: text }],
        [text, "create", applied(1)],
      ),
      overwritten: [{ address: text, version: 1 }],
      recreated: [text],
    });
    for (const page of [
      renderMarkdownApply(hostile, plan({ resource_changes: [copied(text)] }), {
        again: text,
        undelete: text,
      }),
      renderMarkdownFailure("apply", text, { message: text, hint: text, exitCode: 1, problems: [] }),
    ]) {
      expect(page.match(/<!--/g)).toHaveLength(1);
      expect(page).not.toMatch(/^Fingerprint/m);
      const prose = page
        .replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "")
        .split("\n")
        .slice(1)
        .join("\n");
      expect(prose).not.toMatch(/@owners|evil\.example|<img/);
    }
  });
});
