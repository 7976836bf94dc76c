import { TerraformOutput, type TerraformStack } from "cdktf";
import type { Config } from "../src/config/config.ts";
import type { Keys } from "./keys.ts";
import type { Roles } from "./roles.ts";

/** What environment.json and the pipeline need to know of what was made. */
export function addOutputs(
  stack: TerraformStack,
  { environment }: Config,
  { roles, keys }: { roles: Roles; keys: Keys },
): void {
  const { store, keys: paths, replicationKey, formerReplicationKey, digestKey } = environment;
  new TerraformOutput(stack, "environment_json", {
    description: "What environment.json says of the store and its keys",
    value: {
      environment: environment.name,
      store:
        store.kind === "embedded" ? {} : { kind: store.kind, account: store.account, region: store.region },
      keys: paths,
      ...(replicationKey === undefined ? {} : { replicationKey }),
      ...(formerReplicationKey === undefined ? {} : { formerReplicationKey }),
      digestKey: { kmsKey: digestKey.kmsKey },
    },
  });
  new TerraformOutput(stack, "roles", {
    description: "Who is to assume which role",
    value: Object.fromEntries([...roles].map(([id, role]) => [id, role.arn])),
  });
  new TerraformOutput(stack, "keys", {
    description: "The ARN behind each alias",
    value: Object.fromEntries(keys.aliases.map((alias) => [alias, keys.arnOf(alias)])),
  });
}
