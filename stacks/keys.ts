import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import type { TerraformStack } from "cdktf";
import { keysNamed } from "../src/access/access.ts";
import { keyPolicy } from "../src/access/key-policy.ts";
import type { Place } from "../src/access/place.ts";
import type { Principal } from "../src/access/principal.ts";
import type { Config } from "../src/config/config.ts";
import type { DesiredGraph } from "../src/graph/graph.ts";

/** The keys that a stack makes: one for each alias that its config names. */
export interface Keys {
  readonly aliases: readonly string[];
  /** Absent for what is named by id or ARN: somebody else's key. */
  arnOf(alias: string): string | undefined;
  /** Gives each key its policy, which names roles that in turn name the keys. */
  restrict(place: Place, principals: readonly Principal[]): void;
}

const DELETION_DAYS = 30;

export function addKeys(stack: TerraformStack, config: Config, graph: DesiredGraph): Keys {
  const aliases = keysNamed(config, graph).filter((key) => key.startsWith("alias/"));
  const keys = new Map(
    aliases.map((alias) => {
      const id = alias.slice("alias/".length).replaceAll("/", "-");
      const key = new KmsKey(stack, `key-${id}`, {
        description: `Parameters of ${config.environment.name}: ${usesOf(alias, config).join(", ")}`,
        enableKeyRotation: true,
        deletionWindowInDays: DELETION_DAYS,
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
      for (const [alias, key] of keys) key.policy = JSON.stringify(keyPolicy(place, alias, principals));
    },
  };
}

function usesOf(alias: string, { environment }: Config): string[] {
  const uses = [
    ...environment.keys.filter(({ key }) => key === alias).map(({ path }) => path),
    ...(environment.replicationKey === alias ? ["copies and merges"] : []),
    ...(environment.digestKey.kmsKey === alias ? ["the digest key"] : []),
  ];
  return uses.length === 0 ? ["single ones"] : uses;
}
