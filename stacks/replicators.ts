import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { AssetType, TerraformAsset, type TerraformStack } from "cdktf";
import type { Place } from "../src/access/place.ts";
import { ownName, principalId } from "../src/access/principal.ts";
import type { Replication } from "../src/access/replication.ts";
import type { Config } from "../src/config/config.ts";
import type { Environment } from "../src/config/environment.ts";
import { addAlarms } from "./alarms.ts";
import { addEventQueue } from "./event-queue.ts";
import { addReplicatorFunction } from "./replicator-function.ts";
import type { Roles } from "./roles.ts";
import type { Settings } from "./settings.ts";

export interface Replicators {
  readonly environment: Environment;
  readonly groups: Config["groups"];
  readonly place: Place;
  readonly replications: readonly Replication[];
  readonly roles: Roles;
  readonly settings: Settings;
  readonly bundle: string;
}

/** Of an EventBridge rule 64 characters, of which `-reconcile` takes 10; functions and queues take no fewer. */
const LONGEST_NAME = 54;

/**
 * For each replication a function with its own role, its own queue and its own schedule: one owner's burst or mishap
 * keeps no other's changes waiting.
 */
export function addReplicators(stack: TerraformStack, replicators: Replicators): void {
  const { environment, groups, place, replications, roles, settings, bundle } = replicators;
  if (replications.length === 0) return;
  const code = new TerraformAsset(stack, "replicator", { path: bundle, type: AssetType.ARCHIVE });
  // Without a key: CloudWatch's alarms may not use the one that AWS manages, and no alarm holds a secret.
  const topic = new SnsTopic(stack, "alarms", { name: `paraform-${environment.name}-alarms` });
  const quietSeconds = Math.max(0, ...groups.map((group) => group.quietSeconds));
  for (const replication of replications) {
    const principal = { kind: "replicator", name: replication.name } as const;
    const id = principalId(principal);
    const role = roles.get(id);
    if (role === undefined) throw new TypeError(`${id} has no role`);
    const name = ownName(environment.name, principal, LONGEST_NAME);
    const queue = addEventQueue(stack, { id, name, place, replication, settings, quietSeconds });
    addReplicatorFunction(stack, { id, name, role, code, queue, replication: replication.name });
    addAlarms(stack, {
      id,
      name,
      environment: environment.name,
      replication: replication.name,
      queue,
      reconcileMinutes: settings.reconcileMinutes,
      topics: [topic.arn, ...(settings.alarmTopics ?? [])],
    });
  }
}
