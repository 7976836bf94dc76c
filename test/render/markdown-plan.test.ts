import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { renderHtmlPlan } from "../../src/render/html-plan.ts";
import { LONGEST_COMMENT, renderMarkdownPlan } from "../../src/render/markdown-plan.ts";
import { code, fenced } from "../../src/render/markdown-text.ts";
import { HOSTILE_PARTS, hostilePlan, MARK } from "./hostile-plan.ts";
import { change, LIVE, plan } from "./sample-plan.ts";
import { copyOf, EVERYTHING, FOURTEEN, NEW_COPIES, newCopy, services } from "./whole-plans.ts";

function golden(name: string, document: Plan): Promise<void> {
  return expect(renderMarkdownPlan(document)).toMatchFileSnapshot(`goldens/${name}.md`);
}

describe("whole comments, as GitHub is given them", () => {
  test("one changed source with fourteen copies is one cause", () => golden("fourteen-copies", FOURTEEN));
  test("new copies of one source are one cause too", () => golden("new-copies", NEW_COPIES));
  test("everything at once, in an apply that would be refused", () => golden("everything", EVERYTHING));
  test("no changes", () => golden("no-changes", plan({})));
  test("what could not be read", () =>
    golden(
      "incomplete",
      plan({
        applyable: false,
        complete: false,
        fingerprint: "",
        diagnostics: [{ severity: "error", code: "denied", summary: "ssm:DescribeParameters is denied" }],
      }),
    ));
});

describe("what a reviewer sees first", () => {
  const place = (text: string, part: string) => {
    expect(text).toContain(part);
    return text.indexOf(part);
  };

  test("is the verdict, then what is refused, what is lost, what changes, and last how to apply", () => {
    const text = renderMarkdownPlan(EVERYTHING);
    const order = ["### ", "[!CAUTION]", "#### Guards", "#### Conflicts", "#### Blocked", "#### Destroyed"];
    const rest = ["#### Changes", "#### Who reads", "#### Withheld", "#### Findings", "Fingerprint"];
    const places = [...order, ...rest].map((part) => place(text, part));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  test("an exposure stands with what is lost, and says so", () => {
    const exposing = { ...copyOf("/dba/pw", "/app/a/pw", 4, 7), exposes: true as const };
    const text = renderMarkdownPlan(plan({ resource_changes: [exposing] }));
    expect(text).toContain("#### Destroyed, replaced or exposed (1)");
    expect(text).toContain("**more can read it than before**");
    expect(text).not.toContain("#### Changes");
  });

  test("a change by which a parameter is deleted later stands with what is lost", () => {
    const ending = { ...copyOf("/dba/pw", "/app/a/pw", 4, 7), expires: "2030-01-01T00:00:00.000Z" };
    const text = renderMarkdownPlan(plan({ resource_changes: [ending] }));
    expect(text).toContain("#### Destroyed, replaced or exposed (1)");
    expect(text).not.toContain("#### Changes");
    const created = change({ address: "/app/a/token", action: "create", reason: "missing" });
    const fresh = renderMarkdownPlan(plan({ resource_changes: [{ ...created, expires: ending.expires }] }));
    expect(fresh).not.toContain("#### Destroyed");
  });

  test("the names that go with a move stand for their readers with what is lost, ahead of who gains and what changes", () => {
    const moves = Array.from({ length: 12 }, (_, index) =>
      change({
        address: `/app/other/key${index}`,
        previous: `/app/pay/key${index}`,
        action: "create",
        reason: "moved",
      }),
    );
    const names = moves.map(({ previous_address = "" }) => previous_address);
    const document = plan({
      resource_changes: moves,
      readers: [
        { reader: "/app/other", kind: "service", changes: moves.map(({ address }) => address), gains: [] },
        { reader: "/app/pay", kind: "service", changes: names, gains: [] },
      ],
    });
    const row = (code: (text: string) => string) =>
      `${code("/app/pay")} — 12 names go: ${[0, 1, 2].map((index) => code(`/app/pay/key${index}`)).join(", ")} and 9 more; whoever reads by these names finds nothing then`;
    const text = renderMarkdownPlan(document);
    expect(text).toContain(`#### Names that go with a move (1)\n\n- ${row((name) => `\`${name}\``)}\n`);
    expect(text.indexOf("#### Names that go")).toBeLessThan(text.indexOf("#### Changes"));
    const page = renderHtmlPlan(document);
    expect(page).toContain(`<li>${row((name) => `<code>${name}</code>`)}</li>`);
    expect(page.indexOf('id="lost-names"')).toBeLessThan(page.indexOf('id="changes"'));
  });

  test("the command repeats what shaped the plan, quoted for a shell; without a change there is none", () => {
    const inputs = { delete: ["/app/**"], regenerate: [], target: [], exclude: [], allow: { delete: 12 } };
    const deletes = renderMarkdownPlan({ ...FOURTEEN, inputs });
    expect(deletes).toContain(
      "paraform apply --env dev '--delete=/app/**' --allow delete=12 --expect pl1-c41e-9d07-77ab --auto-approve\n",
    );
    expect(renderMarkdownPlan(FOURTEEN, { configs: "my configs" })).toContain(
      "paraform apply --env dev --configs 'my configs' --expect pl1-c41e-9d07-77ab --auto-approve\n",
    );
    expect(renderMarkdownPlan(plan({}))).not.toContain("paraform apply");
    expect(renderMarkdownPlan({ ...FOURTEEN, applyable: false })).not.toContain("paraform apply");
  });
});

describe("a proposal's comment and page", () => {
  const proposed = { digest: `sha256:${"e".repeat(64)}`, changes: [] };
  const changes = Array.from({ length: 2_000 }, (_, index) => copyOf("/dba/pw", `/app/a/pw-${index}`, 4, 7));
  const proposal = plan({ proposed, resource_changes: changes });
  const place = { configs: "params", untrusted: "refs/remotes/origin/main" };

  test("invite nobody to run what is proposed: a plan of the trusted revision, an apply after the merge", () => {
    const text = renderMarkdownPlan(proposal, place);
    expect(text).toContain(
      "the HTML report beside it, an artifact of the run, or one made by `paraform plan --env dev --configs params --untrusted refs/remotes/origin/main --report html=plan.html` shows everything",
    );
    expect(text).toMatch(
      /To apply exactly this after the merge, in a checkout of the trusted branch and never/,
    );
    expect(text).toContain("paraform apply --env dev --configs params --expect");
    const page = renderHtmlPlan(proposal, place);
    expect(page).toContain("<p>To apply exactly this after the merge, in a checkout of the trusted branch");
    expect(page).not.toContain("untrusted");
  });

  test("name no plan where the trusted revision is not known, as of a saved plan that is shown", () => {
    const text = renderMarkdownPlan(proposal);
    expect(text).not.toContain("paraform plan");
    expect(text).toContain("the HTML report beside it, an artifact of the run, shows everything");
  });
});

describe("a comment fits", () => {
  const many = (count: number, deletes: number) =>
    plan({
      resource_changes: Array.from({ length: count }, (_, index) =>
        index < deletes
          ? change({
              address: `/app/service-${index}/gone`,
              action: "delete",
              reason: "not_in_config",
              before: LIVE,
              origin: null,
            })
          : copyOf(`/dba/source-${index % 500}/pw`, `/app/service-${index % 100}/pw-${index}`, 4, index),
      ),
    });

  test("5,000 changes: every deletion is named, the rest is counted, and the whole is a command away", () => {
    const text = renderMarkdownPlan(many(5_000, 100));
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
    for (let index = 0; index < 100; index += 1) expect(text).toContain(`\`/app/service-${index}/gone\``);
    expect(text).toContain("`paraform plan --env dev --report html=plan.html` shows everything");
    expect(text).toContain("paraform apply --env dev --expect");
  });

  test("5,000 deletions: as many as there is room for, and how many more", () => {
    const text = renderMarkdownPlan(many(5_000, 5_000));
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
    expect(text).toContain("Destroyed, replaced or exposed (5000)");
    expect(text).toContain("- and 4800 more");
  });

  test("what a proposal changes in environment.json and who gains a secret stay in sight, whatever is piled up", () => {
    const padding = Array.from({ length: 5_000 }, (_, i) => `/app/pad-${i}/note`);
    const text = renderMarkdownPlan(
      plan({
        proposed: { digest: `sha256:${"e".repeat(64)}`, changes: ["sources", "public", "SOPS files"] },
        resource_changes: padding.map((address) => change({ address, action: "create", reason: "missing" })),
        diagnostics: padding.map((address) => ({ severity: "warning", code: "x", summary: address })),
        readers: [
          ...padding.map((name) => ({ reader: name, kind: "service" as const, changes: [name], gains: [] })),
          ...Array.from({ length: 15 }, (_, i) => ({
            reader: `/app/gains-${i}`,
            kind: "service" as const,
            changes: ["/app/zz/password"],
            gains: [{ secret: "/dba/mysql/password", by: ["/app/zz/password"] }],
          })),
        ],
      }),
    );
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
    const first = text.split("\n").slice(4, 9).join("\n");
    expect(first).toContain("This proposal changes `environment.json`:** `sources` and `public`.");
    expect(first).toContain("This proposal changes a SOPS file that an apply decrypts:**");
    expect(text.match(/`\/app\/gains-\d+`/g)).toHaveLength(15);
    expect(text.indexOf("#### Who gains a secret (15)")).toBeLessThan(text.indexOf("#### Changes"));
    expect(text).toMatch(/^Environment `sha256:e{64}`$/m);
    expect(text).not.toMatch(/^\//m);
  });

  /** A plan by which each of these services gains these secrets, by as many new copies. */
  const gaining = (gains: readonly (readonly [string, readonly string[]])[], more: Partial<Plan> = {}) =>
    plan({
      resource_changes: gains.flatMap(([service, secrets]) =>
        secrets.map((secret, index) => newCopy(secret, `${service}/secret-${index}`)),
      ),
      readers: gains.map(([reader, secrets]) => ({
        reader,
        kind: "service" as const,
        changes: secrets.map((_, index) => `${reader}/secret-${index}`),
        gains: secrets.map((secret, index) => ({ secret, by: [`${reader}/secret-${index}`] })),
      })),
      ...more,
    });
  const section = (text: string) => text.split("#### Who gains")[1]?.split("\n#### ")[0] ?? "";

  test("readers that gain the same secrets are one row: the first are in sight, the others a click away", () => {
    const same = services(26).map((service) => [`/app/${service}`, ["/dba/x", "/dba/y"]] as const);
    const text = section(renderMarkdownPlan(gaining([...same, ["/app/other", ["/dba/x"]]])));
    const named = (from: number, to: number) =>
      services(26)
        .slice(from, to)
        .map((service) => `\`/app/${service}\``);
    expect(text.split("\n")).toEqual([
      " a secret (27)",
      "",
      `- ${named(0, 10).join(", ")} and 16 more — 26 services to redeploy, 52 values; gain \`/dba/x\` and \`/dba/y\`, which they could not read before`,
      "  <details><summary>16 more readers</summary>",
      "",
      `  ${named(10, 25).join(", ")} and ${named(25, 26).join("")}`,
      "",
      "  </details>",
      "- `/app/other` — service to redeploy, 1 value; gains `/dba/x`, which it could not read before",
      "",
    ]);
  });

  test("a thousand services still tell who gains what: one secret each, all the same, and one of them all", () => {
    const names = services(1_000).map((service) => `/app/${service}`);
    const each = renderMarkdownPlan(
      gaining(names.map((name, index) => [name, [`/dba/db-${index}/password`]] as const)),
    );
    names.forEach((name, index) => {
      expect(each).toContain(`- \`${name}\` gains \`/dba/db-${index}/password\`\n`);
    });
    const all = renderMarkdownPlan(gaining(names.map((name) => [name, ["/dba/x"]] as const)));
    for (const name of names) expect(section(all)).toContain(`\`${name}\``);
    const one = renderMarkdownPlan(gaining([["/app/a", names.map((name) => `/dba${name}`)]]));
    for (const name of names) expect(section(one)).toContain(`\`/dba${name}\``);
    for (const text of [each, all, one]) expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
  });

  test("gains for which there is no room are counted by folder, behind those that are named", () => {
    const some = services(5_000).map((service) => [`/app/${service}`, [`/dba/${service}/password`]] as const);
    const text = renderMarkdownPlan(gaining(some));
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
    expect(
      section(text).match(/^- `\/app\/service-\d+` gains `\/dba\/service-\d+\/password`$/gm),
    ).toHaveLength(400);
    expect(section(text)).toContain("\n- 4600 more services under `/app` gain 4600 secrets under `/dba`\n");
  });

  test("attributes go first, names later", () => {
    const steps = [40, 250, 4_000].map((count) => renderMarkdownPlan(many(count, 0)));
    const members = steps.map((text) => text.split("\n").filter((line) => line.includes("/pw-")).length);
    expect(members[0]).toBe(40);
    expect(members[1]).toBe(250);
    expect(members[2]).toBe(0);
    expect(steps[2]).toContain("`/dba/source-0/pw` changed (now version 4): 8 copies follow");
    for (const text of steps) expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
  });

  test("changes for which there is no room are counted by folder, behind those that are named", () => {
    const name = (index: number) => `/app/service-${index % 60}/${"a-long-key-".repeat(20)}${index}`;
    const resource_changes = Array.from({ length: 900 }, (_, index) =>
      change({ address: name(index), action: "create", reason: "missing", after: { type: "SecureString" } }),
    );
    const text = renderMarkdownPlan(plan({ resource_changes }));
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
    const named = text.match(/a-long-key-\d+`/g)?.length ?? 0;
    const counted = [...text.matchAll(/(\d+) parameters? (?:under|in)/g)];
    expect(named).toBe(100);
    expect(counted.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(800);
    expect(text).toMatch(/\n- and \d+ parameters in 20 more folders\n/);
  });

  const LONG = ["`", "/a", "\n", "😀"];

  test.each(LONG)("whatever is long: names, values and flags of %j", (part) => {
    const text = part.repeat(part === "\n" ? 2_000 : 70_000);
    const document = hostilePlan(text, `${text}other`);
    expect(renderMarkdownPlan(document).length).toBeLessThanOrEqual(LONGEST_COMMENT);
  });

  test.each(LONG)("whatever is many: every list, each row with a text of 1,000 times %j", (part) => {
    const text = part.repeat(1_000);
    const base = hostilePlan(text, text);
    const repeat = <Row>(rows: readonly Row[]) => Array.from({ length: 25 }, () => rows).flat();
    const document = {
      ...base,
      inputs: { ...base.inputs, delete: repeat([text]) },
      resource_changes: repeat(base.resource_changes),
      blocked: Array.from({ length: 25 }, (_, index) => ({ address: text, reason: `${index}`, on: text })),
      conflicts: repeat(base.conflicts),
      guards: repeat(base.guards),
      diagnostics: repeat(base.diagnostics),
      withheld: repeat(base.withheld),
      readers: repeat(base.readers).map((each) => ({ ...each, gains: repeat(each.gains) })),
    };
    expect(renderMarkdownPlan(document).length).toBeLessThanOrEqual(LONGEST_COMMENT);
  });

  test("an exposed merge of 700 sources names ten of them", () => {
    const sources = Array.from({ length: 700 }, (_, index) => ({
      address: `/dba/${"database-with-a-long-name-".repeat(3)}${index}`,
      version: 1,
    }));
    const merge = change({
      address: "/app/a/host",
      action: "create",
      reason: "missing",
      after: { value: "x" },
      origin: { rule: "merge", sources },
    });
    const text = renderMarkdownPlan(plan({ resource_changes: [{ ...merge, exposes: true }] }));
    expect(text).toContain("-9` version 1 and 690 more; at `configs/");
    expect(text).not.toContain("shortened to fit");
    expect(text.length).toBeLessThan(3_000);
  });

  test("twenty exposed changes of long names are all named", () => {
    const changes = Array.from({ length: 20 }, (_, index) => ({
      ...copyOf(`/dba/${"x".repeat(1_000)}/${index}`, `/app/${index}/${"y".repeat(1_000)}`, 1, 1),
      exposes: true as const,
    }));
    const text = renderMarkdownPlan(plan({ resource_changes: changes }));
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
    for (let index = 0; index < 20; index += 1) expect(text).toContain(`\`/app/${index}/y`);
  });

  /** How often everything that a plan lists is there, how long it is, and of what it is made. */
  const bulk = fc.record({
    many: fc.constantFrom(3, 12, 40),
    sources: fc.constantFrom(1, 12),
    longest: fc.constantFrom(1, 60, 259, 1_011),
    part: fc.constantFrom("a", "/", "`", "` ", "\n", "😀", "'", "<!--"),
    reason: fc.constantFrom("missing", "unstamped", "input_missing", "input_blocked", "odd"),
    actions: fc.constantFrom(["update"] as const, ["delete"] as const, ["delete", "create"] as const),
    why: fc.constantFrom("missing", "moved", "source_changed", "value_changed", "changed_outside", "adopted"),
    version: fc.constantFrom(3, "planned" as const),
    exposes: fc.boolean(),
  });

  test("whatever there is of it: no plan is too long", () => {
    fc.assert(
      fc.property(bulk, ({ many, sources, longest, part, reason, actions, why, version, exposes }) => {
        const text = part.repeat(Math.ceil(longest / part.length)).slice(0, longest);
        const base = hostilePlan(text, `${text}other`);
        const times = <Row>(rows: readonly Row[], count: number = many) =>
          Array.from({ length: count }, () => rows).flat();
        const numbered = (index: number) => `${text}${index}`;
        const changes = base.resource_changes.map((each) => ({
          ...each,
          previous_address: text,
          change: { ...each.change, actions: [...actions] as typeof each.change.actions },
          action_reason: why as typeof each.action_reason,
          origin: {
            rule: "merge" as const,
            sources: times([{ address: text, version }], sources),
            file: text,
            line: 1,
          },
          precondition: { version: 1, last_modified: text },
          ...(exposes ? { exposes: true as const } : {}),
        }));
        const names = Array.from({ length: many }, (_, index) => numbered(index));
        const document = {
          ...base,
          inputs: { ...base.inputs, rollback: Object.fromEntries(names.map((name) => [name, 1])) },
          resource_changes: times(changes),
          blocked: names.map((address) => ({ address, reason, on: numbered(0) })),
          conflicts: times(base.conflicts),
          guards: names.map((name) => ({ name, limit: 1, count: 2, tripped: true })),
          diagnostics: times([
            ...base.diagnostics,
            ...base.diagnostics.map((each) => ({ ...each, severity: "error" as const })),
          ]),
          withheld: times(base.withheld),
          readers: times(base.readers).map((each) => ({ ...each, gains: times(each.gains) })),
        };
        expect(renderMarkdownPlan(document).length).toBeLessThanOrEqual(LONGEST_COMMENT);
      }),
      { numRuns: 15 },
    );
  });
});

/** What CommonMark leaves of a text without its fenced blocks and code spans: there everything is inert. */
function outsideCode(markdown: string): string {
  const kept: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split("\n")) {
    const run = /^ *(`{3,})([^`]*)$/.exec(line);
    if (fence !== undefined) {
      if (run !== null && run[2]?.trim() === "" && (run[1]?.length ?? 0) >= fence.length) fence = undefined;
      continue;
    }
    if (run !== null) fence = run[1];
    else kept.push(withoutSpans(line));
  }
  expect(fence).toBeUndefined();
  return kept.join("\n");
}

function withoutSpans(line: string): string {
  const runs = [...line.matchAll(/`+/g)];
  let [result, at] = ["", 0];
  for (const [index, run] of runs.entries()) {
    if (run.index < at) continue;
    const close = runs.slice(index + 1).find((later) => later[0].length === run[0].length);
    if (close === undefined) continue;
    result += `${line.slice(at, run.index)}C`;
    at = close.index + close[0].length;
  }
  return result + line.slice(at);
}

describe("whatever others wrote", () => {
  const hostile = fc
    .array(fc.oneof(fc.constantFrom(...HOSTILE_PARTS), fc.string({ unit: "binary", maxLength: 4 })), {
      maxLength: 6,
    })
    .map((parts) => `${MARK}${parts.join(MARK)}${MARK}`);

  test("all of it lies in code: no link, no mention, no tag, no heading, no end of what is folded", () => {
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        const markdown = renderMarkdownPlan(hostilePlan(text, other));
        const outside = outsideCode(markdown);
        expect(outside).not.toContain(MARK);
        expect(outside).toMatch(/^[\x20-\x7e\n—]*$/);
        expect(
          outside
            .match(/<[^>]*>/g)
            ?.filter((tag) => !/^<(\/?(details|summary)|!-- paraform:plan:[^\s<>]* --)>$/.test(tag)) ?? [],
        ).toEqual([]);
        expect(outside.match(/<details>/g)?.length).toBe(outside.match(/<\/details>/g)?.length);
        const [, ...below] = outside.split("\n");
        expect(below.join("\n")).not.toMatch(/\]\(|@|https?:|www\./);
      }),
      { numRuns: 400 },
    );
  });

  test("nothing is a workflow command of a log, nor another comment's identity", () => {
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        const markdown = renderMarkdownPlan(hostilePlan(text, other));
        expect(markdown).not.toMatch(/^\s*::/m);
        expect(markdown).not.toMatch(/##(\[|vso\[)/);
        expect(markdown.match(/<!--/g)).toHaveLength(1);
        expect(markdown.startsWith("<!-- paraform:plan:")).toBe(true);
        expect(markdown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 400 },
    );
  });

  test("this check would see a leak", () => {
    expect(outsideCode("- `a` ß `b`")).toContain(MARK);
    expect(outsideCode("- ``a` ß``")).not.toContain(MARK);
    expect(outsideCode("- `a``ß` x`")).not.toContain(MARK);
    expect(outsideCode("```\nß\n```\nß")).toContain(MARK);
  });

  test("a code span keeps backticks, blanks at its ends and nothing at all", () => {
    expect(code("a`b``c")).toBe("```a`b``c```");
    expect(code("`")).toBe("`` ` ``");
    expect(code(" a ")).toBe("`  a  `");
    expect(code("")).toBe("(empty)");
    expect(code("abcdef", 3)).toBe("`abc (cut)`");
    expect(code("a`b", 5)).toBe("``a`b``");
    expect(code("`".repeat(100), 100).length).toBeLessThan(120);
  });

  test("a fence is longer than any inside", () => {
    expect(fenced("diff", ["+ ````"])).toEqual(["`````diff", "+ ````", "`````"]);
  });
});
