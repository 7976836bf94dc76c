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

/** Statements that would be about nothing are left out: IAM refuses them. */
export function policyDocument(statements: readonly Statement[]): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: statements.filter(({ Resource }) => Resource?.length !== 0),
  };
}
