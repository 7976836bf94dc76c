/** One statement of a policy, in IAM's own words. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  /** In policies of resources alone. */
  readonly Principal?: { readonly AWS?: string | readonly string[]; readonly Service?: string };
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  /** In the place of `Resource`: all others. */
  readonly NotResource?: readonly string[];
  readonly Condition?: Condition;
}

/** Operator to context key to values. */
export type Condition = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/**
 * Statements that would be about nothing are left out, and a `Sid` that another statement has gets a number: IAM refuses
 * both.
 */
export function policyDocument(statements: readonly Statement[]): PolicyDocument {
  const taken = new Set<string>();
  const named = statements.filter(isAboutSomething).map((statement) => {
    const free = freeOf(statement.Sid, taken);
    taken.add(free);
    return { ...statement, Sid: free };
  });
  return { Version: "2012-10-17", Statement: named };
}

/** Of two keys the aliases may differ in characters only that no `Sid` may have. */
function freeOf(sid: string, taken: ReadonlySet<string>): string {
  let free = sid;
  for (let number = 2; taken.has(free); number += 1) free = `${sid}N${number}`;
  return free;
}

function isAboutSomething({ Resource, Condition = {} }: Statement): boolean {
  const values = Object.values(Condition).flatMap((keys) => Object.values(keys));
  return Resource?.length !== 0 && values.every((list) => list.length > 0);
}
