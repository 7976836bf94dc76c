import { errorAt, warningAt } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";
import { valueFaults } from "../model/value-fault.ts";
import { LARGEST_VALUE } from "../model/value-size.ts";
import type { GraphNode } from "./node.ts";

/** The tags that a parameter may have (API reference, AddTagsToResource). */
const MOST_TAGS = 50;

/** What Parameter Store would refuse of a declared parameter, as far as the config alone can tell. */
export function checkAttributes(
  node: GraphNode,
  environmentTags: Readonly<Record<string, string>>,
): Problem[] {
  const { name, rule, attributes, origin } = node;
  const problems: Problem[] = [];
  const refuse = (summary: string, hint: string) =>
    problems.push(errorAt(origin, `${name} ${summary}`, hint));

  const pattern = attributes.allowedPattern;
  if (pattern !== undefined && !isExpression(pattern)) {
    refuse("has an allowedPattern that is no regular expression", "mend or remove it");
  }
  if (attributes.tier === "Standard" && attributes.policies !== undefined) {
    refuse("has policies, which the Standard tier does not know", 'write "tier": "Advanced"');
  }
  if (Object.keys({ ...environmentTags, ...attributes.tags }).length > MOST_TAGS) {
    refuse(`has more than ${MOST_TAGS} tags together with those of the environment`, "remove some");
  }
  if (rule.kind !== "value") return problems;
  if (attributes.type === "SecureString") {
    problems.push(
      warningAt(
        origin,
        `${name} is a SecureString, and its value stands in this file`,
        "who reads the repository or a plan reads a literal: give a secret an entry without value, and let its owner put it",
      ),
    );
  }

  const most = LARGEST_VALUE[attributes.tier === "Standard" ? "Standard" : "Advanced"];
  for (const fault of valueFaults(rule.value, { bytes: most, pattern })) {
    switch (fault) {
      case "empty":
        refuse("has an empty value", "Parameter Store keeps none: write a value, or remove the entry");
        break;
      case "too_large": {
        const bytes = Buffer.byteLength(rule.value);
        refuse(`has a value of ${bytes} bytes`, sizeHint(bytes));
        break;
      }
      case "nested":
        refuse(
          "has a value with {{…}} in it",
          "Parameter Store refuses parameters inside parameters: use a merge",
        );
        break;
      case "mismatch":
        refuse("has a value that its allowedPattern does not match", "mend one of the two");
    }
  }
  return problems;
}

function sizeHint(bytes: number): string {
  const { Standard, Advanced } = LARGEST_VALUE;
  return bytes > Advanced
    ? `Parameter Store keeps at most ${Advanced}: split it`
    : `the Standard tier keeps at most ${Standard}: write "tier": "Advanced"`;
}

function isExpression(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
