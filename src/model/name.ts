/** The full name of a parameter: a path that begins with a slash, as Parameter Store spells it. */
export type ParameterName = string & { readonly __brand: "ParameterName" };

/** Longest name including `arn:aws:ssm:<region>:<account>:parameter/` (user guide, "Creating Systems Manager parameters"). */
const LONGEST_ARN = 1011;
const DEEPEST = 15;

/**
 * Says why Parameter Store, or paraform, would refuse `text` as a name; `undefined` when it is a name.
 * The ARN prefix is counted for the longest region name, so a name that is accepted here is accepted in every region.
 */
export function nameProblem(text: string): string | undefined {
  if (!text.startsWith("/")) return "a name begins with a slash";
  if (!/^[A-Za-z0-9_.\-/]+$/.test(text)) return "a name holds only letters, digits and _ . - /";
  if (text.includes("//") || text.endsWith("/")) return "a name has no empty segment";
  const segments = text.slice(1).split("/");
  if (segments.length > DEEPEST) return `a name has at most ${DEEPEST} levels`;
  if (segments.some((segment) => segment === "." || segment === "..")) return "a name has no . or .. segment";
  if (/^(aws|ssm)/i.test(segments[0] ?? "")) return "names that begin with aws or ssm are reserved";
  const longest = LONGEST_ARN - "arn:aws-us-gov:ssm:ap-southeast-99:123456789012:parameter".length;
  if (text.length > longest) return `a name has at most ${longest} characters`;
  return undefined;
}

/** @throws TypeError when `text` is no name: callers have asked `nameProblem`, or hold what the store returned. */
export function parameterName(text: string): ParameterName {
  const problem = nameProblem(text);
  if (problem !== undefined) throw new TypeError(problem);
  return text as ParameterName;
}

/** Parameter Store knows a one-segment name as both `x` and `/x`; paraform knows one spelling. */
export function fromStore(text: string): ParameterName {
  return (text.startsWith("/") ? text : `/${text}`) as ParameterName;
}

/** Where paraform keeps its own parameters of an environment: never swept, never declared. */
export const OWN_ROOT = "/paraform/";
