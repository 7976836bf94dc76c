import { beforeEach, describe, expect, test, vi } from "vitest";

/** The module knows the secrets of its process, so each test has its own. */
let check: typeof import("../../src/model/known-secrets.ts");
beforeEach(async () => {
  vi.resetModules();
  check = await import("../../src/model/known-secrets.ts");
});

const SECRET = 'dummy & "quoted" \\ü\nvalue';
const HIDDEN = "(sensitive value)";

describe("the last check on every sink", () => {
  test.each([
    ["raw", SECRET],
    ["in JSON", JSON.stringify(SECRET).slice(1, -1)],
    ["in base64", Buffer.from(SECRET).toString("base64")],
    ["in base64url", Buffer.from(SECRET).toString("base64url")],
    ["in a URL", encodeURIComponent(SECRET)],
  ])("replaces a secret %s, every time, and nothing around it", (_, spelling) => {
    check.rememberSecret(SECRET);
    expect(check.redact(`a${spelling}b${spelling}${spelling}`)).toBe(`a${HIDDEN}b${HIDDEN}${HIDDEN}`);
  });

  test("takes the longest of secrets that begin alike, and the next one after it", () => {
    for (const secret of ["dummy-pass", "dummy-password", "dummy-password-of-dev"])
      check.rememberSecret(secret);
    expect(check.redact("dummy-password-of-prod dummy-password-of-dev dummy-pas")).toBe(
      `${HIDDEN}-of-prod ${HIDDEN} dummy-pas`,
    );
  });

  test("leaves what is shorter than eight bytes, and counts bytes, not characters", () => {
    check.rememberSecret("1234567");
    check.rememberSecret("größen");
    check.rememberSecret("größer");
    check.rememberSecret("äöüß");
    expect(check.redact("1234567 größer äöüß")).toBe(`1234567 ${HIDDEN} ${HIDDEN}`);
  });

  test("lets pass what is part of a public text, and that alone", () => {
    check.rememberSecret("data-changer");
    check.rememberSecret("data-changer-of-dev");
    check.publish(["/app/data-changer/url"]);
    expect(check.redact("/app/data-changer/url data-changer data-changer-of-dev")).toBe(
      `/app/data-changer/url data-changer ${HIDDEN}`,
    );
  });

  test("a public value shows whole, in JSON too, whatever secrets are part of it", () => {
    check.rememberSecret("internal");
    check.rememberSecret('line "one"\nline two');
    check.publish(["db.internal.example", 'line "one"\nline two']);
    expect(check.redact("db.internal.example")).toBe("db.internal.example");
    const document = JSON.stringify({ after: 'line "one"\nline two' });
    expect(check.redact(document)).toBe(document);
  });

  test("what is published later passes from then on", () => {
    check.rememberSecret("us-east-1");
    expect(check.redact("us-east-1")).toBe(HIDDEN);
    check.publish(["us-east-1"]);
    expect(check.redact("us-east-1")).toBe("us-east-1");
  });

  test("halves of surrogate pairs are no reason to fail", () => {
    check.rememberSecret("dummy-\ud83d-half");
    expect(check.redact("a dummy-\ud83d-half b")).toBe(`a ${HIDDEN} b`);
  });
});

describe("on 5 MB with 5,000 secrets", () => {
  const names = Array.from(
    { length: 60_000 },
    (_, index) => `"/app/mysql-${index}/replicated/mysql/password": {},\n`,
  );

  test.each([
    ["that have nothing in common", (index: number) => `${index * 7_919}-dummy-${index}-value`],
    ["that all begin alike", (index: number) => `mysql://user-${index}:dummy-value@mysql.internal/data`],
  ])("%s, it ends: quadratic time would outlast any test", (_, secretOf) => {
    const secrets = Array.from({ length: 5_000 }, (_, index) => secretOf(index));
    for (const secret of secrets) check.rememberSecret(secret);
    check.publish(names.slice(0, 10_000));
    const innocent = names.join("") + names.join("");
    expect(innocent.length).toBeGreaterThan(5_000_000);
    expect(check.redact(innocent)).toBe(innocent);
    const leaking = check.redact(secrets.slice(0, 100).join("\n"));
    expect(leaking).toBe(Array(100).fill(HIDDEN).join("\n"));
  });
});
