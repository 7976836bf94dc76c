import { type Action, actionOf } from "../plan/action.ts";
import type { ResourceChange } from "../plan/plan.ts";
import { type AttributeLine, attributeLines, type Sign } from "./attribute-lines.ts";
import type { Entry, Fold } from "./cause.ts";
import { indentedAttributes } from "./change-block.ts";
import { painter } from "./colour.ts";
import type { Foreign } from "./escape.ts";
import { fateText, SIGNS } from "./fate.ts";
import { causeText } from "./fold-block.ts";
import { folderOf } from "./folder.ts";
import { fenced, folded, item } from "./markdown-text.ts";
import { EXPOSED, placeText, reasonTextsBeside } from "./reason.ts";
import { counted } from "./wording.ts";

/** How much of a list is told. */
export interface Amount {
  /** With the attributes of each change; without, a change is one line. */
  readonly attributes: boolean;
  /** The most rows of a list. */
  readonly rows: number;
  readonly foreign: Foreign;
}

/** GitHub colours a diff by the first character of a line; `!` is what changes. */
const DIFF_SIGNS: Readonly<Record<Sign, string>> = { "+": "+", "-": "-", "~": "!", " ": " " };

/** One change as a list item: what happens to which parameter, why and where it is declared. */
export function changeItem(change: ResourceChange, { attributes, foreign }: Amount): string[] {
  const place = placeText(change.origin, foreign);
  const exposed = change.exposes === true ? [`**${EXPOSED}**`] : [];
  const why = [...exposed, ...reasonTextsBeside(change, foreign), ...(place === "" ? [] : [`at ${place}`])];
  const text = `${sign(actionOf(change))} ${fateText(change, foreign)}: ${why.join("; ")}`;
  const lines = attributes ? diffLines(attributeLines(change, painter(false), false).lines) : [];
  return item(text, lines.length === 0 ? [] : fenced("diff", lines));
}

function diffLines(lines: readonly AttributeLine[]): string[] {
  return lines.flatMap((line) =>
    indentedAttributes([line], painter(false)).map((text, index) => {
      // Lines of a text's own diff stand behind a gutter: their sign goes to the front.
      const own = /^ {10}\| ([-+ @])(.*)$/.exec(text);
      if (own !== null) return own[1] === "@" ? `@${own[2]}` : `${own[1]}   ${own[2]}`;
      return `${index === 0 ? DIFF_SIGNS[line.sign] : " "} ${index === 0 ? text.slice(8) : text.slice(6)}`;
    }),
  );
}

/** A change, or a cause with its followers folded away. */
export function entryItem(entry: Entry, amount: Amount): string[] {
  return entry.kind === "change" ? changeItem(entry.change, amount) : foldItem(entry, amount);
}

function foldItem(fold: Fold, { attributes, rows, foreign }: Amount): string[] {
  const members = fold.members.map((member) => {
    const place = placeText(member.origin, foreign);
    return item(`${foreign(member.address)}${place === "" ? "" : ` at ${place}`}`);
  });
  const list = folded(counted(fold.members.length, "parameter"), capped(members, rows));
  const lines = attributes && fold.lines.length > 1 ? fenced("diff", diffLines(fold.lines)) : [];
  return item(foldText(fold, foreign), [...lines, ...list]);
}

function foldText(fold: Fold, foreign: Foreign): string {
  const [only, ...others] = fold.lines;
  const value = only === undefined || others.length > 0 ? "" : `, value ${foreign(only.text)}`;
  return `${sign(fold.action)} ${causeText(fold, foreign)}${value}`;
}

/** Entries without their names: each cause in a line, the other changes counted by action and folder. */
export function countItems(entries: readonly Entry[], { rows, foreign }: Amount): string[] {
  const counts = new Map<string, { action: Action; folder: string; count: number }>();
  const causes: string[][] = [];
  for (const entry of entries) {
    if (entry.kind === "fold") {
      causes.push(item(foldText(entry, foreign)));
      continue;
    }
    const [action, folder] = [actionOf(entry.change), folderOf(entry.change.address)];
    const key = `${action} ${folder}`;
    const known = counts.get(key) ?? { action, folder, count: 0 };
    counts.set(key, { ...known, count: known.count + 1 });
  }
  const largest = [...counts.values()].sort((one, other) => other.count - one.count);
  const folders = largest.map(({ action, folder, count }) =>
    item(`${sign(action)} ${counted(count, "parameter")} under ${foreign(folder)}`),
  );
  const others = largest.slice(rows);
  const left = others.reduce((sum, { count }) => sum + count, 0);
  return [
    ...capped(causes, rows),
    ...folders.slice(0, rows).flat(),
    ...(left > 0
      ? item(`and ${counted(left, "parameter")} in ${counted(others.length, "more folder")}`)
      : []),
  ];
}

/** The first of `items`, and how many more there are. */
export function capped(items: readonly (readonly string[])[], rows: number): string[] {
  const more = items.length - rows;
  return [...items.slice(0, rows).flat(), ...(more > 0 ? item(`and ${more} more`) : [])];
}

function sign(action: Action): string {
  return `\`${SIGNS[action]}\``;
}
