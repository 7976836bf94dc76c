import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import type { TerraformStack } from "cdktf";
import { keysNamed } from "../src/access/access.ts";
import { keyPolicy } from "../src/access/key-policy.ts";
import type { Place } from "../src/access/place.ts";
import type { Principal } from "../src/access/principal.ts";
import type { Config } from "../src/config/config.ts";
import type { DesiredGraph } from "../src/graph/graph.ts";
import { distinctPath } from "../src/model/distinct-name.ts";

/** The keys that a stack makes: one for each alias that its config names. */
export interface Keys {
  readonly aliases: readonly string[];
  /** Absent for what is named by id or ARN: somebody else's key. */
  arnOf(alias: string): string | undefined;
  /** Gives each key its policy, which names roles that in turn name the keys. */
  restrict(place: Place, principals: readonly Principal[]): void;
}

const DELETION_DAYS = 30;

/**
 * A key is kept by Terraform, as long as its block is there, and by its own policy, also when a config names it no
 * more: only a key that is `retiring` can be deleted, and is made whether a config names it or not.
 */
export function addKeys(
  stack: TerraformStack,
  config: Config,
  graph: DesiredGraph,
  retiring: readonly string[],
): Keys {
  const named = keysNamed(config, graph).filter((key) => key.startsWith("alias/"));
  const aliases = [...new Set([...named, ...retiring])];
  const keys = new Map(
    aliases.map((alias) => {
      const id = distinctPath(alias.slice("alias/".length));
      const key = new KmsKey(stack, `key-${id}`, {
        description: `Parameters of ${config.environment.name}: ${usesOf(alias, config).join(", ")}`,
        enableKeyRotation: true,
        deletionWindowInDays: DELETION_DAYS,
        ...(retiring.includes(alias) ? {} : { lifecycle: { preventDestroy: true } }),
      });
      new KmsAlias(stack, `alias-${id}`, { name: alias, targetKeyId: key.keyId });
      return [alias, key];
    }),
  );
  // A placeholder is another text each time that it is asked for.
  const arns = new Map([...keys].map(([alias, { arn }]) => [alias, arn]));
  return {
    aliases,
    arnOf: (alias) => arns.get(alias),
    restrict(place, principals) {
      for (const [alias, key] of keys) {
        const policy = keyPolicy(place, alias, principals, { retiring: retiring.includes(alias) });
        key.policy = JSON.stringify(policy);
      }
    },
  };
}

function usesOf(alias: string, { environment }: Config): string[] {
  const uses = [
    ...environment.keys.filter(({ key }) => key === alias).map(({ path }) => path),
    ...(environment.replicationKey === alias ? ["copies and merges"] : []),
    ...(environment.formerReplicationKey === alias ? ["former copies and merges"] : []),
    ...(environment.digestKey.kmsKey === alias ? ["the digest key"] : []),
  ];
  return uses.length === 0 ? ["single ones"] : uses;
}
