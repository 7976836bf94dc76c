import type { Environment } from "../config/environment.ts";
import { isAwsManaged } from "../model/aws-managed-key.ts";
import type { Place } from "./keyring.ts";

/** How far a key lets others read: it is the account's own, every principal of the account may use it, or nobody knows. */
export type Reach = 0 | 1 | 2;

/**
 * Judges keys by their names. An alias is the account's own where it is said without an account, or in the ARN with
 * this account and region. A bare key id may be that of AWS's own key, and a key of another account is read there; what
 * environment.json names, its owners review.
 */
export function reachOf({ account, region }: Place, environment: Environment): (key: string) => Reach {
  const { keys, replicationKey = "", digestKey } = environment;
  const named = new Set([...keys.map(({ key }) => key), replicationKey, digestKey.kmsKey]);
  return (key) => {
    if (isAwsManaged(key)) return 1;
    if (named.has(key) || key.startsWith("alias/")) return 0;
    const [arn, , service, where, whose, resource] = key.split(":");
    const isOwn = arn === "arn" && service === "kms" && where === region && whose === account;
    return isOwn && resource?.startsWith("alias/") ? 0 : 2;
  };
}

/** How far a value could be read under the key that it lies under: what is not known to be AWS's own counts as closed. */
export function reachBefore(key: string | undefined): Reach {
  return isAwsManaged(key ?? "") ? 1 : 0;
}
