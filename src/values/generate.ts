import { generateKeyPair, type KeyObject, randomBytes, randomInt, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import type { PrimaryRecipe } from "../model/recipe.ts";
import { Secret } from "../model/secret.ts";
import { openSshPrivateKey } from "./openssh-key.ts";

const keyPair = promisify(generateKeyPair);

/**
 * A new value by its recipe, from the system's random source alone. The formats that Phalanx knows are its formats,
 * byte for byte (models/secrets.py; for the token Gafaelfawr's _tokens.py, for the Fernet key the Fernet spec).
 */
export async function generate(recipe: PrimaryRecipe): Promise<Secret> {
  return new Secret(await textOf(recipe));
}

async function textOf(recipe: PrimaryRecipe): Promise<string> {
  switch (recipe.type) {
    case "password":
      return Array.from(
        { length: recipe.length },
        () => recipe.alphabet[randomInt(recipe.alphabet.length)],
      ).join("");
    case "gafaelfawr-token":
      return `gt-${randomBytes(16).toString("base64url")}.${randomBytes(16).toString("base64url")}`;
    case "fernet-key":
      return `${randomBytes(32).toString("base64url")}=`;
    case "uuid":
      return randomUUID();
    case "random-bytes":
      return randomBytes(recipe.bytes).toString(recipe.encoding);
    case "rsa-private-key":
      return pem((await keyPair("rsa", { modulusLength: recipe.bits })).privateKey);
    case "ed25519-private-key":
      return pem((await keyPair("ed25519")).privateKey);
    case "tls-self-signed":
      return pem((await keyPair("ec", { namedCurve: "P-256" })).privateKey);
    case "ssh-key-pair":
      return openSshPrivateKey((await keyPair("ed25519")).privateKey, randomBytes(4));
  }
}

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
