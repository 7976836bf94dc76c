import { warningAt } from "../config/origin.ts";
import type { SourceShape } from "../config/source-schema.ts";
import { isEndpoint } from "../model/endpoint.ts";
import type { Problem } from "../model/problem.ts";
import type { PhalanxEnvironment } from "./phalanx-environment.ts";
import type { SecretNames } from "./phalanx-names.ts";
import { idOf, type ResolvedSecret } from "./phalanx-rules.ts";

/**
 * The source that Phalanx's 1Password vault is: items are applications, fields their keys. What is encoded, or has
 * another name here, stands before the rule for all others; so do the items of clients and registries. `undefined` where the environment uses none.
 */
export function connectSource(
  { onepassword }: PhalanxEnvironment,
  prefix: string,
  resolved: readonly ResolvedSecret[],
  names: SecretNames,
  pullSecret: string | undefined,
  reports: Problem[],
): SourceShape | undefined {
  if (onepassword === undefined) return undefined;
  const { connect, vault, at } = onepassword;
  if (!isEndpoint(connect) || !isTemplate(vault)) {
    const summary = "1Password's connectUrl or vaultTitle cannot be used, so there is no source for it";
    reports.push(warningAt(at, summary, "add it to sources in environment.json by hand"));
    return undefined;
  }
  const special = resolved.flatMap(({ application, definition: { key, encoded, at: keyAt }, rule }) => {
    const id = idOf(application, key);
    const name = names.get(id);
    if (name !== undefined && rule.kind === "generate" && rule.type === "oidc-clients")
      return [{ names: name, item: "oidc-clients" }];
    if (name === undefined || rule.kind !== "static" || (!encoded && name === `${prefix}/${id}`)) return [];
    if (isTemplate(key))
      return [{ names: name, item: application, field: key, ...(encoded ? { encoded } : {}) }];
    reports.push(warningAt(keyAt, `${id}: its field in 1Password cannot be named in a source's map`));
    return [];
  });
  const documents = pullSecret === undefined ? [] : [{ names: pullSecret, item: "pull-secret" }];
  const rest = { names: `${prefix}/{application}/{key}`, item: "{application}", field: "{key}" };
  return { kind: "onepassword", connect, vault, map: [...documents, ...special, rest] };
}

/** A text that can stand in a source's map and means itself. */
function isTemplate(text: string): boolean {
  return /^[^\p{Cc}"\\{}]{1,512}$/u.test(text);
}
