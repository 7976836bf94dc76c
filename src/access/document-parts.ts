import { type PolicyDocument, policyDocument, type Statement } from "./policy-document.ts";

/** Of a managed policy, in characters without white space (IAM user guide, "IAM and AWS STS quotas"). */
const LARGEST = 6_144;
/** A key's ARN may be a placeholder that is shorter than what Terraform puts in its place. */
const ROOM = 200;
const EMPTY = sizeOf(policyDocument([]));

/** One principal's statements as policies that are each small enough for IAM, in the order given. */
export function documentParts(statements: readonly Statement[], largest = LARGEST - ROOM): PolicyDocument[] {
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

/** A statement whose list is too long as several, numbered: of resources, or of the one condition's values. */
function fitting(statement: Statement, largest: number): Statement[] {
  if (EMPTY + sizeOf(statement) < largest) return [statement];
  const { Sid, Resource = [], Condition } = statement;
  const [operator = "", keys = {}] = Object.entries(Condition ?? {})[0] ?? [];
  const [key = "", values = []] = Object.entries(keys)[0] ?? [];
  const of = (list: readonly string[]): Statement =>
    values.length > Resource.length
      ? { ...statement, Condition: { [operator]: { [key]: list } } }
      : { ...statement, Resource: list };
  const room = largest - EMPTY - sizeOf(of([])) - Sid.length;
  return packed(values.length > Resource.length ? values : Resource, room).map((list, index) => ({
    ...of(list),
    Sid: `${Sid}${index + 1}`,
  }));
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

function sizeOf(part: object): number {
  return JSON.stringify(part).length;
}
