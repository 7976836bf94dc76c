import { createHash } from "node:crypto";
import type { Environment } from "../config/environment.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { DesiredGraph, DesiredParameter } from "./graph.ts";

/**
 * SHA-256 over what the configs mean: no place in a file, no order, no comment enters it, and no value but
 * literals, which are public.
 */
export function configDigest(environment: Environment, graph: DesiredGraph): string {
  const hash = createHash("sha256");
  const { file: _, store, sources, ...meaning } = environment;
  const located = store.kind === "embedded" ? { kind: store.kind } : store;
  const sets = {
    public: [...meaning.public].sort(),
    protect: [...meaning.protect].sort(),
    ignore: [...meaning.ignore].sort(),
  };
  hash.update(canonicalJson([{ ...meaning, ...sets }, located, sources.map(({ kind }) => kind)]));
  for (const name of [...graph.parameters.keys()].sort()) {
    // Whether it lies in a scope is said by the scopes.
    const { origin, adopt, inScope: _, ...parameter } = graph.parameters.get(name) as DesiredParameter;
    hash.update(canonicalJson([parameter, adopt === undefined ? null : (adopt.owner ?? "")]));
  }
  for (const name of [...graph.removals.keys()].sort()) {
    hash.update(canonicalJson(["removed", name, graph.removals.get(name)?.destroy ?? null]));
  }
  return `sha256:${hash.digest("hex")}`;
}
