import { createPrivateKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PrimaryRecipe } from "../../src/model/recipe.ts";
import { generate } from "../../src/values/generate.ts";
import { ask, hasTool } from "./tool.ts";

const made = async (recipe: PrimaryRecipe) => (await generate(recipe)).expose();
const PASSWORD = { type: "password", length: 64, alphabet: "0123456789abcdef" } as const;

describe("what is generated", () => {
  it("is a password as Phalanx makes it, by default", async () => {
    expect(await made(PASSWORD)).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is a password of exactly its length, from its alphabet alone, and all of it", async () => {
    const characters = fc.uniqueArray(fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789!#%+-_~"), {
      minLength: 2,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8, max: 1024 }), characters, async (length, alphabet) => {
        const password = await made({ type: "password", length, alphabet: alphabet.join("") });
        expect(password).toHaveLength(length);
        for (const character of password) expect(alphabet).toContain(character);
      }),
    );
    // That one of 43 characters is missing from 4 × 1024 happens less than once in 10^40 times.
    const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789!#%+-_~";
    const long = await Promise.all(
      Array.from({ length: 4 }, () => made({ type: "password", length: 1024, alphabet })),
    );
    expect(new Set(long.join(""))).toEqual(new Set(alphabet));
  });

  it.each<[string, PrimaryRecipe, RegExp]>([
    ["a Gafaelfawr token", { type: "gafaelfawr-token" }, /^gt-[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{22}$/],
    ["a Fernet key", { type: "fernet-key" }, /^[A-Za-z0-9_-]{43}=$/],
    ["a UUID", { type: "uuid" }, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ["bytes in hex", { type: "random-bytes", bytes: 16, encoding: "hex" }, /^[0-9a-f]{32}$/],
    ["bytes in base64", { type: "random-bytes", bytes: 16, encoding: "base64" }, /^[A-Za-z0-9+/]{22}==$/],
    ["bytes in base64url", { type: "random-bytes", bytes: 16, encoding: "base64url" }, /^[A-Za-z0-9_-]{22}$/],
  ])("is %s", async (_, recipe, format) => {
    expect(await made(recipe)).toMatch(format);
  });

  it.each<PrimaryRecipe>([
    PASSWORD,
    { type: "gafaelfawr-token" },
    { type: "fernet-key" },
    { type: "uuid" },
    { type: "random-bytes", bytes: 16, encoding: "hex" },
    { type: "ed25519-private-key" },
    { type: "ssh-key-pair" },
    { type: "tls-self-signed" },
  ])("is another one each time: $type", async (recipe) => {
    const values = await Promise.all(Array.from({ length: 20 }, () => made(recipe)));
    expect(new Set(values).size).toBe(20);
  });

  it("is an RSA key as Phalanx makes it: PKCS #8, not encrypted, exponent 65537", async () => {
    const key = await made({ type: "rsa-private-key", bits: 2048 });
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----\n[\s\S]+\n-----END PRIVATE KEY-----\n$/);
    const { modulusLength, publicExponent } = createPrivateKey(key).asymmetricKeyDetails ?? {};
    expect({ modulusLength, publicExponent }).toEqual({ modulusLength: 2048, publicExponent: 65537n });
  });

  it("fits the standard tier even as an RSA key of 4096 bits", async () => {
    expect((await generate({ type: "rsa-private-key", bits: 4096 })).bytes).toBeLessThan(4096);
  });
});

describe.skipIf(!hasTool("openssl"))("openssl reads", () => {
  it.each<[PrimaryRecipe, RegExp]>([
    [{ type: "rsa-private-key", bits: 2048 }, /Private-Key: \(2048 bit/],
    [{ type: "rsa-private-key", bits: 3072 }, /Private-Key: \(3072 bit/],
    [{ type: "ed25519-private-key" }, /ED25519 Private-Key/],
    [{ type: "tls-self-signed" }, /NIST CURVE: P-256/],
  ])("%o", async (recipe, says) => {
    expect(await ask("openssl", ["pkey", "-check", "-noout", "-text"], await made(recipe))).toMatch(says);
  });
});
