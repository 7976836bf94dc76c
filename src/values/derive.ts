import { UserError } from "../model/error.ts";
import type { DerivedRecipe } from "../model/recipe.ts";
import { Secret } from "../model/secret.ts";
import { selfSignedCertificate } from "./certificate.ts";
import { sshPublicKey } from "./openssh-key.ts";

/** bcrypt hashes this many bytes and passes over the others without a word. */
const BCRYPT_BYTES = 72;

/** The recipes that need their source's value; the others only need that there is one. */
type ReadingRecipe = Exclude<DerivedRecipe, { type: "mtime" }>;

export function readsSource(recipe: DerivedRecipe): recipe is ReadingRecipe {
  return recipe.type !== "mtime";
}

/** `now`, in milliseconds, as an `mtime` says it. */
export function mtimeText(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}

/**
 * The value that follows from its source's value. `now` is the store's time in milliseconds.
 * @throws UserError when nothing can be made of that value
 */
export async function derive(recipe: ReadingRecipe, source: Secret, now: number): Promise<Secret> {
  switch (recipe.type) {
    case "bcrypt-password-hash": {
      if (source.bytes > BCRYPT_BYTES) {
        throw new UserError(`${recipe.source} has more than the ${BCRYPT_BYTES} bytes that bcrypt reads`, {
          hint: "a hash would leave the others out: give it a shorter value",
        });
      }
      const { hash } = await import("@node-rs/bcrypt");
      return new Secret(await hash(source.expose(), { cost: recipe.rounds, version: "2b" }));
    }
    case "ssh-public-key": {
      const line = sshPublicKey(source.expose());
      if (line === undefined) throw noKey(recipe);
      return new Secret(line);
    }
    case "tls-certificate": {
      const certificate = await selfSignedCertificate(source.expose(), recipe, now);
      if (certificate === undefined) throw noKey(recipe);
      return new Secret(certificate);
    }
  }
}

function noKey({ source, type }: DerivedRecipe): UserError {
  return new UserError(`${source} holds no private key that ${type} can read`, {
    hint: "it takes PEM without a passphrase (Ed25519, RSA or ECDSA)",
  });
}
