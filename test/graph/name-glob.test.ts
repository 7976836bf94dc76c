import { expect, it } from "vitest";
import { matchesAny } from "../../src/graph/name-glob.ts";

it.each([
  ["/dba/**", ["/dba/x", "/dba/x/y", "/dba/.x", "/dba"], ["/dbax", "/app/dba/x"]],
  ["/**", ["/x", "/x/y/.z"], []],
  ["/**/pw", ["/pw", "/a/pw", "/a/.b/pw"], ["/a/xpw", "/pw/a"]],
  ["/app/*/replicated/**", ["/app/a/replicated/x"], ["/app/a/b/replicated/x", "/app/replicated/x"]],
  ["/app/{a,b}/x", ["/app/a/x", "/app/b/x"], ["/app/c/x"]],
  ["/app/x", ["/app/x"], ["/app/x/y", "/app/X"]],
  ["/app/?", ["/app/x"], ["/app/xy"]],
  ["/!(a)", ["/b"], ["/a"]],
  ["/", [], ["/a"]],
])("%s", (glob, matched, unmatched) => {
  const matches = matchesAny([glob]);
  expect(matched.filter((name) => !matches(name))).toEqual([]);
  expect(unmatched.filter(matches)).toEqual([]);
});

it("is no match without globs, and any of several", () => {
  expect(matchesAny([])("/a")).toBe(false);
  expect(["/a", "/b", "/c"].filter(matchesAny(["/a", "/c"]))).toEqual(["/a", "/c"]);
});
