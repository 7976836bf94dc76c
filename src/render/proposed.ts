import { CHANGED_SOPS_FILES, type Plan } from "../plan/plan.ts";
import type { Foreign } from "./escape.ts";
import { listed } from "./wording.ts";

/** Of environment.json; more of them, or longer ones, are in no file but a forged one. */
const MOST_KEYS = 40;

/** Codes of the findings that say what `proposedConcerns` says. */
export const PROPOSED_CODES: readonly string[] = ["environment_proposed", "sops_proposed"];

export interface ProposedConcern {
  readonly title: string;
  readonly text: string;
}

/** What a proposal changes that the fingerprint does not cover, in words for every format. `quoted` sets a word apart. */
export function proposedConcerns({ proposed }: Plan, quoted: Foreign): ProposedConcern[] {
  const changes = proposed?.changes ?? [];
  const keys = changes.filter((key) => key !== CHANGED_SOPS_FILES);
  const concerns: ProposedConcern[] = [];
  if (keys.length > 0) {
    concerns.push({
      title: `This proposal changes ${quoted("environment.json")}:`,
      text: `${listed(keys.slice(0, MOST_KEYS).map(quoted))}. The plan is made with that of the trusted revision; the next one after the merge is not.`,
    });
  }
  if (keys.length < changes.length) {
    concerns.push({
      title: "This proposal changes a SOPS file that an apply decrypts:",
      text: `by it ${quoted("sops")} knows whom to ask for its key, with what the job may use. See who is asked there before you approve.`,
    });
  }
  return concerns;
}
