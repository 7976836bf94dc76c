import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { AssetType, TerraformAsset, type TerraformStack } from "cdktf";
import type { Place } from "../src/access/place.ts";
import { principalId } from "../src/access/principal.ts";
import type { Replication } from "../src/access/replication.ts";
import type { Environment } from "../src/config/environment.ts";
import { addAlarms } from "./alarms.ts";
import { addEventQueue } from "./event-queue.ts";
import { addReplicatorFunction } from "./replicator-function.ts";
import type { Roles } from "./roles.ts";
import type { Settings } from "./settings.ts";

export interface Replicators {
  readonly environment: Environment;
  readonly place: Place;
  readonly replications: readonly Replication[];
  readonly roles: Roles;
  readonly settings: Settings;
  readonly bundle: string;
}

/**
 * For each owner a function with its own role, its own queue and its own schedule: one owner's burst or mishap
 * keeps no other's changes waiting.
 */
export function addReplicators(stack: TerraformStack, replicators: Replicators): void {
  const { environment, place, replications, roles, settings, bundle } = replicators;
  if (replications.length === 0) return;
  const code = new TerraformAsset(stack, "replicator", { path: bundle, type: AssetType.ARCHIVE });
  // Without a key: CloudWatch's alarms may not use the one that AWS manages, and no alarm holds a secret.
  const topic = new SnsTopic(stack, "alarms", { name: `paraform-${environment.name}-alarms` });
  for (const replication of replications) {
    const id = principalId({ kind: "replicator", name: replication.owner });
    const role = roles.get(id);
    if (role === undefined) throw new TypeError(`${id} has no role`);
    const name = `paraform-${environment.name}-${id}`;
    const queue = addEventQueue(stack, { id, name, place, replication, settings });
    addReplicatorFunction(stack, { ...replicators, id, name, role, code, queue, owner: replication.owner });
    addAlarms(stack, { id, name, queue, topics: [topic.arn, ...(settings.alarmTopics ?? [])] });
  }
}
