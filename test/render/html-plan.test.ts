import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { renderHtmlPlan } from "../../src/render/html-plan.ts";
import { HOSTILE_PARTS, hostilePlan, MARK } from "./hostile-plan.ts";
import { plan } from "./sample-plan.ts";
import { copyOf, EVERYTHING, FOURTEEN, NEW_COPIES, services } from "./whole-plans.ts";

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE_PARTS), fc.string({ unit: "binary", maxLength: 4 })), {
    maxLength: 6,
  })
  .map((parts) => `${MARK}${parts.join(MARK)}${MARK}`);

/** A tag as this page writes them: lower case, every value in double quotes. */
const TAG = /<\/?[a-z][a-z0-9]*(?: [a-zA-Z-]+(?:="[^"<>]*")?)*\/?>/g;

/** The page's tags and what stands between them; style and script, which are our own, left out. */
function dissected(page: string) {
  const body = page
    .replace(/<style>[^<]*<\/style>/, "")
    .replace(/<script>[\s\S]*?<\/script>/, "")
    .replace("<!doctype html>", "");
  return { tags: body.match(TAG) ?? [], between: body.replace(TAG, "") };
}

test("whatever others wrote is text: no tag, no attribute and no entity of its own", () => {
  const namesOf = (tags: readonly string[]) => [...new Set(tags.map((tag) => tag.split(/[ >]/)[0]))].sort();
  const tame = namesOf(dissected(renderHtmlPlan(hostilePlan(`${MARK}a`, `${MARK}b`))).tags);
  fc.assert(
    fc.property(hostile, hostile, (text, other) => {
      const page = renderHtmlPlan(hostilePlan(text, other));
      const { tags, between } = dissected(page);
      expect(between.replaceAll(" -> ", "")).not.toMatch(/[<>]/);
      expect(between).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
      expect(tags.filter((tag) => tag.includes(MARK))).toEqual([]);
      expect(namesOf(tags).filter((name) => !tame.includes(name))).toEqual([]);
      expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(page).not.toMatch(/^\s*::|##(\[|vso\[)/m);
    }),
    { numRuns: 200 },
  );
});

test("the policy allows the page's own style and script by their hashes, and nothing else", () => {
  const page = renderHtmlPlan(EVERYTHING);
  const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  const [, style = ""] = /<style>([^<]*)<\/style>/.exec(page) ?? [];
  const [, script = ""] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    `style-src ${hash(style)}`,
    `script-src ${hash(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(page).not.toMatch(/\s(on[a-z]+|style|src)=/);
  expect(page.match(/href="[^#]/g)).toBeNull();
});

test("everything of 5,000 changes is on the page", () => {
  const changes = Array.from({ length: 5_000 }, (_, index) =>
    copyOf(`/dba/source-${index % 500}/pw`, `/app/service-${index % 100}/pw-${index}`, 4, index),
  );
  const page = renderHtmlPlan(plan({ resource_changes: changes }));
  expect(new Set(page.match(/<code>\/app\/service-\d+\/pw-\d+<\/code>/g)).size).toBe(5_000);
  expect(page).toContain("5500 parameters are drawn as");
  expect(page.match(/<rect/g)?.length).toBeLessThanOrEqual(60);
});

test("new copies of one source are one entry, with their attributes and every name", () => {
  const page = renderHtmlPlan(NEW_COPIES);
  const [, entry = ""] = /<summary>([^\n]*mongo[\s\S]*?)<\/details>/.exec(page) ?? [];
  expect(entry).toContain("3 copies of <code>/dba/mongo/password</code> version 4 will be created");
  expect(entry).toContain('<span class="add">+ key_id = &quot;alias/replication&quot;</span>');
  for (const service of services(3))
    expect(entry).toContain(`<code>/app/${service}/replicated/mongo/password</code>`);
});

test("reads in the order of what a reviewer has to see", () => {
  const page = renderHtmlPlan(EVERYTHING);
  const titles = [...page.matchAll(/<h2 id="[^"]*">([^<]*)</g)].map(([, title]) => title);
  expect(titles).toEqual([
    "What stands in the way",
    "Destroyed, replaced or exposed (2)",
    "Who gains a secret (1)",
    "Changes",
    "Who reads what changes (2)",
    "Replication",
    "Withheld (2)",
    "Findings",
  ]);
  expect(renderHtmlPlan(FOURTEEN)).toContain(
    "<pre><code>paraform apply --env dev --expect pl1-c41e-9d07-77ab --auto-approve</code></pre>",
  );
  expect(renderHtmlPlan(FOURTEEN, { chdir: "infra" })).toContain(
    "paraform apply --env dev --chdir infra --expect",
  );
});

test("what a proposal changes in environment.json and who gains a secret stand ahead of what changes", () => {
  const gains = [{ secret: "/dba/pw", by: ["/app/b/pw"] }];
  const page = renderHtmlPlan(
    plan({
      proposed: { digest: `sha256:${"e".repeat(64)}`, changes: ["sources", "public"] },
      resource_changes: [copyOf("/dba/pw", "/app/b/pw", 4, 7)],
      diagnostics: [{ severity: "warning", code: "environment_proposed", summary: "said once" }],
      readers: [
        { reader: "/app/a", kind: "service", changes: ["/app/a/pw"], gains: [] },
        { reader: "/app/b", kind: "service", changes: ["/app/b/pw"], gains },
      ],
    }),
  );
  expect(page).toContain(
    '<p class="alarm"><strong>This proposal changes <code>environment.json</code>:</strong> <code>sources</code> and <code>public</code>.',
  );
  expect(page).not.toContain("said once");
  expect(page).toContain("Who gains a secret (1)</h2>");
  expect(page).toContain("Who reads what changes (1)</h2>");
  const order = ["This proposal changes", 'id="gains"', 'id="changes"', 'id="readers"'];
  const places = order.map((part) => page.indexOf(part));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(page).toContain(`Environment <code>sha256:${"e".repeat(64)}</code>`);
});

test("the guards that tripped are on the page, each with what lets exactly that pass", () => {
  const guards = [
    { name: "delete", limit: 3, count: 4, tripped: true },
    { name: "update", limit: 3, count: 1, tripped: false },
  ];
  const page = renderHtmlPlan(plan({ applyable: false, guards }));
  expect(page).toContain("<h3>Guards tripped</h3>");
  expect(page).toContain(
    "<li>delete: 4 parameters destroyed, the limit is 3 — to go on: <code>--allow delete=4</code></li>",
  );
  expect(page).not.toContain("update: 1");
});
