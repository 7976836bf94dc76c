import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { compare } from "@node-rs/bcrypt";
import { describe, expect, it } from "vitest";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { derive, mtimeText } from "../../src/values/derive.ts";
import { generate } from "../../src/values/generate.ts";
import { ask, hasTool, privateFile } from "./tool.ts";

const source = parameterName("/app/x/source");
const NOW = Date.UTC(2026, 0, 31, 12, 30, 15, 999);
const HASH = { type: "bcrypt-password-hash", source, rounds: 4 } as const;
const LINE = { type: "ssh-public-key", source } as const;
const CERTIFICATE = {
  type: "tls-certificate",
  source,
  commonName: '#db, "main"=+<>#;\\ Ü',
  dnsNames: ["db.example.org", "*.db.example.org"],
  days: 30,
} as const;

const pem = (type: "rsa" | "ed25519" | "ec", options: object = {}) =>
  new Secret(
    generateKeyPairSync(type as "rsa", { modulusLength: 2048, ...options })
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString(),
  );

describe("a bcrypt hash", () => {
  it("is of version 2b, has the cost that is asked for, and matches its source alone", async () => {
    const hash = (await derive(HASH, new Secret("dummy-password-of-dev"), NOW)).expose();
    expect(hash).toMatch(/^\$2b\$04\$[./A-Za-z0-9]{53}$/);
    expect(await compare("dummy-password-of-dev", hash)).toBe(true);
    expect(await compare("dummy-password-of-de", hash)).toBe(false);
  });

  it("has another salt each time", async () => {
    const [one, other] = [
      await derive(HASH, new Secret("same"), NOW),
      await derive(HASH, new Secret("same"), NOW),
    ];
    expect(one.equals(other)).toBe(false);
  });

  it("is of 72 bytes at most: of a longer source bcrypt would pass over the rest", async () => {
    const longest = new Secret("é".repeat(36));
    expect(await compare(longest.expose(), (await derive(HASH, longest, NOW)).expose())).toBe(true);
    await expect(derive(HASH, new Secret(`${"é".repeat(36)}x`), NOW)).rejects.toThrow(
      "/app/x/source has more than the 72 bytes that bcrypt reads",
    );
  });

  const crypts = hasTool("perl");
  it.skipIf(!crypts)("matches by the system's own crypt", async ({ skip }) => {
    const crypt = (password: string, salt: string) =>
      ask(
        "perl",
        ["-e", 'chomp(my ($p, $s) = <STDIN>); print crypt($p, $s) // ""'],
        `${password}\n${salt}\n`,
      );
    const known = "$2b$04$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC";
    if ((await crypt("a", known)) !== known) skip("the system's crypt does not know bcrypt");
    const hash = (await derive(HASH, new Secret("dummy-password-of-dev"), NOW)).expose();
    expect(await crypt("dummy-password-of-dev", hash)).toBe(hash);
    expect(await crypt("dummy-password-of-prod", hash)).not.toBe(hash);
  });
});

describe("an mtime", () => {
  it("is a time in UTC, to the second", () => {
    expect(mtimeText(NOW)).toBe("2026-01-31T12:30:15Z");
  });
});

describe("an SSH public key", () => {
  it("is a line of authorized_keys, without a newline", async () => {
    const key = await generate({ type: "ssh-key-pair" });
    expect((await derive(LINE, key, NOW)).expose()).toMatch(
      /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$/,
    );
  });

  it.each([
    "",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAA\n",
    "dummy",
  ])("is refused of what is no key: %j", async (text) => {
    const derived = derive(LINE, new Secret(text), NOW);
    await expect(derived).rejects.toThrow("/app/x/source holds no private key that ssh-public-key can read");
  });

  const keygen = hasTool("ssh-keygen");

  it.skipIf(!keygen)("is what ssh-keygen makes of the private half, which it reads", async () => {
    const key = await generate({ type: "ssh-key-pair" });
    const file = privateFile(key.expose());
    const line = (await derive(LINE, key, NOW)).expose();
    expect((await ask("ssh-keygen", ["-y", "-P", "", "-f", file])).trim()).toBe(line);
    expect(await ask("ssh-keygen", ["-l", "-f", file])).toMatch(/^256 SHA256:\S+ .*\(ED25519\)/);
  });

  it.skipIf(!keygen).each<[string, Secret]>([
    ["RSA", pem("rsa")],
    ["ECDSA over P-256", pem("ec", { namedCurve: "P-256" })],
    ["ECDSA over P-521", pem("ec", { namedCurve: "P-521" })],
  ])("is what ssh-keygen makes of a PEM key: %s", async (_, key) => {
    const file = privateFile(key.expose());
    const line = (await derive(LINE, key, NOW)).expose();
    expect((await ask("ssh-keygen", ["-y", "-P", "", "-f", file])).trim()).toBe(line);
  });

  it.skipIf(!keygen)(
    "is read by ssh-keygen where the private half is Ed25519 in PEM, which it does not read",
    async () => {
      const line = (await derive(LINE, pem("ed25519"), NOW)).expose();
      expect(await ask("ssh-keygen", ["-l", "-f", privateFile(line)])).toMatch(/\(ED25519\)/);
    },
  );
});

describe("a certificate", () => {
  it("says what it is asked to say, and nothing else by it", async () => {
    const key = await generate({ type: "tls-self-signed" });
    const text = (await derive(CERTIFICATE, key, NOW)).expose();
    expect(text).toMatch(/^-----BEGIN CERTIFICATE-----\n[\s\S]+\n-----END CERTIFICATE-----\n$/);
    const certificate = new X509Certificate(text);
    expect(certificate.subjectAltName).toBe("DNS:db.example.org, DNS:*.db.example.org");
    expect(certificate.toLegacyObject().subject).toEqual({ CN: CERTIFICATE.commonName });
    expect(certificate.ca).toBe(false);
    expect(new Date(certificate.validTo).toISOString()).toBe("2026-03-02T12:30:15.000Z");
    expect(Date.parse(certificate.validFrom)).toBeLessThan(NOW);
    expect(BigInt(`0x${certificate.serialNumber}`)).toBeGreaterThan(0n);
  });

  it.each<[string, () => Promise<Secret> | Secret]>([
    ["its own pair", () => generate({ type: "tls-self-signed" })],
    ["RSA", () => pem("rsa")],
    ["ECDSA over P-384", () => pem("ec", { namedCurve: "P-384" })],
    ["ECDSA over P-521", () => pem("ec", { namedCurve: "P-521" })],
  ])("is of its key and signed by it: %s", async (_, keyOf) => {
    const key = await keyOf();
    const certificate = new X509Certificate((await derive(CERTIFICATE, key, NOW)).expose());
    expect(certificate.checkPrivateKey(createPrivateKey(key.expose()))).toBe(true);
    expect(certificate.verify(createPublicKey(key.expose()))).toBe(true);
  });

  it.each([
    ["no key", new Secret("dummy")],
    ["a key that signs no certificate", pem("ed25519")],
  ])("is refused of %s", async (_, key) => {
    const derived = derive(CERTIFICATE, key, NOW);
    await expect(derived).rejects.toThrow("/app/x/source holds no private key that tls-certificate can read");
  });

  it.skipIf(!hasTool("openssl"))("is verified by openssl as its own authority", async () => {
    const key = await generate({ type: "tls-self-signed" });
    const text = (await derive({ ...CERTIFICATE, commonName: "db.example.org" }, key, Date.now())).expose();
    const file = privateFile(text);
    expect(await ask("openssl", ["verify", "-CAfile", file, "-check_ss_sig", file])).toContain(": OK");
    const shown = await ask("openssl", ["x509", "-noout", "-text"], text);
    expect(shown).toMatch(/Version: 3/);
    expect(shown).toMatch(/Subject: CN ?= ?db\.example\.org/);
    expect(shown).toMatch(/ecdsa-with-SHA256/);
    expect(await ask("openssl", ["x509", "-noout", "-pubkey"], text)).toBe(
      await ask("openssl", ["pkey", "-pubout"], key.expose()),
    );
  });
});
