import { UserError } from "../model/error.ts";
import { nameProblem, OWN_ROOT, type ParameterName } from "../model/name.ts";

/** A name that a person gave; what is none is not repeated, for it may be a secret. @throws UserError also for paraform's own */
export function parameterNamed(text: string): ParameterName {
  const problem = nameProblem(text);
  if (problem !== undefined) {
    throw new UserError(`this is no parameter name: ${problem}`, {
      hint: "names look like /team/service/key",
    });
  }
  if (text.startsWith(OWN_ROOT)) {
    throw new UserError("paraform's own parameters are no business of the hand tools", {
      hint: `leave what lies under ${OWN_ROOT} to paraform`,
    });
  }
  return text as ParameterName;
}
