import type { Plan } from "../plan/plan.ts";
import type { Foreign } from "./escape.ts";
import { counted, listedUpTo } from "./wording.ts";

export const READERS_TITLE = "Who reads what changes";
export const GAINS_TITLE = "Who gains a secret";

/** A reader, and what a plan does for it, in words for every format. */
export interface ReaderRow {
  /** Fit for its format already. */
  readonly subject: string;
  readonly text: string;
  /** It will read a secret that it could not read before. */
  readonly gains: boolean;
}

export type ReaderKind = Plan["readers"][number]["kind"];

/** What a reader is, and what several are. */
export const KINDS: Readonly<Record<ReaderKind, { readonly one: string; readonly many: string }>> = {
  service: { one: "service to redeploy", many: "services to redeploy" },
  shared: { one: "shared by all services", many: "paths shared by all services" },
  owner: { one: "owner", many: "owners" },
};

/** More secrets than this are counted: the changes name them all. */
const MOST_GAINS = 3;

/** The readers of a plan, those that gain something first. */
export function readerRows({ readers }: Pick<Plan, "readers">, foreign: Foreign): ReaderRow[] {
  const rows = readers.map(({ reader, kind, changes, gains }) => ({
    subject: foreign(reader),
    text: `${KINDS[kind].one}, ${counted(changes.length, "value")}${gainsText(gains, foreign)}`,
    gains: gains.length > 0,
  }));
  return [...rows.filter(({ gains }) => gains), ...rows.filter(({ gains }) => !gains)];
}

function gainsText(gains: Plan["readers"][number]["gains"], foreign: Foreign): string {
  if (gains.length === 0) return "";
  return `; gains ${listedUpTo(MOST_GAINS, gains, ({ secret }) => foreign(secret))}, which it could not read before`;
}
