import { expect, test, vi } from "vitest";

test("patterns that backtrack without end cost their patience a few times, then all are left to Parameter Store", async () => {
  // What it remembers of patterns is the process's: this one begins with none, and leaves none to others.
  vi.resetModules();
  const { valueFaults } = await import("../../src/model/value-fault.ts");
  vi.resetModules();
  const text = `${"a".repeat(60)}!`;
  const faultsOf = (pattern: string) => valueFaults(text, { pattern });
  expect(faultsOf("^b")).toEqual(["mismatch"]);
  for (const limit of [31, 32, 33]) expect(faultsOf(`^(a+)+$|^b{${limit}}$`)).toEqual([]);
  expect(faultsOf("^b")).toEqual(["mismatch"]);
  expect(faultsOf("^(a+)+$|^b{34}$")).toEqual([]);
  expect(faultsOf("^b")).toEqual([]);
});
