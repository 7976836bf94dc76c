import { describe, expect, test } from "vitest";
import type { Plan, ResourceChange } from "../../src/plan/plan.ts";
import { type PlanRendering, renderPlan } from "../../src/render/human-plan.ts";
import { change, LIVE, plan } from "./sample-plan.ts";
import {
  copyOf,
  EVERYTHING,
  FIRST_PLAN,
  FOURTEEN,
  NEW_COPIES,
  newCopy,
  REGENERATED,
  services,
} from "./whole-plans.ts";

function golden(name: string, document: Plan, options: Partial<PlanRendering> = {}): Promise<void> {
  return expect(renderPlan(document, { color: false, ...options })).toMatchFileSnapshot(
    `goldens/${name}.txt`,
  );
}

function lines(document: Plan, options: Partial<PlanRendering> = {}): string[] {
  return renderPlan(document, { color: false, ...options }).split("\n");
}

describe("whole plans, as a person reads them", () => {
  test("the first plan of an environment", () =>
    golden("first-plan", FIRST_PLAN, { estimateSeconds: 2.2, savedTo: "dev.plan" }));
  test("one changed source with fourteen copies reads as one cause", () =>
    golden("fourteen-copies", FOURTEEN));
  test("new copies of one source read as one cause too", () => golden("new-copies", NEW_COPIES));
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

test.each([
  [0, "not the 12 of --allow: leave it out"],
  [4, "not the 12 of --allow: leave it out or say --allow delete=4"],
])("an allowance of 12 is refused for %d deletions with its remedy", (count, remedy) => {
  const inputs = { delete: [], regenerate: [], target: [], exclude: [], allow: { delete: 12 } };
  const guards = [{ name: "delete", limit: 3, count, tripped: true }];
  const text = lines(plan({ inputs, guards, applyable: false })).find((line) => line.includes("! delete: "));
  expect(text?.endsWith(`   ${remedy}`)).toBe(true);
});

describe("a change that exposes a secret says so first", () => {
  const copies = services(3).map((service) => copyOf("/dba/pw", `/app/${service}/pw`, 4, 7));
  const exposing = copies.map((each, index) => (index === 2 ? each : { ...each, exposes: true as const }));
  const document = plan({ resource_changes: exposing });

  test("in a block of its own, also among others with its cause", () => {
    const text = lines(document);
    const marked = text.flatMap((line, index) =>
      line === "  # (more can read it than before)" ? [text[index - 1]] : [],
    );
    expect(marked).toEqual(
      copies.slice(0, 2).map(({ address }) => `  # ${address} will be updated in-place`),
    );
  });

  test("in its line of --concise", () => {
    const rows = lines(document, { concise: true }).filter((line) => line.startsWith("  ~ "));
    expect(rows.map((row) => row.includes("   more can read it than before; its source"))).toEqual([
      true,
      true,
      false,
    ]);
  });
});

test("a rollback that was not saved says what it takes to carry it out", () => {
  const note = (rollback: Record<string, number> | undefined) => {
    const inputs = { delete: [], regenerate: [], target: [], exclude: [], allow: {} };
    const shaped = rollback === undefined ? inputs : { ...inputs, rollback };
    return lines({ ...FOURTEEN, inputs: shaped }, { savedTo: null }).find((line) => line.startsWith("Note:"));
  };
  expect(note({ "/dba/mysql/password": 2 })).toBe(
    "Note: this plan was not saved, and no other apply rolls back: plan it again with --out FILE, and apply FILE.",
  );
  expect(note(undefined)).toContain("an apply now plans again");
});

test("a saved plan of a proposal is for a checkout of the trusted branch, which needs no revision named", () => {
  const proposed = { digest: `sha256:${"e".repeat(64)}`, changes: [] };
  const text = lines({ ...FOURTEEN, proposed }, { savedTo: "p.plan", applyOptions: { untrusted: "main" } });
  expect(text).toContain(
    "To perform exactly these actions after the merge, run this in a checkout of the trusted branch, never of the proposal:",
  );
  expect(text).toContain("    paraform apply p.plan");
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

  /** What is above each block: the names of what is created alike, then what it is. */
  const blocks = (changes: Plan["resource_changes"]) => {
    const above =
      renderPlan(plan({ resource_changes: changes }), { color: false }).split("actions:\n")[1] ?? "";
    return above
      .split(/\n {2,4}[+~] .*\{\n[^}]*\}\n/)
      .slice(0, -1)
      .map((text) => text.trim().split(/\n +/));
  };
  const created = (...names: readonly string[]) =>
    names.map((name) => expect.stringMatching(`^# ${name} will be created +\\S+:\\d+$`));

  test("of what is new is what all of it copies, be that live or of this plan", () => {
    const replicas = (name: string) =>
      services(3).map((service) => `/app/${service}/replicated/${name}/password`);
    expect(blocks(NEW_COPIES.resource_changes)).toEqual([
      [...created(...replicas("mongo")), "# (3 copies of /dba/mongo/password version 4)"],
      ["# /dba/mysql/password will be created", "# (generated once and kept) at configs/dev/dba.json:4"],
      [...created(...replicas("mysql")), "# (3 copies of /dba/mysql/password as planned)"],
    ]);
  });

  test("of a new copy of a new copy is the first one's source, and of one that is kept its own", () => {
    const chain = [newCopy("/dba/pw", "/app/a", 4), newCopy("/app/a", "/app/b", "planned")];
    const kept = services(2).map((service) => copyOf("/app/a", `/app/${service}/pw`, "planned", 7));
    expect(blocks([...chain, ...kept])).toEqual([
      [...created("/app/a", "/app/b"), "# (2 copies of /dba/pw version 4)"],
      ["# /app/a changes in this plan: 2 copies follow"],
    ]);
  });

  test("of a new copy of a new hash is the hash, which is not the secret", () => {
    const hash = newCopy("/dba/pw", "/dba/hash", 4);
    const derived = { ...hash, origin: hash.origin && { ...hash.origin, rule: "generate" as const } };
    const copies = services(2).map((service) => newCopy("/dba/hash", `/app/${service}/hash`, "planned"));
    expect(blocks([derived, ...copies])[1]?.at(-1)).toBe("# (2 copies of /dba/hash as planned)");
  });

  test.each([
    [
      "other attributes",
      (each: ResourceChange) => ({
        ...each,
        change: { ...each.change, after: { name: each.address, ...LIVE, key_id: "alias/other" } },
      }),
    ],
    ["more who can read it", (each: ResourceChange) => ({ ...each, exposes: true as const })],
    [
      "an end that Parameter Store brings",
      (each: ResourceChange) => ({ ...each, expires: "2027-01-01T00:00:00.000Z" }),
    ],
  ])("does not hide a new copy with %s", (_, altered) => {
    const copies = services(2).map((service) => newCopy("/dba/pw", `/app/${service}/pw`));
    const [other, ...others] = blocks([...copies, altered(newCopy("/dba/pw", "/app/other/pw"))]).reverse();
    expect(others).toEqual([
      [...created("/app/service-1/pw", "/app/service-2/pw"), "# (2 copies of /dba/pw version 1)"],
    ]);
    expect(other?.[0]).toBe("# /app/other/pw will be created");
  });

  test("of a merge of several is not one of them", () => {
    const merges = services(2).map((service) => {
      const copy = newCopy("/dba/pw", `/app/${service}/url`, "planned");
      const sources = [...(copy.origin?.sources ?? []), { address: "/dba/user", version: 3 }];
      return { ...copy, origin: copy.origin && { ...copy.origin, rule: "merge" as const, sources } };
    });
    expect(blocks(merges)).toHaveLength(2);
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
