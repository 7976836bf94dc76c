import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import type { CertificateTerms, DerivedRecipe, Recipe } from "../model/recipe.ts";
import { type JsonNode, placeOf } from "./json-node.ts";
import { errorAt, type Origin } from "./origin.ts";
import type { ParameterNames } from "./parameter-names.ts";
import { ALPHABETS, type MadeShape } from "./recipe-schema.ts";

/** What one `generate` says: a recipe, and for a pair the other half, which is derived from it. */
export interface ReadRecipe {
  readonly recipe: Recipe;
  readonly half?: { readonly name: ParameterName; readonly recipe: DerivedRecipe; readonly origin: Origin };
}

/** What an attacker who tries every password has to be kept busy with. */
const LEAST_BITS = 64;
const PASSWORD_LENGTH = 64;
/** bcrypt's cost in Phalanx (models/secrets.py, gensalt). */
const BCRYPT_ROUNDS = 15;
const RSA_BITS = 2048;
const CERTIFICATE_DAYS = 365;

/** `name` is the parameter that is generated; `at` the place of the whole stanza. `undefined` once a problem is reported. */
export function readRecipe(
  shape: MadeShape,
  name: ParameterName,
  at: JsonNode,
  names: ParameterNames,
  problems: Problem[],
): ReadRecipe | undefined {
  switch (shape.type) {
    case "gafaelfawr-token":
    case "fernet-key":
    case "uuid":
    case "random-bytes":
    case "ed25519-private-key":
      return { recipe: shape };
    case "password":
      return readPassword(shape, placeOf(at, []), problems);
    case "rsa-private-key":
      return { recipe: { type: shape.type, bits: shape.bits ?? RSA_BITS } };
    case "ssh-key-pair":
      return pair("public", shape.public, { type: "ssh-key-pair" }, { type: "ssh-public-key", source: name });
    case "tls-self-signed":
      return pair(
        "certificate",
        shape.certificate,
        { type: "tls-self-signed" },
        { type: "tls-certificate", source: name, ...certificateOf(shape) },
      );
    case "bcrypt-password-hash": {
      const rounds = shape.rounds ?? BCRYPT_ROUNDS;
      return derived((source) => ({ type: "bcrypt-password-hash", source, rounds }));
    }
    case "mtime":
      return derived((source) => ({ type: "mtime", source }));
    case "ssh-public-key":
      return derived((source) => ({ type: "ssh-public-key", source }));
    case "tls-certificate":
      return derived((source) => ({ type: "tls-certificate", source, ...certificateOf(shape) }));
  }

  function pair(
    key: string,
    text: string,
    recipe: Recipe,
    derivedRecipe: DerivedRecipe,
  ): ReadRecipe | undefined {
    const origin = placeOf(at, [key]);
    const half = names.read(text, key, origin);
    return half === undefined ? undefined : { recipe, half: { name: half, recipe: derivedRecipe, origin } };
  }

  function derived(recipeOf: (source: ParameterName) => DerivedRecipe): ReadRecipe | undefined {
    if (!("source" in shape)) return undefined;
    const source = names.read(shape.source, "source", placeOf(at, ["source"]));
    return source === undefined ? undefined : { recipe: recipeOf(source) };
  }
}

function readPassword(
  { length = PASSWORD_LENGTH, alphabet = "hex" }: MadeShape & { type: "password" },
  at: Origin,
  problems: Problem[],
): ReadRecipe | undefined {
  const named = Object.hasOwn(ALPHABETS, alphabet) ? ALPHABETS[alphabet as keyof typeof ALPHABETS] : alphabet;
  const characters = new Set(named);
  const bits = Math.floor(length * Math.log2(characters.size));
  if (bits < LEAST_BITS) {
    const least = Math.ceil(LEAST_BITS / Math.log2(characters.size));
    problems.push(
      errorAt(
        at,
        `a password of ${length} characters from ${characters.size} can be guessed: it has ${bits} bits, and needs ${LEAST_BITS}`,
        `give it a length of ${least} or more, or more characters to choose from`,
      ),
    );
    return undefined;
  }
  return { recipe: { type: "password", length, alphabet: [...characters].join("") } };
}

function certificateOf({
  commonName,
  dnsNames = [],
  days = CERTIFICATE_DAYS,
}: MadeShape & { type: "tls-certificate" | "tls-self-signed" }): CertificateTerms {
  return { commonName, dnsNames, days };
}
