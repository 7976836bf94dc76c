import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { valueFaults } from "../model/value-fault.ts";
import type { FoundValue, ValueFinding } from "./source-reading.ts";

/** What stands in templates and examples until somebody sets the real value. */
const PLACEHOLDER =
  /^(?:change[-_ ]?(?:me|it)|replace[-_ ]?(?:me|this)|to[-_ ]?do|fix[-_ ]?me|tbd|x{3,}|placeholder|secret|password|null|none|undefined|<.*>|\$\{.*\})$/is;

/** What Parameter Store does not take as it is, is an error; what looks like an accident is a warning. */
export function inspectValue(
  name: ParameterName,
  { value, from, at }: FoundValue,
): (Problem | ValueFinding)[] {
  const text = value.expose();
  const error = (what: string, hint: string): Problem[] => [
    { severity: "error", ...at, summary: `the value of ${name} in ${from} ${what}`, hint },
  ];
  const faults = valueFaults(text, {});
  if (faults.includes("empty"))
    return error("is empty", "Parameter Store takes no empty value: set it, or leave the entry out");
  if (/\p{Surrogate}/u.test(text))
    return error("is not Unicode", "half a surrogate pair is no text: encode it first");
  if (faults.includes("nested"))
    return error("has {{…}} in it", "Parameter Store refuses parameters inside parameters: encode it first");
  const warning = (code: ValueFinding["code"], summary: string): ValueFinding => ({
    severity: "warning",
    code,
    summary,
    address: name,
    file: at.file,
    line: at.line,
  });
  return [
    ...(/[\r\n]$/.test(text)
      ? [warning("trailing_newline", `the value of ${name} in ${from} ends with a line break`)]
      : []),
    ...(PLACEHOLDER.test(text.trim())
      ? [warning("placeholder", `the value of ${name} in ${from} looks like a placeholder`)]
      : []),
  ];
}
