import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patternsOf } from "../../src/access/pattern.ts";
import { parameterName } from "../../src/model/name.ts";

const names = (...texts: string[]) => texts.map(parameterName);

describe("the patterns of names", () => {
  it("are the highest folders in which nothing else is", () => {
    const known = names("/dba/a/user", "/dba/a/deep/password", "/dba/b/key", "/app/a");
    expect(patternsOf(known.slice(0, 2), known)).toEqual(["/dba/a/*"]);
    expect(patternsOf(known.slice(0, 3), known)).toEqual(["/dba/*"]);
    expect(patternsOf(known, known)).toEqual(["/app/*", "/dba/*"]);
  });

  it("have a star for the folder in which alike ones differ, where that matches nothing else", () => {
    const wanted = names("/app/a/in/user", "/app/b/in/user", "/app/c.d/in/user");
    const others = names("/app/a/host", "/app/b/host", "/app/c.d/host");
    expect(patternsOf(wanted, [...wanted, ...others])).toEqual(["/app/*/in/*"]);
    const hidden = names("/app/e/f/in/user");
    expect(patternsOf(wanted, [...wanted, ...others, ...hidden])).toEqual([
      "/app/a/in/*",
      "/app/b/in/*",
      "/app/c.d/in/*",
    ]);
  });

  it("match every name and no other that is known, as IAM matches", () => {
    const segment = fc.constantFrom("a", "b", "c.d", "in");
    const name = fc
      .array(segment, { minLength: 1, maxLength: 5 })
      .map((all) => parameterName(`/${all.join("/")}`));
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 30 }), fc.nat(), (known, seed) => {
        const wanted = known.filter((_, index) => (seed >> (index % 30)) % 2 === 1);
        const patterns = patternsOf(wanted, known);
        expect(known.filter((each) => patterns.some((pattern) => matches(pattern, each)))).toEqual(wanted);
        expect(patterns.length).toBeLessThanOrEqual(wanted.length);
      }),
      { numRuns: 500 },
    );
  });
});

/** A star stands for any characters, slashes too. */
function matches(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return name === pattern;
  if (!name.startsWith(first)) return false;
  const last = rest.pop() ?? "";
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}
