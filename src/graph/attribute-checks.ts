import { errorAt } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";
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
  const expression = pattern === undefined ? undefined : compilePattern(pattern);
  if (pattern !== undefined && expression === undefined) {
    refuse("has an allowedPattern that is no regular expression", "mend or remove it");
  }
  if (attributes.tier === "Standard" && attributes.policies !== undefined) {
    refuse("has policies, which the Standard tier does not know", 'write "tier": "Advanced"');
  }
  if (Object.keys({ ...environmentTags, ...attributes.tags }).length > MOST_TAGS) {
    refuse(`has more than ${MOST_TAGS} tags together with those of the environment`, "remove some");
  }
  if (rule.kind !== "value") return problems;

  const bytes = Buffer.byteLength(rule.value);
  if (bytes === 0)
    refuse("has an empty value", "Parameter Store keeps none: write a value, or remove the entry");
  if (bytes > LARGEST_VALUE.Advanced) {
    refuse(
      `has a value of ${bytes} bytes`,
      `Parameter Store keeps at most ${LARGEST_VALUE.Advanced}: split it`,
    );
  } else if (bytes > LARGEST_VALUE.Standard && attributes.tier === "Standard") {
    refuse(
      `has a value of ${bytes} bytes`,
      `the Standard tier keeps at most ${LARGEST_VALUE.Standard}: write "tier": "Advanced"`,
    );
  }
  if (/\{\{[^}]*\}\}/.test(rule.value)) {
    refuse(
      "has a value with {{…}} in it",
      "Parameter Store refuses parameters inside parameters: use a merge",
    );
  }
  if (expression !== undefined && bytes > 0 && !expression.test(rule.value)) {
    refuse("has a value that its allowedPattern does not match", "mend one of the two");
  }
  return problems;
}

function compilePattern(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}
