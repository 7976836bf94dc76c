import { expect, test } from "vitest";
import { valueFaults } from "../../src/model/value-fault.ts";

test("patterns that backtrack without end cost their patience a few times, then all are left to Parameter Store", () => {
  const text = `${"a".repeat(60)}!`;
  const faultsOf = (pattern: string) => valueFaults(text, { pattern });
  expect(faultsOf("^b")).toEqual(["mismatch"]);
  for (const limit of [31, 32, 33]) expect(faultsOf(`^(a+)+$|^b{${limit}}$`)).toEqual([]);
  expect(faultsOf("^b")).toEqual(["mismatch"]);
  expect(faultsOf("^(a+)+$|^b{34}$")).toEqual([]);
  expect(faultsOf("^b")).toEqual([]);
});
