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
 * Statements that would be about nothing are left out, and one whose name an earlier one has gets a number: IAM refuses
 * both.
 */
export function policyDocument(statements: readonly Statement[]): PolicyDocument {
  const taken = new Set<string>();
  const named = statements
    .filter(({ Resource }) => Resource?.length !== 0)
    .map((statement) => {
      const Sid = freeName(statement.Sid, taken);
      taken.add(Sid);
      return { ...statement, Sid };
    });
  return { Version: "2012-10-17", Statement: named };
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}No${number}`;
  return free;
}
