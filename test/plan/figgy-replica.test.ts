import { expect, test } from "vitest";
import { parsePythonList, pythonList } from "../../src/model/python-list.ts";
import { isFiggyReplica } from "../../src/plan/figgy-replica.ts";

/** Texts, and what Python's `repr` makes of a list of each. */
const REPRS: [string, string][] = [
  ["plain", "['plain']"],
  ["it's", `["it's"]`],
  [`both ' and "`, `['both \\' and "']`],
  ["a\nb\rc\td", "['a\\nb\\rc\\td']"],
  ["back\\slash\\n", "['back\\\\slash\\\\n']"],
  ["\u007f\u00a0", "['\\x7f\\xa0']"],
  ["\u200b\u2028", "['\\u200b\\u2028']"],
  ["\u{e0001}", "['\\U000e0001']"],
  ["é 😀", "['é 😀']"],
];

test.each(REPRS)("%j is written and read as Python does", (text, repr) => {
  expect(pythonList([text])).toBe(repr);
  expect(parsePythonList(repr)).toEqual([text]);
});

test.each(REPRS)("a merge with the literal %j is recognised by Figgy's description of it", (text) => {
  const rule = { kind: "merge", parts: [{ kind: "literal", text }] } as const;
  expect(isFiggyReplica(`Replicated from: ${pythonList([text])} by: steve`, rule)).toBe(true);
  expect(isFiggyReplica(`Replicated from: ${pythonList([`${text}!`])} by: steve`, rule)).toBe(false);
});
