import { actionOf } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";
import type { Foreign } from "./escape.ts";
import { counted, listedUpTo } from "./wording.ts";

export const LOST_NAMES_TITLE = "Names that go with a move";

/** A reader that finds nothing by some names any more, in words for every format; `subject` is fit for its format already. */
export interface LostNamesRow {
  readonly subject: string;
  readonly text: string;
}

/** More names than this are counted: the changes name them all. */
const MOST_NAMES = 3;

/** A move keeps the value and deletes the former name: to whoever reads it by that name it is a deletion. */
export function lostNamesRows(
  { readers, resource_changes }: Pick<Plan, "readers" | "resource_changes">,
  foreign: Foreign,
): LostNamesRow[] {
  const former = new Set(
    resource_changes.flatMap((change) =>
      actionOf(change) === "move" && change.previous_address !== undefined ? [change.previous_address] : [],
    ),
  );
  return readers.flatMap(({ reader, changes }) => {
    const names = changes.filter((name) => former.has(name));
    if (names.length === 0) return [];
    const [verb, them] = names.length === 1 ? ["goes", "that name"] : ["go", "these names"];
    const listed = listedUpTo(MOST_NAMES, names, foreign);
    const text = `${counted(names.length, "name")} ${verb}: ${listed}; whoever reads by ${them} finds nothing then`;
    return [{ subject: foreign(reader), text }];
  });
}
