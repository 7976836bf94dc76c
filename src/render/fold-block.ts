import type { ResourceChange } from "../plan/plan.ts";
import type { Fold } from "./cause.ts";
import { actionSign } from "./change-block.ts";
import type { Paint } from "./colour.ts";
import { escapeText, type Foreign } from "./escape.ts";
import { placeText } from "./reason.ts";
import { aligned, counted, listed } from "./wording.ts";

/** The block of a fold: the cause as its heading, what happens to each member once, and the members as a list. */
export function foldBlock(fold: Fold, paint: Paint): string[] {
  const rows = aligned(
    fold.members.map(
      (member) => [escapeText(member.address), paint(placeText(member.origin, escapeText), "grey")] as const,
    ),
  );
  const sign = actionSign(fold.action, paint);
  return [
    `  ${paint(`# ${causeText(fold, escapeText)}`, "bold")}`,
    ...(fold.cause === "stamps" ? ["  # (values and attributes stay)"] : []),
    `${sign}${counted(fold.members.length, "parameter")} {`,
    ...(fold.value === "" ? [] : [`    ${sign}value = ${fold.value}`, ""]),
    ...rows.map((row) => `        ${row}`),
    "    }",
  ];
}

/** What a fold stands for: `/dba/pw changes (version 3 -> planned): 14 copies follow`. */
export function causeText({ cause, root, members }: Fold, foreign: Foreign): string {
  if (cause === "stamps") return "only stamps are renewed";
  const followers = listed(
    [
      [members.filter(hasRule("copy")).length, "copy", "copies"] as const,
      [members.filter(hasRule("merge")).length, "merge", "merges"] as const,
      [members.filter(hasRule("generate")).length, "derived value", "derived values"] as const,
    ].flatMap(([count, one, many]) => (count === 0 ? [] : [counted(count, one, many)])),
  );
  return `${foreign(cause.address)} ${versionText(cause, root)}: ${followers} ${members.length === 1 ? "follows" : "follow"}`;
}

function hasRule(rule: "copy" | "merge" | "generate"): (change: ResourceChange) => boolean {
  return ({ origin }) => origin?.rule === rule;
}

function versionText(cause: Exclude<Fold["cause"], "stamps">, root: ResourceChange | undefined): string {
  if (cause.version !== "planned") return `changed (now version ${cause.version})`;
  const live = root?.precondition;
  return live == null ? "changes in this plan" : `changes (version ${live.version} -> planned)`;
}
