import type { Plan } from "../plan/plan.ts";
import type { Paint } from "./colour.ts";
import { escapeText, quoteText, shellWord } from "./escape.ts";
import { aligned, counted } from "./wording.ts";

/** What the plan leaves undone or apply will refuse, each with its remedy. Every section is a list of lines, empty when there is nothing to say. */
export type Section = readonly string[];

export function withheldSection(plan: Plan, paint: Paint): Section {
  if (plan.withheld.length === 0) return [];
  const isProtected = (reason: string) => reason === "protected";
  const rows = aligned(
    plan.withheld.map(
      ({ address, action_reason }) => [`- ${escapeText(address)}`, withheldText(action_reason)] as const,
    ),
  );
  const deletable = plan.withheld.some(({ action_reason }) => !isProtected(action_reason));
  return [
    paint("Withheld (not part of this plan):", "bold"),
    ...rows.map((row) => `  ${row}`),
    ...(deletable ? hint("plan again with --delete to destroy what is no longer in configuration") : []),
  ];
}

function withheldText(reason: string): string {
  switch (reason) {
    case "not_in_config":
      return "no longer in configuration";
    case "removed":
      return "removed on purpose";
    case "protected":
      return "protected: it is never deleted";
    default:
      return escapeText(reason);
  }
}

export function blockedSection(plan: Plan, paint: Paint): Section {
  if (plan.blocked.length === 0) return [];
  const rows = aligned(
    plan.blocked.map(
      ({ address, reason, on }) =>
        [`${paint("!", "red")} ${escapeText(address)}`, blockedText(reason, on)] as const,
    ),
  );
  const reasons = [...new Set(plan.blocked.map(({ reason }) => reason))];
  return [
    paint("Blocked (left as they are, and so is what follows from them):", "bold"),
    ...reasons.flatMap((reason) => [
      ...rows.filter((_, index) => plan.blocked[index]?.reason === reason).map((row) => `  ${row}`),
      ...hint(remedyOf(reason)),
    ]),
  ];
}

function blockedText(reason: string, on: string | null): string {
  const input = on === null ? "an input" : escapeText(on);
  switch (reason) {
    case "missing":
      return "it does not exist and no source has its value";
    case "unstamped":
      return on === null
        ? "it exists, but paraform did not write it"
        : `${input}, which it moves from, bears no stamp: adopt it under that name first`;
    case "input_missing":
      return `${input} does not exist`;
    case "input_blocked":
      return `${input} is blocked`;
    case "downgrade":
      return `${input} is a SecureString, and what follows from it is not`;
    case "value_too_large":
      return "its value is too large for its tier";
    case "cannot_replace":
      return "it would have to be replaced, and its value cannot be made again";
    case "protected":
      return on === null
        ? "it is protected and would have to be replaced or regenerated"
        : `${input}, which it moves from, is protected`;
    default:
      return on === null ? escapeText(reason) : `${escapeText(reason)} (${input})`;
  }
}

function remedyOf(reason: string): string | undefined {
  switch (reason) {
    case "missing":
      return "let its owner put it, or give it a value in one of the environment's sources";
    case "unstamped":
      return "if it is this configuration's to write, name it under adopt";
    case "input_missing":
      return "let the owner of the input put it, or declare it";
    case "input_blocked":
      return "unblock the input first";
    case "downgrade":
      return "make it a SecureString";
    case "value_too_large":
      return "give it the Advanced tier, or a shorter value";
    case "cannot_replace":
      return "put the attribute back as it is live, or give it a value in one of the environment's sources";
    case "protected":
      return "take it out of protect in environment.json, in a change of its own";
    default:
      return undefined;
  }
}

export function conflictSection(plan: Plan, paint: Paint): Section {
  if (plan.conflicts.length === 0) return [];
  const rows = plan.conflicts.map(({ address, owner }) => {
    const why = owner === null ? "its stamp does not verify" : `it belongs to ${quoteText(owner)}`;
    return [`${paint("!", "red")} ${escapeText(address)}`, why] as const;
  });
  return [
    paint("Conflicts (somebody else's, and left as they are):", "bold"),
    ...aligned(rows).map((row) => `  ${row}`),
    ...(plan.conflicts.some(({ owner }) => owner !== null)
      ? hint("agree with the owner; to take it over, name it and its owner under adopt")
      : []),
    ...(plan.conflicts.some(({ owner }) => owner === null)
      ? hint(
          "a stamp that does not verify was edited or copied: find out who wrote it (paraform explain NAME)",
        )
      : []),
  ];
}

export function guardSection(plan: Plan, paint: Paint): Section {
  const tripped = trippedGuards(plan);
  if (tripped.length === 0) return [];
  const rows = tripped.map(({ name, limit, count }) => {
    const allow = shellWord(`${name}=${count}`) ?? "NAME=N";
    const allowed = plan.inputs.allow[name];
    const remedy =
      allowed === undefined
        ? `to go on: --allow ${allow}`
        : `not the ${allowed} of --allow: leave it away or say ${allow}`;
    return [`${paint("!", "red")} ${guardText(name, count, limit)}`, remedy] as const;
  });
  return [paint("Guards tripped:", "bold"), ...aligned(rows).map((row) => `  ${row}`)];
}

/** `blocked` is a guard like the others to `--allow`; to a reader it is the list of the blocked. */
function trippedGuards(plan: Plan): Plan["guards"] {
  return plan.guards.filter(({ name, tripped }) => tripped && name !== "blocked");
}

function guardText(name: string, count: number, limit: number): string {
  switch (name) {
    case "delete":
      return `delete: ${counted(count, "parameter")} destroyed, the limit is ${limit}`;
    case "update":
      return `update: ${counted(count, "parameter")} changed, the limit is ${limit}`;
    case "regenerate":
      return `regenerate: ${counted(count, "value")} generated anew, the limit is ${limit}`;
    case "adopt":
      return `adopt: ${counted(count, "live value")} taken over as it is, whoever put it there`;
    case "exposure":
      return `exposure: ${counted(count, "secret")} that more can read than before`;
    case "empty":
      return `empty: nothing is declared, and ${counted(count, "parameter")} of ours ${count === 1 ? "is" : "are"} live`;
    default:
      return `${escapeText(name)}: ${count}, the limit is ${limit}`;
  }
}

/** Why apply would refuse, as one sentence; empty for a plan that it would apply. */
export function refusalSection(plan: Plan, paint: Paint): Section {
  if (plan.applyable) return [];
  if (!plan.complete) {
    return [
      paint("This plan is incomplete and cannot be applied: not everything could be read.", "bold", "red"),
      ...hint("mend what could not be read, and plan again"),
    ];
  }
  const leaves = plan.blocked.length > 0 && plan.inputs.allow.blocked !== plan.blocked.length;
  const reasons = [
    ...(leaves ? [`${counted(plan.blocked.length, "blocked parameter")}`] : []),
    ...(plan.conflicts.length > 0 ? [counted(plan.conflicts.length, "conflict")] : []),
    ...trippedGuards(plan).map(({ name }) => `guard ${escapeText(name)} tripped`),
  ];
  const why = reasons.length === 0 ? "" : `: ${reasons.join(", ")}`;
  return [
    paint(`This plan cannot be applied as it is${why}.`, "bold", "red"),
    ...(leaves
      ? hint(`--allow blocked=${plan.blocked.length} leaves the blocked out and applies the rest`)
      : []),
  ];
}

function hint(text: string | undefined): string[] {
  return text === undefined ? [] : [`    hint: ${text}`];
}
