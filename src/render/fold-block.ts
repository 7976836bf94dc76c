import type { ResourceChange } from "../plan/plan.ts";
import type { Fold } from "./cause.ts";
import { actionSign, indentedAttributes } from "./change-block.ts";
import type { Paint } from "./colour.ts";
import { escapeText, type Foreign } from "./escape.ts";
import { fateText } from "./fate.ts";
import { placeText } from "./reason.ts";
import { aligned, counted, listed } from "./wording.ts";

type Source = Exclude<Fold["cause"], "stamps">;

/**
 * The block of a fold: the cause as its heading, what happens to each member once, and the members as a list. What is
 * created is in the headings by its names, as it is where it stands by itself.
 */
export function foldBlock(fold: Fold, paint: Paint): string[] {
  const { cause } = fold;
  const isNew = cause !== "stamps" && fold.action === "create";
  const rows = aligned(
    fold.members.map((member) => [
      isNew ? paint(`# ${fateText(member, escapeText)}`, "bold") : escapeText(member.address),
      paint(placeText(member.origin, escapeText), "grey"),
    ]),
  );
  const heading = isNew
    ? [...rows.map((row) => `  ${row}`), `  # (${contentText(cause, fold.members, escapeText)})`]
    : [`  ${paint(`# ${causeText(fold, escapeText)}`, "bold")}`];
  const list = isNew ? [] : rows.map((row) => `        ${row}`);
  const lines = indentedAttributes(fold.lines, paint);
  return [
    ...heading,
    ...(cause === "stamps" ? ["  # (values and attributes stay)"] : []),
    `${actionSign(fold.action, paint)}${counted(fold.members.length, "parameter")} {`,
    ...lines,
    ...(lines.length > 0 && list.length > 0 ? [""] : []),
    ...list,
    "    }",
  ];
}

/**
 * What a fold stands for: `/dba/pw changes (version 3 -> planned): 14 copies follow`, or `14 copies of /dba/pw version 3
 * will be created`.
 */
export function causeText(fold: Fold, foreign: Foreign): string {
  const { cause, root, action, members } = fold;
  if (cause === "stamps") return "only stamps are renewed";
  if (action === "create") return `${contentText(cause, members, foreign)} will be created`;
  return `${foreign(cause.address)} ${versionText(cause, root)}: ${followersText(members)} ${members.length === 1 ? "follows" : "follow"}`;
}

/** What the members are: `14 copies of /dba/pw version 3`. */
function contentText(cause: Source, members: Fold["members"], foreign: Foreign): string {
  const state = cause.version === "planned" ? "as planned" : `version ${cause.version}`;
  return `${followersText(members)} of ${foreign(cause.address)} ${state}`;
}

function followersText(members: Fold["members"]): string {
  return listed(
    [
      [members.filter(hasRule("copy")).length, "copy", "copies"] as const,
      [members.filter(hasRule("merge")).length, "merge", "merges"] as const,
      [members.filter(hasRule("generate")).length, "derived value", "derived values"] as const,
    ].flatMap(([count, one, many]) => (count === 0 ? [] : [counted(count, one, many)])),
  );
}

function hasRule(rule: "copy" | "merge" | "generate"): (change: ResourceChange) => boolean {
  return ({ origin }) => origin?.rule === rule;
}

function versionText(cause: Source, root: ResourceChange | undefined): string {
  if (cause.version !== "planned") return `changed (now version ${cause.version})`;
  const live = root?.precondition;
  return live == null ? "changes in this plan" : `changes (version ${live.version} -> planned)`;
}
