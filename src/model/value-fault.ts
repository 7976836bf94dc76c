import { createContext, Script } from "node:vm";

/** What Parameter Store refuses of a value. `nested`: it has `{{…}}`, which would be another parameter's value. */
export type ValueFault = "empty" | "too_large" | "nested" | "mismatch";

/** What holds of one parameter's values: the most bytes of UTF-8, and its allowedPattern. */
export interface ValueLimits {
  readonly bytes?: number;
  readonly pattern?: string | undefined;
}

/** All that PutParameter would refuse of `text` (API reference, PutParameter), the worst first. */
export function valueFaults(text: string, { bytes, pattern }: ValueLimits): readonly ValueFault[] {
  if (text === "") return ["empty"];
  const faults: ValueFault[] = [];
  if (bytes !== undefined && Buffer.byteLength(text) > bytes) faults.push("too_large");
  if (/\{\{[^}]*\}\}/.test(text)) faults.push("nested");
  if (pattern !== undefined && !mayMatch(pattern, text)) faults.push("mismatch");
  return faults;
}

/** Milliseconds that a pattern is given: one that backtracks without end is left to Parameter Store. */
const PATIENCE = 500;
/** One that took that long once is not tried again, and after so many of them none is: each would cost as much. */
const MOST_ENDLESS = 4;
const endless = new Set<string>();
/** One for all patterns: a context takes longer to make than most patterns to match. */
const MATCHING = new Script("expression.test(text)");
let context: { expression?: RegExp; text?: string } | undefined;

/** Also true of a pattern that is none to us. */
function mayMatch(pattern: string, text: string): boolean {
  if (endless.size === MOST_ENDLESS || endless.has(pattern)) return true;
  context ??= createContext({});
  try {
    Object.assign(context, { expression: new RegExp(pattern), text });
    return MATCHING.runInContext(context, { timeout: PATIENCE }) as boolean;
  } catch (error) {
    if (isTimeout(error)) endless.add(pattern);
    return true;
  } finally {
    delete context.text;
  }
}

/** The error may be one of the other context. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}
