import { type Action, actionOf } from "../plan/action.ts";
import type { Plan, ResourceChange } from "../plan/plan.ts";
import { foldCauses } from "./cause.ts";
import { actionSign, changeBlock } from "./change-block.ts";
import { type Paint, painter } from "./colour.ts";
import { commandText } from "./command-text.ts";
import { diagnosticSections } from "./diagnostics.ts";
import { escapeText } from "./escape.ts";
import { foldBlock } from "./fold-block.ts";
import { reasonTexts } from "./reason.ts";
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
  readonly applyOptions?: Readonly<Record<string, string>>;
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
    withheldSection(plan, paint),
    blockedSection(plan, paint),
    conflictSection(plan, paint),
    guardSection(plan, paint),
    ...diagnosticSections(plan.diagnostics, paint),
    summarySection(plan, changes, options.estimateSeconds, paint),
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
  const flags = [
    ...inputs.target.map((glob) => `--target=${escapeText(glob)}`),
    ...inputs.exclude.map((glob) => `--exclude=${escapeText(glob)}`),
    ...inputs.delete.map((glob) => `--delete=${escapeText(glob)}`),
    ...inputs.regenerate.map((glob) => `--regenerate=${escapeText(glob)}`),
    ...Object.entries(inputs.rollback ?? {}).map(
      ([name, version]) => `rollback of ${escapeText(name)} to version ${version}`,
    ),
    ...Object.entries(inputs.allow).map(([name, count]) => `--allow ${escapeText(name)}=${count}`),
  ];
  return [
    `Environment ${escapeText(environment.name)}${where === "" ? "" : ` (${where})`}, owner ${escapeText(environment.owner)}`,
    ...(flags.length === 0 ? [] : [`Planned with ${flags.join(" ")}`]),
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
      reasonTexts(change).join("; "),
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

function summarySection(
  plan: Plan,
  changes: readonly ResourceChange[],
  estimateSeconds: number | undefined,
  paint: Paint,
): Section {
  const count = (...actions: readonly Action[]) =>
    changes.filter((change) => actions.includes(actionOf(change))).length;
  const clean = plan.complete && plan.blocked.length + plan.conflicts.length === 0;
  if (changes.length === 0 && !plan.complete) return [];
  const fingerprint = plan.fingerprint === "" ? [] : [`Fingerprint: ${escapeText(plan.fingerprint)}`];
  if (changes.length === 0 && clean) {
    return [`${paint("No changes.", "bold", "green")} ${paint(inSyncText(plan), "bold")}`, ...fingerprint];
  }
  const [move, forget] = [count("move"), count("forget")];
  const add = count("create", "replace");
  const change = count("update");
  const destroy = count("delete", "replace");
  const writes = 2 * move + forget + add + change + destroy;
  return [
    `${paint("Plan:", "bold")} ${move === 0 ? "" : `${move} to move, `}${forget === 0 ? "" : `${forget} to forget, `}${add} to add, ${change} to change, ${destroy} to destroy.`,
    ...(estimateSeconds === undefined || writes === 0
      ? []
      : [`Estimated apply: ${counted(writes, "write")}, about ${duration(estimateSeconds)}`]),
    ...fingerprint,
  ];
}

function inSyncText({ withheld, inputs }: Plan): string {
  if (withheld.length > 0) return "Parameter Store has all that is configured, and more.";
  const part = inputs.target.length + inputs.exclude.length > 0 ? "what was asked for in " : "";
  return `Parameter Store matches ${part}the configuration.`;
}

function closingSection(
  { applyable }: Plan,
  changes: readonly ResourceChange[],
  { savedTo, applyOptions = {} }: PlanRendering,
): Section {
  if (savedTo === undefined || (savedTo === null && changes.length === 0)) return [];
  if (savedTo === null) {
    return [
      RULE,
      "",
      "Note: this plan was not saved (--out FILE), so an apply now plans again and may decide otherwise.",
    ];
  }
  return [
    RULE,
    "",
    `Saved the plan to: ${escapeText(savedTo)}`,
    ...(applyable && changes.length > 0
      ? [
          "",
          "To perform exactly these actions, run the following command to apply:",
          `    ${commandText(["apply", savedTo], applyOptions)}`,
        ]
      : []),
  ];
}
