import { expect, test } from "vitest";
import type { DriftFindings } from "../../src/plan/drift.ts";
import { renderComparison } from "../../src/render/human-compare.ts";
import { renderDrift } from "../../src/render/human-drift.ts";
import { renderExplanation } from "../../src/render/human-explain.ts";
import { renderHistory } from "../../src/render/human-history.ts";
import { renderMarkdownDrift } from "../../src/render/markdown-drift.ts";
import { LONGEST_COMMENT } from "../../src/render/markdown-plan.ts";

const PLAIN = { color: false };

test("drift: who, when, which version", () => {
  const text = renderDrift(
    "prod",
    {
      drift: [
        {
          address: "/app/a/password",
          kind: "changed_outside",
          version_stamped: 4,
          version_live: 5,
          last_modified: "2026-03-02T08:30:00.000Z",
          last_modified_user: "arn:aws:iam::123456789012:user/oncall",
        },
        {
          address: "/app/forged",
          kind: "stamp_invalid",
          version_live: 2,
          last_modified: "2026-03-02T08:30:00.000Z",
        },
        {
          address: "/app/taken",
          kind: "foreign_owner",
          owner: "team-b",
          version_live: 2,
          last_modified: "2026-03-02T08:30:00.000Z",
        },
      ],
      rotated: [
        {
          address: "/dba/mysql/password",
          kind: "changed_outside",
          version_stamped: 1,
          version_live: 2,
          last_modified: "2026-03-02T08:30:00.000Z",
          last_modified_user: "arn:aws:iam::123456789012:user/dba",
        },
      ],
      absent: ["/app/gone"],
    },
    PLAIN,
  );
  expect(text).toMatchInlineSnapshot(`
    "3 parameters of prod drifted:
      ~ /app/a/password   changed outside paraform: version 4 -> 5, 2026-03-02T08:30:00.000Z by arn:aws:iam::123456789012:user/oncall
      ! /app/forged       its stamp does not verify, 2026-03-02T08:30:00.000Z
      ! /app/taken        belongs to "team-b", 2026-03-02T08:30:00.000Z
    1 value was changed by whoever owns it, which is no drift: no rule or source has it, and what follows from it is brought up by the next apply:
        /dba/mysql/password   version 1 -> 2, 2026-03-02T08:30:00.000Z by arn:aws:iam::123456789012:user/dba
    1 declared parameter is not there: deleted or never applied, which Parameter Store keeps no trace of:
        /app/gone
    "
  `);
});

test("an issue is headed by what is in it, and what is not there is no drift and yet no peace", () => {
  const heading = (found: Partial<DriftFindings>) =>
    renderMarkdownDrift("prod", { drift: [], rotated: [], absent: [], ...found }).split("\n")[1];
  const drift = {
    address: "/app/a/host",
    kind: "changed_outside",
    version_live: 2,
    last_modified: "2026-01-01T00:00:00.000Z",
  } as const;
  expect(heading({})).toBe("### `prod`: no drift, every parameter is as paraform wrote it");
  expect(heading({ rotated: [drift] })).toBe(
    "### `prod`: no drift, every other parameter is as paraform wrote it",
  );
  expect(heading({ absent: ["/app/a/gone"] })).toBe("### `prod`: 1 declared parameter is not there");
  expect(heading({ drift: [drift], absent: ["/app/a", "/app/b"] })).toBe(
    "### `prod`: 1 parameter drifted, 2 declared parameters are not there",
  );
});

test("an issue fits, however many drifted and however long their names are", () => {
  const long = (index: number) => `/app/${"segment-of-a-name/".repeat(14)}${index}`;
  for (const part of ["", "`".repeat(600), "😀".repeat(600)]) {
    const drifts = Array.from({ length: 100 }, (_, index) => ({
      address: `${long(index)}${part}`,
      kind: "foreign_owner" as const,
      owner: part,
      version_live: 2,
      last_modified: "2026-01-01T00:00:00.000Z",
      last_modified_user: `arn:aws:sts::123456789012:assumed-role/a-role/somebody@example.com${part}`,
    }));
    const absent = drifts.map(({ address }) => `${address}/gone`);
    const text = renderMarkdownDrift("prod", { drift: drifts, rotated: drifts, absent });
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
    expect(text).toMatch(/and \d+ more\n/);
    expect(text).toMatch(/and \d+ more that their owners changed\n/);
    expect(text).toMatch(/and \d+ more are not there\n/);
  }
});

test("no drift", () => {
  expect(renderDrift("prod", { drift: [], rotated: [], absent: [] }, PLAIN)).toBe(
    "No drift. Every parameter is as paraform wrote it.\n",
  );
});

test("explain: everything about a parameter but its value", () => {
  const text = renderExplanation(
    {
      address: "/app/data-changer/mysql/url",
      rule: "merge",
      type: "SecureString",
      key: "alias/replication",
      file: "configs/common/data-changer.json",
      line: 12,
      chain: [
        {
          address: "/app/data-changer/replicated/mysql/user",
          rule: "copy",
          depth: 1,
          file: "configs/common/data-changer.json",
          line: 8,
        },
        { address: "/dba/mysql/user", rule: "static", depth: 2, file: "configs/dev/dba.json", line: 3 },
        { address: "/dba/mysql/password", rule: "generate", depth: 1, file: "configs/dev/dba.json", line: 4 },
      ],
      followers: [],
      readers: [],
      read_by: [{ reader: "/app/data-changer", kind: "service" }],
      live: {
        version: 3,
        last_modified: "2026-03-01T10:00:00.000Z",
        last_modified_user: "arn:aws:iam::123456789012:user/pipeline",
        plan: "8dd2f55c3b33f4e28acb0f578c015174",
        owner: "data-platform",
        state: "as paraform wrote it",
      },
      planned: { action: "update", reason: "source_changed" },
      protected: false,
      guards: ["update"],
      notes: [],
    },
    PLAIN,
  );
  expect(text).toMatchInlineSnapshot(`
    "/app/data-changer/mysql/url
      declared    merge, at configs/common/data-changer.json:12
      type        SecureString under alias/replication
      sources     <- /app/data-changer/replicated/mysql/user (copy, at configs/common/data-changer.json:8)
                    <- /dba/mysql/user (static, at configs/dev/dba.json:3)
                  <- /dba/mysql/password (generate, at configs/dev/dba.json:4)
      followers   none
      read by     /app/data-changer (service)
      live        version 3 of 2026-03-01T10:00:00.000Z by arn:aws:iam::123456789012:user/pipeline, owner data-platform, as paraform wrote it with plan 8dd2f55c3b33f4e28acb0f578c015174
      planned     update (source_changed)
      protected   no
      guards      update
    "
  `);
});

test("explain: a name that is nowhere yet", () => {
  const text = renderExplanation(
    {
      address: "/app/new",
      rule: "copy",
      type: null,
      key: null,
      file: "a.json",
      line: 1,
      chain: [],
      followers: ["/app/b", "/app/c"],
      readers: [
        { address: "/app/b", rule: "copy", depth: 1, file: "a.json", line: 2 },
        { address: "/app/d", rule: "merge", depth: 2, file: "b.json", line: 3 },
        { address: "/app/c", rule: "copy", depth: 1, file: "a.json", line: 4 },
      ],
      read_by: [
        { reader: "/app/b", kind: "service" },
        { reader: "/dba", kind: "owner" },
      ],
      live: null,
      planned: null,
      protected: true,
      guards: [],
      notes: [],
    },
    PLAIN,
  );
  expect(text).toMatchInlineSnapshot(`
    "/app/new
      declared    copy, at a.json:1
      type        that of its source
      sources     none
      followers   -> /app/b (copy, at a.json:2)
                    -> /app/d (merge, at b.json:3)
                  -> /app/c (copy, at a.json:4)
      read by     /app/b (service), /dba (owner)
      live        absent
      planned     nothing
      protected   yes
      guards      none
    "
  `);
});

test("history: when, who, by which plan; the newest first", () => {
  const at = { last_modified: "2026-03-01T10:00:00.000Z", labels: [] };
  const text = renderHistory(
    "/dba/password",
    [
      { ...at, version: 9, written_by: "outside", last_modified_user: "user/oncall", labels: ["good"] },
      { ...at, version: 10, written_by: "ours", owner: "platform", rule: "static", plan: "8dd2f55c" },
      {
        ...at,
        version: 11,
        written_by: "ours",
        owner: "platform",
        rule: "static",
        plan: null,
        same_value_as: 10,
      },
      { ...at, version: 12, written_by: "other_owner", owner: "team-b", rule: "copy", plan: "aa00" },
      { ...at, version: 13, written_by: "unverified" },
    ],
    PLAIN,
  );
  expect(text).toMatchInlineSnapshot(`
    "/dba/password: 5 versions kept
      13   2026-03-01T10:00:00.000Z   its stamp does not verify
      12   2026-03-01T10:00:00.000Z   copy of "team-b", plan aa00
      11   2026-03-01T10:00:00.000Z   static, put by hand, same value as version 10
      10   2026-03-01T10:00:00.000Z   static, plan 8dd2f55c
      9    2026-03-01T10:00:00.000Z by user/oncall   outside paraform, labelled "good"
    "
  `);
});

test("compare: what one lacks, has beside, and has otherwise", () => {
  const pair = (name: string) => ({ first: name, second: name });
  const text = renderComparison(
    ["dev", "stage"],
    [
      { first: "/app/a/only", second: null, status: "missing", by: null },
      { first: null, second: "/app/b/only", status: "extra", by: null },
      { first: "/app/dev/x", second: "/app/stage/x", status: "different", by: "value" },
      { ...pair("/app/literal"), status: "different", by: "config" },
      { ...pair("/app/key"), status: "by_design", by: "config" },
      { ...pair("/app/new"), status: "absent", by: null },
      { ...pair("/app/closed"), status: "unknown", by: null },
      { ...pair("/app/same"), status: "same", by: "value" },
    ],
    { ...PLAIN, verbose: false },
  );
  expect(text).toMatchInlineSnapshot(`
    "dev and stage: 1 missing, 1 extra, 2 different, 1 unknown, 1 different by design, 1 in neither store and 1 the same
      - /app/a/only                 missing in stage
      + /app/b/only                 only in stage
      ~ /app/dev/x = /app/stage/x   different
      ~ /app/literal                different literals in the configs
      ? /app/closed                 not compared: both values would have to be read
        /app/key                    different by design: each is generated
        /app/new                    configured in both, live neither in dev nor in stage
    "
  `);
});
