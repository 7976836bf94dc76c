import { expect } from "vitest";
import type { Finished } from "../support/binary.ts";

/** One error, said as errors are said, and nothing else. */
export function expectOneError({ code, stdout, stderr }: Finished, message: RegExp): void {
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr.length).toBeLessThan(1_000);
}
