import { type Action, actionOf } from "../plan/action.ts";
import type { Plan, ResourceChange } from "../plan/plan.ts";
import { foldCauses } from "./cause.ts";
import { actionSign, changeBlock } from "./change-block.ts";
import { type Paint, painter } from "./colour.ts";
import { commandText } from "./command-text.ts";
import { diagnosticSections } from "./diagnostics.ts";
import { escapeText } from "./escape.ts";
import { foldBlock } from "./fold-block.ts";
import { headlineOf } from "./headline.ts";
import { LOST_NAMES_TITLE, lostNamesRows } from "./lost-names.ts";
import { applyPlace, inputWords, type Place, rollbackText } from "./next-command.ts";
import { READERS_TITLE, readerRows } from "./reader-rows.ts";
import { EXPOSED, reasonTexts } from "./reason.ts";
import {
  blockedSection,
  conflictSection,
  guardSection,
  refusalSection,
  type Section,
  withheldSection,
} from "./refusals.ts";
import { aligned, counted, duration } from "./wording.ts";

export interface PlanRendering {
  readonly color: boolean;
  /** Unfolds what follows from one cause, and shows what stays as it is. */
  readonly verbose?: boolean;
  /** One line a change, without its attributes. */
  readonly concise?: boolean;
  /** The file the plan was saved to; null to say that it was not saved; absent to say neither. */
  readonly savedTo?: string | null;
  /** Options that an apply of the saved plan needs too, by name. */
  readonly applyOptions?: Place;
  readonly estimateSeconds?: number;
}

const RULE = "─".repeat(78);

/** The plan for people, in Terraform's words. It ends with a newline. */
export function renderPlan(plan: Plan, options: PlanRendering): string {
  const paint = painter(options.color);
  const changes = plan.resource_changes.filter((change) => actionOf(change) !== "no-op");
  const sections: Section[] = [
    headerSection(plan),
    ...(options.concise
      ? [conciseSection(options.verbose ? plan.resource_changes : changes, paint)]
      : actionSections(plan, changes, paint, options.verbose ?? false)),
    adoptionSection(changes, paint),
    lostNamesSection(plan, paint, options.verbose ?? false),
    readerSection(plan, paint, options.verbose ?? false),
    withheldSection(plan, paint),
    blockedSection(plan, paint),
    conflictSection(plan, paint),
    guardSection(plan, paint),
    ...diagnosticSections(plan.diagnostics, paint),
    summarySection(plan, options.estimateSeconds, paint),
    refusalSection(plan, paint),
    closingSection(plan, changes, options),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

function headerSection({ environment, inputs }: Plan): Section {
  const { account, region, endpoint } = environment;
  const where = [
    ...(account === "" ? [] : [`account ${escapeText(account)}`]),
    ...(region === "" ? [] : [escapeText(region)]),
    ...(endpoint === undefined ? [] : [`endpoint ${escapeText(endpoint)}`]),
  ].join(", ");
  const back = rollbackText(inputs, escapeText);
  const flags = inputWords(inputs).map(escapeText);
  const shaped = flags.length === 0 ? [] : [`Planned with ${flags.join(" ")}`];
  return [
    `Environment ${escapeText(environment.name)}${where === "" ? "" : ` (${where})`}, owner ${escapeText(environment.owner)}`,
    ...(back === undefined ? shaped : [`R${back.slice(1)}`]),
  ];
}

const LEGEND: readonly (readonly [Action, string])[] = [
  ["create", "create"],
  ["move", "create under the new name and then destroy the former one"],
  ["update", "update in-place"],
  ["delete", "destroy"],
  ["replace", "destroy and then create replacement"],
  ["forget", "forget"],
];

function actionSections(
  plan: Plan,
  changes: readonly ResourceChange[],
  paint: Paint,
  verbose: boolean,
): Section[] {
  if (changes.length === 0) return [];
  const used = new Set(changes.map(actionOf));
  const legend = LEGEND.filter(([action]) => used.has(action));
  const entries = verbose
    ? changes.map((change) => ({ kind: "change", change }) as const)
    : foldCauses(changes);
  return [
    [
      "Parameter actions are indicated with the following symbols:",
      ...legend.map(([action, text]) => `${actionSign(action, paint)}${text}`),
    ],
    [
      plan.complete
        ? "paraform will perform the following actions:"
        : "paraform planned the following actions, but could not read everything:",
    ],
    ...entries.map((entry) =>
      entry.kind === "fold" ? foldBlock(entry, paint) : changeBlock(entry.change, paint, verbose),
    ),
  ];
}

function conciseSection(changes: readonly ResourceChange[], paint: Paint): Section {
  return aligned(
    changes.map((change) => [
      `${actionSign(actionOf(change), paint)}${escapeText(change.address)}`,
      [
        ...(change.exposes === true ? [paint(EXPOSED, "bold", "red")] : []),
        ...reasonTexts(change, escapeText),
      ].join("; "),
    ]),
  );
}

function adoptionSection(changes: readonly ResourceChange[], paint: Paint): Section {
  const adopted = changes.filter((change) => change.action_reason === "adopted");
  if (adopted.length === 0) return [];
  return [
    paint(`Adopted (${counted(adopted.length, "parameter")} that paraform did not write so far):`, "bold"),
    ...adopted.map((change) => `  ${escapeText(change.address)}`),
  ];
}

/** More readers than this are counted, unless `verbose` or they gain something. */
const MOST_READERS = 10;

function readerSection(plan: Plan, paint: Paint, verbose: boolean): Section {
  const rows = readerRows(plan, escapeText);
  if (rows.length === 0) return [];
  const gaining = rows.filter(({ gains }) => gains).length;
  const shown = verbose ? rows : rows.slice(0, Math.max(gaining, MOST_READERS));
  const lines = aligned(shown.map(({ subject, text }): [string, string] => [subject, text]));
  return [
    paint(`${READERS_TITLE}:`, "bold"),
    ...lines.map((line) => `  ${line}`),
    ...(rows.length > shown.length ? [`  and ${rows.length - shown.length} more (--verbose)`] : []),
  ];
}

function lostNamesSection(plan: Plan, paint: Paint, verbose: boolean): Section {
  const rows = lostNamesRows(plan, escapeText);
  if (rows.length === 0) return [];
  const shown = verbose ? rows : rows.slice(0, MOST_READERS);
  return [
    paint(`${LOST_NAMES_TITLE}:`, "bold"),
    ...aligned(shown.map(({ subject, text }): [string, string] => [subject, text])).map(
      (line) => `  ${line}`,
    ),
    ...(rows.length > shown.length ? [`  and ${rows.length - shown.length} more (--verbose)`] : []),
  ];
}

function summarySection(plan: Plan, estimateSeconds: number | undefined, paint: Paint): Section {
  const headline = headlineOf(plan);
  if (headline === undefined) return [];
  const { label, text, inSync, writes } = headline;
  const fingerprint = plan.fingerprint === "" ? [] : [`Fingerprint: ${escapeText(plan.fingerprint)}`];
  if (label === "No changes.") {
    return [
      `${inSync ? paint(label, "bold", "green") : paint(label, "bold")} ${paint(text, "bold")}`,
      ...fingerprint,
    ];
  }
  return [
    `${paint(label, "bold")} ${text}`,
    ...(estimateSeconds === undefined || writes === 0
      ? []
      : [`Estimated apply: ${counted(writes, "write")}, about ${duration(estimateSeconds)}`]),
    ...fingerprint,
  ];
}

function closingSection(
  { applyable, inputs, proposed }: Plan,
  changes: readonly ResourceChange[],
  { savedTo, applyOptions = {} }: PlanRendering,
): Section {
  if (savedTo === undefined || (savedTo === null && changes.length === 0)) return [];
  if (savedTo === null) {
    return [
      RULE,
      "",
      inputs.rollback === undefined
        ? "Note: this plan was not saved (--out FILE), so an apply now plans again and may decide otherwise."
        : "Note: this plan was not saved, and no other apply rolls back: plan it again with --out FILE, and apply FILE.",
    ];
  }
  return [
    RULE,
    "",
    `Saved the plan to: ${escapeText(savedTo)}`,
    ...(applyable && changes.length > 0
      ? [
          "",
          proposed === undefined
            ? "To perform exactly these actions, run the following command to apply:"
            : "To perform exactly these actions after the merge, run this in a checkout of the trusted branch, never of the proposal:",
          `    ${commandText(["apply", savedTo], applyPlace(applyOptions))}`,
        ]
      : []),
  ];
}
