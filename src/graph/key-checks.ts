import type { Environment } from "../config/environment.ts";
import { warningAt } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";

/** What no owner may have: a replica under it whose line is gone the owner's role would read. */
export function checkReplicationKeys(environment: Environment): Problem[] {
  const { file, store, keys } = environment;
  return (["replicationKey", "formerReplicationKey"] as const).flatMap((setting) => {
    const own = environment[setting];
    const shared = keys.find(({ key }) => own !== undefined && localKey(key, store) === localKey(own, store));
    if (shared === undefined) return [];
    const summary = `${setting} is also the key of ${shared.path}, whose owner reads a replica there once its line is gone`;
    const hint = "give copies and merges a key that no path has in keys";
    return [warningAt({ file, line: 1, column: 1 }, summary, hint)];
  });
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
