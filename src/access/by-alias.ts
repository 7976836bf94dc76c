import type { Place } from "./place.ts";
import type { Condition, Statement } from "./policy-document.ts";

/** The ARN of an alias stands for the key's own until `byAlias` has put a condition in its place. */
export function aliasArn({ partition, region, account }: Omit<Place, "keyArn">, alias: string): string {
  return `arn:${partition}:kms:${region}:${account}:${alias}`;
}

/**
 * The same statements where the ARNs of some keys are not known: every key of the account and region that has one of
 * their aliases. KMS takes an alias in a policy for a resource of its own, on which no use of a key is asked.
 */
export function byAlias(
  { partition, region, account }: Omit<Place, "keyArn">,
  statements: readonly Statement[],
): Statement[] {
  const every = `arn:${partition}:kms:${region}:${account}:key/*`;
  return statements.flatMap((statement): Statement[] => {
    const { Resource, NotResource, ...rest } = statement;
    if (NotResource !== undefined) {
      const { aliases, others } = parted(NotResource);
      if (aliases.length === 0) return [statement];
      const Condition = withAliases(statement, "ForAllValues:StringNotEquals", aliases);
      const about = others.length === 0 ? { Resource: ["*"] } : { NotResource: others };
      return [{ ...rest, ...about, Condition }];
    }
    const { aliases, others } = parted(Resource ?? []);
    if (aliases.length === 0) return [statement];
    const Condition = withAliases(statement, "ForAnyValue:StringEquals", aliases);
    return [
      ...(others.length === 0 ? [] : [{ ...statement, Resource: others }]),
      { ...rest, Resource: [every], Condition },
    ];
  });
}

function parted(arns: readonly string[]): { aliases: string[]; others: string[] } {
  const nameOf = (arn: string) => /^arn:[^:]+:kms:[^:]+:\d+:(alias\/.+)$/.exec(arn)?.[1];
  const aliases = arns.flatMap((arn) => nameOf(arn) ?? []);
  return { aliases, others: arns.filter((arn) => nameOf(arn) === undefined) };
}

/** `kms:ResourceAliases` has all aliases of the key; none, where it has none. */
function withAliases({ Condition = {} }: Statement, operator: string, aliases: readonly string[]): Condition {
  return { ...Condition, [operator]: { "kms:ResourceAliases": aliases } };
}
