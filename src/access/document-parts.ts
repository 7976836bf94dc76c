import { UserError } from "../model/error.ts";
import { type PolicyDocument, policyDocument, type Statement } from "./policy-document.ts";

/** Of a managed policy, in characters without white space (IAM user guide, "IAM and AWS STS quotas"). */
const LARGEST = 6_144;
/** Terraform puts a key's ARN where an expression of its own stands; none is longer than that. */
const PLACEHOLDER = /\$\{[^}]*\}/g;
const LONGEST_KEY_ARN = 100;
/** Of the number behind a statement's name. */
const DIGITS = 4;
const EMPTY = sizeOf(policyDocument([]));

/**
 * One principal's statements as policies that are each small enough for IAM, in the order given. Together they say
 * what the statements say, no less and no more. @throws UserError where that cannot be
 */
export function documentParts(statements: readonly Statement[], largest = LARGEST): PolicyDocument[] {
  const parts: Statement[][] = [];
  let size = largest;
  for (const statement of policyDocument(statements).Statement.flatMap((each) => fitting(each, largest))) {
    const more = sizeOf(statement) + 1;
    if (size + more > largest) {
      parts.push([]);
      size = EMPTY;
    }
    parts.at(-1)?.push(statement);
    size += more;
  }
  return parts.map(policyDocument);
}

/** In characters as IAM counts them. */
export function sizeOf(part: object): number {
  return JSON.stringify(part).replaceAll(PLACEHOLDER, "x".repeat(LONGEST_KEY_ARN)).length;
}

/** A statement of which a list is too long as several, numbered. */
function fitting(statement: Statement, largest: number): Statement[] {
  const room = largest - EMPTY - 1;
  if (sizeOf(statement) <= room) return [statement];
  const { values, withOnly } = longestList(statement);
  const parts = packed(values, room - sizeOf(withOnly([])) - DIGITS).map(withOnly);
  if (parts.length === 0 || parts.some((part) => sizeOf(part) + DIGITS > room)) {
    throw new UserError(
      `the statement ${statement.Sid} is too long for a policy of IAM and cannot be divided`,
      {
        hint: "split the environment in two, or let it name fewer keys",
      },
    );
  }
  return parts.map((part, index) => ({ ...part, Sid: `${part.Sid}${index + 1}` }));
}

interface List {
  readonly values: readonly string[];
  /** The statement with these values instead of all. */
  readonly withOnly: (values: readonly string[]) => Statement;
}

/**
 * The longest of the lists that may be divided among statements: of those any one value has to match. Not so what is
 * excluded, by `NotResource` or an operator such as `StringNotLike`: of several statements each would be about what
 * only another one excludes.
 */
function longestList(statement: Statement): List {
  const { Resource = [], Condition = {} } = statement;
  const resources: List = { values: Resource, withOnly: (values) => ({ ...statement, Resource: values }) };
  const conditions = Object.entries(Condition)
    .filter(([operator]) => /^(String|Arn)(Equals|Like)$/.test(operator))
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(
        ([key, all]): List => ({
          values: all,
          withOnly: (values) => ({
            ...statement,
            Condition: { ...Condition, [operator]: { ...keys, [key]: values } },
          }),
        }),
      ),
    );
  return conditions.reduce((a, b) => (sizeOf(b.values) > sizeOf(a.values) ? b : a), resources);
}

/** As few lists as hold `room` characters of JSON each. */
function packed(texts: readonly string[], room: number): string[][] {
  const lists: string[][] = [];
  let left = 0;
  for (const text of texts) {
    const size = sizeOf([text]);
    if (size > left) {
      lists.push([]);
      left = room;
    }
    lists.at(-1)?.push(text);
    left -= size;
  }
  return lists;
}
