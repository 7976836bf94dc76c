import { createHash } from "node:crypto";
import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "./graph.ts";

/**
 * SHA-256 over what the configs mean: no place in a file, no order, no comment enters it, and no value but
 * literals, which are public.
 */
export function configDigest(environment: Environment, graph: DesiredGraph): string {
  const hash = createHash("sha256");
  const { file: _, store, sources, ...meaning } = environment;
  const located = store.kind === "embedded" ? { kind: store.kind } : store;
  hash.update(JSON.stringify([meaning, located, sources.map(({ kind }) => kind)]));
  for (const name of [...graph.parameters.keys()].sort()) {
    hash.update(JSON.stringify({ ...graph.parameters.get(name), origin: null, adopt: null }));
  }
  return `sha256:${hash.digest("hex")}`;
}
