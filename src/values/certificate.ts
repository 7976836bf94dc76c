import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, webcrypto } from "node:crypto";
import type { CertificateTerms } from "../model/recipe.ts";

const DAY = 24 * 60 * 60 * 1000;

/** Who made the clock of `now` and who checks the certificate may differ by this much, in milliseconds. */
const SKEW = 5 * 60 * 1000;

/** What WebCrypto calls the kinds of key that a certificate can be signed with. */
type Algorithm =
  | { readonly name: "RSASSA-PKCS1-v1_5"; readonly hash: "SHA-256" }
  | { readonly name: "ECDSA"; readonly namedCurve: string; readonly hash: "SHA-256" | "SHA-384" | "SHA-512" };

/**
 * A certificate of a private key (PEM without a passphrase: RSA, or ECDSA over a NIST curve) signed by that key
 * itself, as PEM. `now` is in milliseconds. `undefined` for a text that holds no such key.
 */
export async function selfSignedCertificate(
  keyText: string,
  { commonName, dnsNames, days }: CertificateTerms,
  now: number,
): Promise<string | undefined> {
  const key = readKey(keyText);
  const algorithm = key === undefined ? undefined : algorithmOf(key);
  if (key === undefined || algorithm === undefined) return undefined;
  // The library needs this polyfill in place before it is loaded.
  await import("reflect-metadata");
  const {
    BasicConstraintsExtension,
    Name,
    SubjectAlternativeNameExtension,
    SubjectKeyIdentifierExtension,
    X509CertificateGenerator,
  } = await import("@peculiar/x509");
  const keys = await importKeys(key, algorithm);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      // The first bit stays clear, for a serial number is positive (RFC 5280 §4.1.2.2).
      serialNumber: `01${randomBytes(15).toString("hex")}`,
      // A plain text would be taken apart as a distinguished name: quotes, # and all.
      name: new Name([{ CN: [{ utf8String: commonName }] }]),
      notBefore: new Date(now - SKEW),
      notAfter: new Date(now + days * DAY),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        ...(dnsNames.length === 0
          ? []
          : [
              new SubjectAlternativeNameExtension(
                dnsNames.map((value) => ({ type: "dns" as const, value })),
                false,
              ),
            ]),
      ],
    },
    webcrypto,
  );
  return `${certificate.toString("pem").trimEnd()}\n`;
}

function readKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

function algorithmOf(key: KeyObject): Algorithm | undefined {
  if (key.asymmetricKeyType === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case "prime256v1":
      return { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    case "secp384r1":
      return { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" };
    case "secp521r1":
      return { name: "ECDSA", namedCurve: "P-521", hash: "SHA-512" };
    default:
      return undefined;
  }
}

async function importKeys(key: KeyObject, algorithm: Algorithm): Promise<webcrypto.CryptoKeyPair> {
  const { subtle } = webcrypto;
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return {
    privateKey: await subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]),
    publicKey: await subtle.importKey("spki", spki, algorithm, true, ["verify"]),
  };
}
