import { z } from "zod";
import type { Structure } from "../model/rule.ts";

/** Alphabets by name; anything else that a config writes is an alphabet itself. */
export const ALPHABETS = {
  hex: "0123456789abcdef",
  digits: "0123456789",
  letters: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  alphanumeric: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
  base64url: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
  printable: "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz|~",
} as const;

const source = z
  .string()
  .describe("The parameter that it is made from; it is made anew whenever that one's value changes");

const whole = (least: number, most: number) =>
  z.int("must be a whole number").min(least, `must be ${least} or more`).max(most, `must be at most ${most}`);

const dnsName = z
  .string()
  .regex(
    /^(?=.{1,253}$)(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
    "must be a DNS name such as db.example.org or *.example.org",
  );

/** What a certificate says; its limits are those of X.509 (RFC 5280, ub-common-name). */
const certificate = {
  commonName: z
    .string()
    .regex(/^[^\p{Cc}]{1,64}$/u, "must have 1 to 64 characters")
    .describe("The subject, and the issuer, of the certificate"),
  dnsNames: z
    .array(dnsName)
    .min(1, "must have a name")
    .max(100, "must have at most 100 names")
    .exactOptional()
    .describe("The names that it is valid for; by default none"),
  days: whole(1, 3650).exactOptional().describe("How long it is valid; 365 by default"),
};

/** `generate` of a native entry, as written. */
export const recipeSchema = z.discriminatedUnion("type", [
  z
    .strictObject({
      type: z.literal("password"),
      length: whole(8, 1024).exactOptional().describe("In characters; 64 by default"),
      alphabet: z
        .string()
        .regex(/^[!-z|~]+$/, "must hold visible ASCII characters, none of them a brace")
        .refine((text) => new Set(text).size > 1, "must hold two different characters or more")
        .exactOptional()
        .describe(`${Object.keys(ALPHABETS).join(", ")}, or the characters themselves; hex by default`),
    })
    .describe("Random characters, all of them equally likely"),
  z.strictObject({ type: z.literal("gafaelfawr-token") }).describe("A token of Gafaelfawr: gt-KEY.SECRET"),
  z
    .strictObject({ type: z.literal("fernet-key") })
    .describe("A key of Fernet: URL-safe base64 of 32 random bytes"),
  z.strictObject({ type: z.literal("uuid") }).describe("A random UUID (version 4)"),
  z
    .strictObject({
      type: z.literal("random-bytes"),
      bytes: whole(16, 1024),
      encoding: z.enum(["base64", "base64url", "hex"]).describe("base64 is padded, base64url is not"),
    })
    .describe("Random bytes as text"),
  z
    .strictObject({
      type: z.literal("rsa-private-key"),
      bits: z.literal([2048, 3072, 4096]).exactOptional().describe("2048 by default"),
    })
    .describe("An RSA key in PEM (PKCS #8)"),
  z.strictObject({ type: z.literal("ed25519-private-key") }).describe("An Ed25519 key in PEM (PKCS #8)"),
  z
    .strictObject({
      type: z.literal("ssh-key-pair"),
      public: z.string().describe("The parameter that gets the public half"),
    })
    .describe("An Ed25519 key in OpenSSH's format, and its public half in a parameter of its own"),
  z
    .strictObject({
      type: z.literal("tls-self-signed"),
      certificate: z.string().describe("The parameter that gets the certificate"),
      ...certificate,
    })
    .describe("An ECDSA key (P-256) in PEM (PKCS #8), and its certificate in a parameter of its own"),
  z
    .strictObject({
      type: z.literal("bcrypt-password-hash"),
      source,
      rounds: whole(4, 17).exactOptional().describe("2^rounds iterations; 15 by default"),
    })
    .describe("The bcrypt hash of the source's value, which has at most 72 bytes"),
  z
    .strictObject({ type: z.literal("mtime"), source })
    .describe("The time at which the source's value was last seen to change, such as 2030-01-31T12:00:00Z"),
  z
    .strictObject({ type: z.literal("ssh-public-key"), source })
    .describe("The public half of the source's private key, as a line of authorized_keys"),
  z
    .strictObject({ type: z.literal("tls-certificate"), source, ...certificate })
    .describe("A self-signed certificate of the source's private key, in PEM"),
  z
    .strictObject({ type: z.literal("oidc-clients") })
    .describe("A JSON list of the OpenID Connect clients that a source holds; it follows its source alone"),
  z
    .strictObject({ type: z.literal("dockerconfigjson") })
    .describe("The .dockerconfigjson of the registries that a source holds; it follows its source alone"),
]);

export type RecipeShape = z.output<typeof recipeSchema>;

/** What is made here. */
export type MadeShape = Exclude<RecipeShape, { readonly type: Structure }>;

/** What sources hold in structured form is not made here: it is a static value. */
export function isStructure(shape: RecipeShape): shape is Exclude<RecipeShape, MadeShape> {
  return shape.type === "oidc-clients" || shape.type === "dockerconfigjson";
}
