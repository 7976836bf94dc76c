import { describe, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { type PlanRendering, renderPlan } from "../../src/render/human-plan.ts";
import { change, LIVE, plan } from "./sample-plan.ts";

const DATA_CHANGER = "configs/common/data-changer.json";

function golden(name: string, document: Plan, options: Partial<PlanRendering> = {}): Promise<void> {
  return expect(renderPlan(document, { color: false, ...options })).toMatchFileSnapshot(
    `goldens/${name}.txt`,
  );
}

function lines(document: Plan, options: Partial<PlanRendering> = {}): string[] {
  return renderPlan(document, { color: false, ...options }).split("\n");
}

const REGENERATED = change({
  address: "/dba/mysql/password",
  action: "update",
  reason: "regenerate",
  before: { ...LIVE, key_id: "alias/dba", version: 3, description: "password of the DBA" },
  after: { ...LIVE, key_id: "alias/dba", version: 4, description: "password of the DBA" },
  unknown: ["value"],
  origin: { rule: "generate", file: "configs/dev/dba.json", line: 4 },
  precondition: { version: 3, last_modified: "2026-03-01T10:00:00.000Z" },
});

const copyOf = (source: string, address: string, version: number | "planned", line: number) =>
  change({
    address,
    action: "update",
    reason: "source_changed",
    before: { ...LIVE, version: 3 },
    after: { ...LIVE, version: 4 },
    unknown: ["value"],
    origin: { sources: [{ address: source, version }], line },
    precondition: { version: 3, last_modified: "2026-03-01T10:00:00.000Z" },
  });

const services = (count: number) => Array.from({ length: count }, (_, index) => `service-${index + 1}`);

const FOURTEEN = plan({
  resource_changes: [
    ...services(14).map((service, index) =>
      copyOf("/dba/mysql/password", `/app/${service}/replicated/mysql/password`, "planned", 7 + index),
    ),
    REGENERATED,
  ],
});

const FIRST_PLAN = plan({
  resource_changes: [
    change({
      address: "/app/data-changer/log-level",
      action: "create",
      reason: "missing",
      sensitive: [],
      after: {
        type: "String",
        value: "info",
        data_type: "text",
        tags: { team: "data", tier: "1" },
        version: 1,
      },
      origin: { rule: "value", line: 21 },
    }),
    change({
      address: "/app/data-changer/mysql/url",
      action: "create",
      reason: "missing",
      after: { ...LIVE, version: 1 },
      unknown: ["value"],
      origin: {
        rule: "merge",
        sources: [
          { address: "/dba/mysql/user", version: 1 },
          { address: "/dba/mysql/password", version: "planned" },
        ],
        line: 12,
      },
    }),
    change({
      address: "/app/data-changer/replicated/mysql/user",
      action: "create",
      reason: "missing",
      after: { ...LIVE, description: "user of data-changer", version: 1 },
      unknown: ["value"],
      origin: { sources: [{ address: "/dba/mysql/user", version: 1 }], line: 8 },
    }),
    change({
      address: "/dba/mongo/password",
      action: "create",
      reason: "missing",
      after: { ...LIVE, key_id: "alias/dba", version: 1 },
      unknown: ["value"],
      origin: { rule: "static", supplied_by: "prompt", file: "configs/dev/dba.json", line: 9 },
    }),
    change({
      address: "/dba/mongo/user",
      action: "create",
      reason: "missing",
      after: { ...LIVE, key_id: "alias/dba", value: { $digest: "k1.3f2a" }, version: 1 },
      origin: {
        rule: "static",
        supplied_by: "file configs/dev/values.json",
        file: "configs/dev/dba.json",
        line: 8,
      },
    }),
    change({
      address: "/dba/mysql/password",
      action: "create",
      reason: "missing",
      after: { ...LIVE, key_id: "alias/dba", version: 1 },
      unknown: ["value"],
      origin: { rule: "generate", file: "configs/dev/dba.json", line: 4 },
    }),
  ],
});

const TEXT = {
  before: "listen: 8080\nlog: info\nretries: 3\n",
  after: "listen: 8080\nlog: debug\nretries: 3\ntimeout: 5\n",
};

const EVERYTHING = plan({
  applyable: false,
  environment: {
    name: "prod",
    account: "123456789012",
    region: "eu-west-1",
    owner: "data-platform",
    endpoint: "http://127.0.0.1:4566",
  },
  inputs: {
    delete: ["/app/**"],
    regenerate: ["/dba/**"],
    target: [],
    exclude: ["/app/x/**"],
    allow: { update: 7 },
  },
  resource_changes: [
    change({
      address: "/app/data-changer/config",
      action: "update",
      reason: "value_changed",
      sensitive: [],
      before: { type: "String", value: TEXT.before, data_type: "text", version: 1 },
      after: { type: "String", value: TEXT.after, data_type: "text", version: 2 },
      origin: { rule: "value", line: 22 },
    }),
    change({
      address: "/app/data-changer/log-level",
      action: "update",
      reason: "value_changed",
      sensitive: [],
      before: { type: "String", value: "info", tags: { team: "a", cost: "1", old: "y" }, version: 1 },
      after: { type: "String", value: "debug", tags: { team: "b", cost: "1", new: "y" }, version: 2 },
      origin: { rule: "value", line: 21 },
    }),
    change({
      address: "/app/data-changer/mode",
      action: "replace",
      reason: "attribute_changed",
      sensitive: [],
      before: { type: "String", value: "a,b", version: 3 },
      after: { type: "StringList", value: "a,b", version: 1 },
      origin: { rule: "value", line: 23 },
    }),
    change({
      address: "/app/data-changer/mysql/url",
      action: "update",
      reason: "changed_outside",
      before: { ...LIVE, version: 5 },
      after: { ...LIVE, version: 6 },
      unknown: ["value"],
      origin: {
        rule: "merge",
        sources: [
          { address: "/dba/mysql/user", version: 1 },
          { address: "/dba/mysql/password", version: 3 },
        ],
        line: 12,
      },
      precondition: { version: 5, last_modified: "2026-03-02T08:30:00.000Z" },
    }),
    change({
      address: "/app/message-processor/replicated/mongo/password",
      action: "update",
      reason: "adopted",
      before: { ...LIVE, description: "replicated by the old tool", version: 9 },
      after: { ...LIVE, version: 10 },
      unknown: ["value"],
      origin: { sources: [{ address: "/dba/mongo/password", version: 2 }], line: 3 },
    }),
    change({
      address: "/app/old/password",
      action: "delete",
      reason: "not_in_config",
      before: { ...LIVE, version: 2 },
      origin: null,
    }),
    change({ address: "/app/same", action: "no-op", reason: null, before: LIVE, after: LIVE }),
    change({
      address: "/app/stamped/a",
      action: "update",
      reason: "stamp_renewed",
      before: { ...LIVE, value: { $digest: "k1.aa" }, version: 2 },
      after: { ...LIVE, value: { $digest: "k2.bb" }, version: 3 },
      origin: { sources: [{ address: "/dba/mysql/user", version: 2 }], line: 30 },
    }),
    change({
      address: "/app/stamped/b",
      action: "update",
      reason: "stamp_renewed",
      before: { ...LIVE, value: { $digest: "k1.aa" }, version: 2 },
      after: { ...LIVE, value: { $digest: "k2.bb" }, version: 3 },
      origin: { sources: [{ address: "/dba/mysql/user", version: 2 }], line: 31 },
    }),
    change({
      address: "/dba/mysql/token",
      action: "update",
      reason: "attribute_changed",
      before: { ...LIVE, key_id: "alias/aws/ssm", description: "", version: 1 },
      after: { ...LIVE, key_id: "alias/dba", description: "token", version: 2 },
      unknown: ["value"],
      origin: { rule: "static", file: "configs/prod/dba.json", line: 11 },
    }),
    change({
      address: "/team/left",
      action: "forget",
      reason: "not_in_config",
      before: { ...LIVE, version: 2 },
      origin: null,
    }),
  ],
  withheld: [
    { address: "/dba/old", action_reason: "not_in_config" },
    { address: "/dba/root/password", action_reason: "protected" },
  ],
  blocked: [
    { address: "/app/a/password", reason: "input_missing", on: "/dba/a/password" },
    { address: "/app/a/password/again", reason: "input_blocked", on: "/app/a/password" },
    { address: "/app/b/password", reason: "input_missing", on: "/dba/b/password" },
    { address: "/app/c", reason: "unstamped", on: null },
    { address: "/app/d", reason: "some_later_reason", on: "/app/e" },
  ],
  conflicts: [
    { address: "/app/billing/key", owner: "team-billing" },
    { address: "/app/forged", owner: null },
  ],
  guards: [
    { name: "delete", limit: 3, count: 12, tripped: true },
    { name: "update", limit: 6, count: 7, tripped: false },
    { name: "exposure", limit: 0, count: 1, tripped: true },
    { name: "blocked", limit: 0, count: 5, tripped: true },
  ],
  diagnostics: [
    {
      severity: "note",
      code: "touched",
      summary: "changed outside paraform and kept",
      address: "/dba/x",
      file: "configs/prod/dba.json",
      line: 3,
    },
    {
      severity: "warning",
      code: "spelling",
      summary: "merge_figs is not Figgy's spelling",
      file: DATA_CHANGER,
      line: 2,
    },
  ],
});

describe("whole plans, as a person reads them", () => {
  test("the first plan of an environment", () =>
    golden("first-plan", FIRST_PLAN, { estimateSeconds: 2.2, savedTo: "dev.plan" }));
  test("one changed source with fourteen copies reads as one cause", () =>
    golden("fourteen-copies", FOURTEEN));
  test("everything at once, in an apply that would be refused", () =>
    golden("everything", EVERYTHING, { estimateSeconds: 125, savedTo: "plans/prod of today.plan" }));
  test("the same in colour", () => golden("everything-in-colour", EVERYTHING, { color: true }));
  test("verbose shows what stays as it is", () => golden("verbose", EVERYTHING, { verbose: true }));
  test("no changes", () => golden("no-changes", plan({})));
  test("what could not be read", () =>
    golden(
      "incomplete",
      plan({
        applyable: false,
        complete: false,
        fingerprint: "",
        diagnostics: [
          {
            severity: "error",
            code: "denied",
            summary: "ssm:DescribeParameters is denied (AccessDeniedException)",
          },
        ],
      }),
    ));
});

describe("one cause", () => {
  const headings = (document: Plan, options: Partial<PlanRendering> = {}) =>
    lines(document, options).filter((line) => /^ {2}# \//.test(line));

  test("stands behind the source's own change", () => {
    expect(headings(FOURTEEN)).toEqual([
      "  # /dba/mysql/password will be updated in-place",
      "  # /dba/mysql/password changes (version 3 -> planned): 14 copies follow",
    ]);
  });

  test("is unfolded by verbose", () => {
    expect(headings(FOURTEEN, { verbose: true })).toHaveLength(15);
  });

  test("that changed outside this plan names its version", () => {
    const copies = services(2).map((service) => copyOf("/dba/pw", `/app/${service}/pw`, 4, 7));
    expect(headings(plan({ resource_changes: copies }))).toEqual([
      "  # /dba/pw changed (now version 4): 2 copies follow",
    ]);
  });

  test("is the root of a chain of copies, and merges follow it too", () => {
    const merge = change({
      address: "/app/url",
      action: "update",
      reason: "source_changed",
      before: LIVE,
      after: LIVE,
      unknown: ["value"],
      origin: {
        rule: "merge",
        sources: [
          { address: "/dba/user", version: 1 },
          { address: "/app/b", version: "planned" },
        ],
      },
    });
    const changes = [copyOf("/dba/pw", "/app/a", 4, 1), copyOf("/app/a", "/app/b", "planned", 2), merge];
    expect(
      headings(plan({ resource_changes: [changes[0], changes[1]].flatMap((each) => each ?? []) })),
    ).toEqual(["  # /dba/pw changed (now version 4): 2 copies follow"]);
    const sameValue = changes.map((each) => ({
      ...each,
      origin: each.origin && { ...each.origin, sources: [{ address: "/dba/pw", version: 4 }] },
    }));
    expect(headings(plan({ resource_changes: sameValue }))).toEqual([
      "  # /dba/pw changed (now version 4): 2 copies and 1 merge follow",
    ]);
  });

  test("does not hide a follower that also changes otherwise, nor an only follower", () => {
    const moved = copyOf("/dba/pw", "/app/service-9/pw", 4, 7);
    const after = moved.change.after;
    const other = {
      ...moved,
      change: { ...moved.change, after: after && { ...after, key_id: "alias/other" } },
    };
    const copies = services(2).map((service) => copyOf("/dba/pw", `/app/${service}/pw`, 4, 7));
    expect(headings(plan({ resource_changes: [...copies, other] }))).toEqual([
      "  # /dba/pw changed (now version 4): 2 copies follow",
      "  # /app/service-9/pw will be updated in-place",
    ]);
    expect(headings(plan({ resource_changes: [moved] }))).toEqual([
      "  # /app/service-9/pw will be updated in-place",
    ]);
  });

  test("is the source of a derived value, also where --regenerate asks for both", () => {
    const made = (address: string, source: string | undefined) =>
      change({
        address,
        action: "update",
        reason: "regenerate",
        before: LIVE,
        after: LIVE,
        unknown: ["value"],
        origin: {
          rule: "generate",
          sources: source === undefined ? [] : [{ address: source, version: "planned" }],
        },
      });
    const changes = [
      made("/dba/pw", undefined),
      made("/dba/hash", "/dba/pw"),
      made("/dba/mtime", "/dba/pw"),
      copyOf("/dba/hash", "/app/hash", "planned", 3),
    ];
    expect(headings(plan({ resource_changes: changes }))).toEqual([
      "  # /dba/pw will be updated in-place",
      "  # /dba/pw changes in this plan: 1 copy and 2 derived values follow",
    ]);
  });

  test("that goes round in circles, in an edited document, ends", () => {
    const round = [copyOf("/app/b", "/app/a", "planned", 1), copyOf("/app/a", "/app/b", "planned", 2)];
    expect(lines(plan({ resource_changes: round })).length).toBeGreaterThan(5);
  });
});

describe("a value that is not shown", () => {
  const valueLine = (parts: Partial<Parameters<typeof change>[0]>) => {
    const one = change({
      address: "/a",
      action: "update",
      reason: "value_changed",
      before: LIVE,
      after: LIVE,
      ...parts,
    });
    return lines(plan({ resource_changes: [one] }))
      .find((line) => /^ +[+~-] value /.test(line))
      ?.trim();
  };
  const digest = (text: string) => ({ ...LIVE, value: { $digest: text } });

  test.each([
    [
      "digests that differ",
      { before: digest("k1.a"), after: digest("k1.b") },
      "~ value = (sensitive value, changed)",
    ],
    ["no digest, but the reason", {}, "~ value = (sensitive value, changed)"],
    [
      "a source that moved on",
      { reason: "source_changed", unknown: ["value"] },
      "~ value = (sensitive value, changed)",
    ],
    [
      "a new one",
      { reason: "regenerate", unknown: ["value"] },
      "~ value = (sensitive value) -> (known after apply)",
    ],
    [
      "one that a person will type",
      {
        reason: "missing",
        before: undefined,
        action: "create",
        unknown: ["value"],
        origin: { rule: "static", supplied_by: "prompt" },
      },
      "+ value  = (asked for at apply)",
    ],
    [
      "a touched copy",
      { reason: "changed_outside", unknown: ["value"] },
      "~ value = (sensitive value, rewritten)",
    ],
    [
      "another digest key, same value",
      { reason: "attribute_changed", before: digest("k1.a"), after: digest("k2.b") },
      undefined,
    ],
    [
      "an adopted one that stays",
      { reason: "adopted", unknown: ["value"], origin: { rule: "generate" } },
      undefined,
    ],
    [
      "an adopted one that is derived, and so made anew",
      {
        reason: "adopted",
        unknown: ["value"],
        origin: { rule: "generate", sources: [{ address: "/dba/pw", version: 3 }] },
      },
      "~ value = (sensitive value) -> (known after apply)",
    ],
    [
      "a mark, though the document has it in clear",
      { after: { ...LIVE, value: "dummy-value" } },
      "~ value = (sensitive value, changed)",
    ],
  ] as const)("%s", (_case, parts, expected) => {
    expect(valueLine(parts as Partial<Parameters<typeof change>[0]>)).toBe(expected);
  });
});

describe("the closing lines", () => {
  const changed = plan({ resource_changes: [REGENERATED] });

  test("a replace counts as added and destroyed", () => {
    expect(lines(EVERYTHING)).toContain("Plan: 1 to forget, 1 to add, 7 to change, 2 to destroy.");
  });

  test("nothing is called unchanged while something is blocked", () => {
    const blocked = plan({ applyable: false, blocked: [{ address: "/a", reason: "missing", on: null }] });
    expect(lines(blocked)).toContain("Plan: 0 to add, 0 to change, 0 to destroy.");
    expect(lines(blocked).join("\n")).not.toContain("No changes.");
  });

  test("say where the plan is, that it is not saved, or neither", () => {
    expect(lines(changed, { savedTo: "dev.plan" })).toContain("    paraform apply dev.plan");
    expect(lines(changed, { savedTo: "it's.plan" })).toContain("    paraform apply 'it'\\''s.plan'");
    const applyOptions = { chdir: "my configs", "endpoint-url": "http://127.0.0.1:4566" };
    expect(lines(changed, { savedTo: "dev.plan", applyOptions })).toContain(
      "    paraform apply dev.plan --chdir 'my configs' --endpoint-url http://127.0.0.1:4566",
    );
    expect(lines(changed, { savedTo: null }).at(-2)).toMatch(/^Note: this plan was not saved/);
    expect(lines(changed).at(-2)).toBe("Fingerprint: pl1-c41e-9d07-77ab");
  });
});
