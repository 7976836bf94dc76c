import type { Plan } from "../plan/plan.ts";
import type { Foreign } from "./escape.ts";
import { listed } from "./wording.ts";

/** Of environment.json; more of them, or longer ones, are in no file but a forged one. */
const MOST_KEYS = 40;

/**
 * What a proposal changes that the fingerprint does not cover, in words for every format; `undefined` where it changes
 * none of it. `quoted` sets a word apart.
 */
export function proposedConcern(
  { proposed }: Plan,
  quoted: Foreign,
): { readonly title: string; readonly text: string } | undefined {
  if (proposed === undefined || proposed.changes.length === 0) return undefined;
  return {
    title: `This proposal changes ${quoted("environment.json")}:`,
    text: `${listed(proposed.changes.slice(0, MOST_KEYS).map(quoted))}. The plan is made with that of the trusted revision; the next one after the merge is not.`,
  };
}
