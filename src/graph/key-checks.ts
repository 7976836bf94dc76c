import type { Environment } from "../config/environment.ts";
import { warningAt } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";

/** The one key that no owner may have: what is given up of what lies under it, its owner's role would read. */
export function checkReplicationKey({ file, store, keys, replicationKey }: Environment): Problem[] {
  if (replicationKey === undefined) return [];
  const shared = keys.find(({ key }) => localKey(key, store) === localKey(replicationKey, store));
  if (shared === undefined) return [];
  const summary = `replicationKey is also the key of ${shared.path}, whose owner reads a replica there once its line is gone`;
  return [
    warningAt({ file, line: 1, column: 1 }, summary, "give copies and merges a key that no path has in keys"),
  ];
}

/** A key as it is called within its account and region. Whether an alias is that of an id only KMS knows. */
function localKey(key: string, store: Environment["store"]): string {
  const [arn, , service, region, account, ...resource] = key.split(":");
  const isOwn =
    arn === "arn" &&
    service === "kms" &&
    store.kind === "parameter-store" &&
    store.region === region &&
    store.account === account;
  return (isOwn ? resource.join(":") : key).replace(/^key\//, "");
}
