import { isDeep } from "../plan/deep-mark.ts";
import type { Plan, PlanInputs } from "../plan/plan.ts";
import { type Foreign, shellWord } from "./escape.ts";
import { listedUpTo } from "./wording.ts";

/** A rollback is of one name; a file that was forged may have any number. */
const MOST_NAMES = 5;

/** What a rollback's plan is for; its targets are the name and all that follows. `undefined` for every other plan. */
export function rollbackText({ rollback }: PlanInputs, foreign: Foreign): string | undefined {
  if (rollback === undefined) return undefined;
  const names = listedUpTo(
    MOST_NAMES,
    Object.entries(rollback),
    ([name, version]) => `${foreign(name)} to version ${version}`,
  );
  return `rollback of ${names}, with what follows from it`;
}

/**
 * Options, without their dashes, by which another command finds the same configs and the same store; of a proposal's plan
 * also `untrusted`, which no apply takes.
 */
export type Place = Readonly<Record<string, string>>;

/** What shaped a plan, as words of a command line that are neither quoted nor escaped; a rollback has a command of its own. */
export function inputWords(inputs: PlanInputs): string[] {
  return [
    ...inputs.target.map((glob) => `--target=${glob}`),
    ...inputs.exclude.map((glob) => `--exclude=${glob}`),
    ...inputs.delete.map((glob) => `--delete=${glob}`),
    ...inputs.regenerate.map((glob) => `--regenerate=${glob}`),
    ...Object.entries(inputs.allow).flatMap(([name, count]) => ["--allow", `${name}=${count}`]),
  ];
}

/**
 * The command that applies exactly this decision, asking nobody; `undefined` where there is nothing to apply, where apply would
 * refuse, and where a word of it is none that a shell could be given.
 */
export function applyCommand(plan: Plan, place: Place): string | undefined {
  const pending = plan.resource_changes.some(({ change }) => change.actions[0] !== "no-op");
  const isRollback = plan.inputs.rollback !== undefined;
  if (!plan.applyable || !pending || isRollback || plan.fingerprint === "") return undefined;
  return commandLine([
    "apply",
    ...planWords(plan, applyPlace(place)),
    "--expect",
    plan.fingerprint,
    "--auto-approve",
  ]);
}

/** The same for a saved plan; `place` and `allow` as apply was given them. */
export function applyFileCommand(file: string, place: Place, allow: readonly string[]): string | undefined {
  return commandLine(["apply", file, ...placeWords(place), ...allow.flatMap((guard) => ["--allow", guard])]);
}

/** The command that brings back what a write of somebody else held. */
export function restoreCommand(environment: string, address: string, version: number): string | undefined {
  return commandLine(["put", address, "--from-version", String(version), "--env", environment]);
}

/** The command that lists what can be brought back of what was deleted. */
export function undeleteCommand(environment: string, place: Place): string | undefined {
  return commandLine(["undelete", "--env", environment, ...placeWords(place)]);
}

/**
 * What stands above `applyCommand`; `quoted` sets words of ours apart. An apply in a checkout of a proposal would run what
 * the proposal says with the rights of whoever reviews it.
 */
export function applyIntroduction({ proposed }: Plan, quoted: Foreign): string {
  const asked = `with ${quoted("--auto-approve")} nobody is asked`;
  return proposed === undefined
    ? `To apply exactly this (${asked}):`
    : `To apply exactly this after the merge, in a checkout of the trusted branch and never of the proposal, whose ${quoted("environment.json")} may name programs that an apply runs (${asked}):`;
}

/**
 * The command that shows everything of a plan like this one; `undefined` where none does. Of a proposal there is none
 * without the trusted revision: a plan without `--untrusted` runs the programs that the proposal names.
 */
export function fullPlanCommand(plan: Plan, place: Place): string | undefined {
  if (plan.inputs.rollback !== undefined) return undefined;
  if (plan.proposed !== undefined && !(UNTRUSTED in place)) return undefined;
  return commandLine(["plan", ...planWords(plan, place), "--report", "html=plan.html"]);
}

const UNTRUSTED = "untrusted";

/** The place as an apply is given it. */
export function applyPlace(place: Place): Place {
  return Object.fromEntries(Object.entries(place).filter(([name]) => name !== UNTRUSTED));
}

function planWords(plan: Plan, place: Place): string[] {
  const deep = isDeep(plan) ? ["--deep"] : [];
  return ["--env", plan.environment.name, ...placeWords(place), ...inputWords(plan.inputs), ...deep];
}

function placeWords(place: Place): string[] {
  return Object.entries(place).flatMap(([name, value]) => [`--${name}`, value]);
}

function commandLine(words: readonly string[]): string | undefined {
  const quoted = words.map(shellWord);
  return quoted.includes(undefined) ? undefined : `paraform ${quoted.join(" ")}`;
}
