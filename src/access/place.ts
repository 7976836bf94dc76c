import type { Environment } from "../config/environment.ts";
import { UserError } from "../model/error.ts";

/** Where an environment's parameters, keys and roles are, as ARNs say it. */
export interface Place {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly environment: string;
  /**
   * The ARN of the key that a config names by alias, id or ARN: a policy on an alias grants nothing.
   * An ARN may be a placeholder of Terraform's.
   */
  readonly keyArn: (key: string) => string;
}

/** @throws UserError for an embedded store, which has no account */
export function placeOf({ name, store }: Environment, keyArn: Place["keyArn"]): Place {
  if (store.kind === "embedded") {
    throw new UserError(`environment ${name} lies in an embedded store, which has no policies`, {
      hint: 'they are made for a store of kind "parameter-store"',
    });
  }
  const { account, region } = store;
  return { partition: partitionOf(region), account, region, environment: name, keyArn };
}

/** `path` is a name, or a prefix that ends in `*`. AWS writes one slash after `parameter`. */
export function parameterArn({ partition, region, account }: Place, path: string): string {
  return `arn:${partition}:ssm:${region}:${account}:parameter${path}`;
}

/** Of a key that is named by its id. */
export function keyArnOfId({ partition, region, account }: Omit<Place, "keyArn">, id: string): string {
  return `arn:${partition}:kms:${region}:${account}:key/${id}`;
}

export function accountRootArn({ partition, account }: Place): string {
  return `arn:${partition}:iam::${account}:root`;
}

/** What KMS is told of a call that Parameter Store makes for somebody: `kms:ViaService`. */
export function throughParameterStore({ partition, region }: Place): string {
  return `ssm.${region}.${partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}`;
}

/** AWS's three partitions, as the names of their regions tell (IAM user guide, "Amazon Resource Names"). */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
