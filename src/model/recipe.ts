import type { ParameterName } from "./name.ts";

/** How random bytes are written as text. */
export type ByteEncoding = "base64" | "base64url" | "hex";

/** Made out of nothing but randomness, once, and kept until regenerated. Every default is filled in. */
export type PrimaryRecipe =
  /** `alphabet`: the characters themselves, each once. */
  | { readonly type: "password"; readonly length: number; readonly alphabet: string }
  | { readonly type: "gafaelfawr-token" }
  | { readonly type: "fernet-key" }
  | { readonly type: "uuid" }
  | { readonly type: "random-bytes"; readonly bytes: number; readonly encoding: ByteEncoding }
  | { readonly type: "rsa-private-key"; readonly bits: number }
  | { readonly type: "ed25519-private-key" }
  /** The private half; the other one is a parameter of its own by an `ssh-public-key`. */
  | { readonly type: "ssh-key-pair" }
  /** The private key; the certificate is a parameter of its own by a `tls-certificate`. */
  | { readonly type: "tls-self-signed" };

/** What a self-signed certificate says. */
export interface CertificateTerms {
  /** Its subject, and its issuer. */
  readonly commonName: string;
  /** The names that it is valid for. */
  readonly dnsNames: readonly string[];
  /** How long it is valid, from the time of its making. */
  readonly days: number;
}

/** Made from another parameter, and made anew whenever that one's value changes. */
export type DerivedRecipe =
  | { readonly type: "bcrypt-password-hash"; readonly source: ParameterName; readonly rounds: number }
  | { readonly type: "mtime"; readonly source: ParameterName }
  | { readonly type: "ssh-public-key"; readonly source: ParameterName }
  | ({ readonly type: "tls-certificate"; readonly source: ParameterName } & CertificateTerms);

/** What a generator makes: a closed union with a member for each generator. */
export type Recipe = PrimaryRecipe | DerivedRecipe;

export function isDerived(recipe: Recipe): recipe is DerivedRecipe {
  return "source" in recipe;
}

/** Whether what is made is the half of a key pair that everybody may have. */
export function isPublicKey({ type }: Recipe): boolean {
  return type === "ssh-public-key" || type === "tls-certificate";
}

/** Whether what is made tells nothing of its source's value: it may be shown, and be readable, where the source may not. */
export function tellsNothing(recipe: Recipe): boolean {
  return isPublicKey(recipe) || recipe.type === "mtime";
}
