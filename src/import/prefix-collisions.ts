import { readdirSync } from "node:fs";
import path from "node:path";
import type { StoreLocation } from "../config/environment.ts";
import { ENVIRONMENT_FILE, readEnvironment } from "../config/environment-file.ts";
import { isFile, readJsonFile } from "../config/json-file.ts";
import { warningAt } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";
import type { PhalanxEnvironment } from "./phalanx-environment.ts";

/**
 * Environments of the checkout whose secrets lie at or under one another's path in Vault. Each has a prefix of its
 * own in Parameter Store, so they part here: whoever relied on sharing has to hear of it.
 */
export function sharedVaultPaths(
  name: string,
  environments: ReadonlyMap<string, PhalanxEnvironment>,
): Problem[] {
  const own = environments.get(name);
  if (own === undefined || own.vaultPathPrefix === "") return [];
  return [...environments].flatMap(([other, { vaultPathPrefix, vaultUrl }]) => {
    if (other === name || !overlap(`/${own.vaultPathPrefix}/`, `/${vaultPathPrefix}/`)) return [];
    const server = vaultUrl === own.vaultUrl ? "on the same Vault server" : "on another Vault server";
    const summary = `the secrets of ${other} lie under ${vaultPathPrefix} too, ${server}; here each has a prefix of its own`;
    return [warningAt(own.at, summary, "give both the same --prefix only if they are the same secrets")];
  });
}

/**
 * Environments beside the one that is written whose scopes, in the same store, reach under its prefix; and the one
 * that is written, where it is there already and sweeps elsewhere.
 */
export function claimedPrefixes(name: string, prefix: string, configs: string, cwd: string): Problem[] {
  const own = scopesIn(name, configs, cwd);
  const covers = own.store === undefined || own.scopes.some((scope) => `${prefix}/`.startsWith(scope));
  const uncovered = warningAt(
    { file: own.file, line: 1, column: 1 },
    `no scope covers ${prefix}/: what is no longer declared there would not be found`,
    `add {"path": "${prefix}/", "exclusive": true} to scopes`,
  );
  const claims = foldersOf(configs)
    .filter((other) => other !== name)
    .flatMap((other) => {
      const { file, scopes, store } = scopesIn(other, configs, cwd);
      if (!scopes.some((scope) => overlap(scope, `${prefix}/`)) || !maySharePlace(own.store, store))
        return [];
      const summary = `environment ${other} sweeps names under ${prefix}/ too: both would write or delete the same parameters`;
      return [warningAt({ file, line: 1, column: 1 }, summary, "give each a --prefix of its own")];
    });
  return covers ? claims : [uncovered, ...claims];
}

function scopesIn(name: string, configs: string, cwd: string) {
  const absolute = path.join(configs, name, ENVIRONMENT_FILE);
  if (!isFile(absolute)) return { file: "", scopes: [], store: undefined };
  const { environment } = readEnvironment(readJsonFile(absolute, cwd), name);
  return {
    file: environment.file,
    scopes: environment.scopes.map((scope) => scope.path),
    store: environment.store,
  };
}

/** An environment that is not written yet could come to lie in any account, but not in another's embedded store. */
function maySharePlace(own: StoreLocation | undefined, other: StoreLocation | undefined): boolean {
  if (other === undefined) return false;
  if (own === undefined) return other.kind === "parameter-store";
  if (own.kind === "embedded" || other.kind === "embedded")
    return own.kind === "embedded" && other.kind === "embedded" && own.path === other.path;
  return own.account === other.account && own.region === other.region;
}

function foldersOf(configs: string): string[] {
  try {
    return readdirSync(configs).sort();
  } catch {
    return [];
  }
}

function overlap(one: string, other: string): boolean {
  return one !== "//" && other !== "//" && (one.startsWith(other) || other.startsWith(one));
}
