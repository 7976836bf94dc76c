import { expect, test } from "vitest";
import { generate } from "../../src/values/generate.ts";

test("a password is 64 hex digits, another one each time", async () => {
  const recipe = { type: "password", length: 64, alphabet: "0123456789abcdef" } as const;
  const passwords = await Promise.all(Array.from({ length: 50 }, () => generate(recipe)));
  for (const password of passwords) expect(password.expose()).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(passwords.map((password) => password.expose())).size).toBe(50);
});
