import { expect, test } from "vitest";
import { generate } from "../../src/values/generate.ts";

test("a password is 64 hex digits, another one each time", () => {
  const passwords = Array.from({ length: 50 }, () => generate({ type: "password" }).expose());
  for (const password of passwords) expect(password).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(passwords).size).toBe(50);
});
