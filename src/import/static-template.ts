import { foldedScalar } from "./folded-scalar.ts";

/** A static secret that waits for its value. */
export interface WantedSecret {
  readonly application: string;
  readonly key: string;
  /** `""` when there is none. */
  readonly description: string;
  /** Its field in 1Password holds base64 of the value. */
  readonly encoded: boolean;
}

const WIDTH = 70;

const ENCODED_WARNING = "If you store this secret in a 1Password item, encode it with base64 first.";

const PULL_SECRET =
  "Pull secrets for Docker registries. Each key under registries is the name of a Docker registry that needs a " +
  "pull secret. The value should have two keys, username and password, that provide the HTTP Basic Auth " +
  "credentials for that registry.";

/**
 * A file of static secrets in Phalanx's layout (`StaticSecrets`, src/phalanx/models/secrets.py) without a value in it.
 * With what is of no application it has the bytes that `phalanx secrets static-template` prints for the same secrets.
 */
export function staticTemplate(
  wanted: readonly WantedSecret[],
  { beside }: { readonly beside: boolean },
): string {
  const lines = [`applications:${wanted.length === 0 ? " {}" : ""}`];
  let application: string | undefined;
  for (const secret of wanted.toSorted(byApplicationAndKey)) {
    if (secret.application !== application) lines.push(`  ${plainKey(secret.application)}:`);
    application = secret.application;
    lines.push(...secretLines(secret));
  }
  if (!beside) return `${lines.join("\n")}\n`;
  lines.push("oidc-clients: {}", "pull-secret:", `  description: ${foldedScalar(PULL_SECRET, 4, WIDTH)}`);
  return `${[...lines, "  registries: {}", "vault-write-token: null"].join("\n")}\n`;
}

function secretLines({ key, description, encoded }: WantedSecret): string[] {
  return [
    `    ${plainKey(key)}:`,
    ...(description === "" ? [] : [`      description: ${foldedScalar(description, 8, WIDTH)}`]),
    "      value: null",
    ...(encoded ? [`      warning: ${foldedScalar(ENCODED_WARNING, 8, WIDTH)}`] : []),
  ];
}

export function byApplicationAndKey(
  a: { readonly application: string; readonly key: string },
  b: { readonly application: string; readonly key: string },
): number {
  if (a.application !== b.application) return a.application < b.application ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/**
 * Words of a name as a key that YAML 1.1 reads as text: in single quotes where it would take the word for a number, a
 * date, a boolean or null, or for a mark of its own.
 */
function plainKey(text: string): string {
  const special =
    /^(?:[-+.]?[0-9][0-9_.eE+-]*|[-+]?0x[0-9a-f_]+|0b[01_]+|[-+]?\.(?:inf|nan)|yes|no|on|off|true|false|null|-|(?:---|\.\.\.).*)$/i;
  return special.test(text) ? `'${text}'` : text;
}
