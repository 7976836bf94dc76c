import { ENVIRONMENT_NAME } from "../config/environment-name.ts";
import { GUARD_NAMES } from "../plan/guards.ts";
import type { Plan } from "../plan/plan.ts";
import { type Foreign, shellWord } from "./escape.ts";
import { counted, listedUpTo } from "./wording.ts";

/** What the plan leaves undone or apply will refuse, in words for every format. */
export interface Concern {
  readonly title: string;
  /** Rows that share their remedies. */
  readonly groups: readonly {
    readonly rows: readonly ConcernRow[];
    readonly hints: readonly string[];
  }[];
}

export interface ConcernRow {
  /** What it is about, fit for its format already. */
  readonly subject: string;
  readonly text: string;
}

export function withheldConcern(plan: Plan, foreign: Foreign): Concern {
  const deletable = plan.withheld.some(({ action_reason }) => action_reason !== "protected");
  const rows = plan.withheld.map(({ address, action_reason }) => ({
    subject: foreign(address),
    text: withheldText(action_reason, foreign),
  }));
  return {
    title: "Withheld (not part of this plan)",
    groups: [
      {
        rows,
        hints: deletable
          ? [`plan again with ${foreign("--delete")} to destroy what is no longer in configuration`]
          : [],
      },
    ],
  };
}

function withheldText(reason: string, foreign: Foreign): string {
  switch (reason) {
    case "not_in_config":
      return "no longer in configuration";
    case "removed":
      return "removed on purpose";
    case "protected":
      return "protected: it is never deleted";
    default:
      return foreign(reason);
  }
}

/** Causes first, each with what follows from it; then what is blocked by something that is not blocked itself. */
export function blockedConcern(plan: Plan, foreign: Foreign): Concern {
  const byReason = new Map<string, ConcernRow[]>();
  for (const [{ address, reason, on }, following] of causesOf(plan.blocked)) {
    const rows = byReason.get(reason) ?? [];
    const text = `${blockedText(reason, on, foreign)}${followingText(following, foreign)}`;
    rows.push({ subject: foreign(address), text });
    byReason.set(reason, rows);
  }
  const isCause = (reason: string) => !reason.startsWith("input_");
  const groups = [...byReason].map(([reason, rows]) => ({
    reason,
    rows,
    hints: remedyOf(reason, plan.environment.name),
  }));
  return {
    title: "Blocked (left as they are, and so is what follows from them)",
    groups: [
      ...groups.filter(({ reason }) => isCause(reason)),
      ...groups.filter(({ reason }) => !isCause(reason)),
    ],
  };
}

type Blocked = Plan["blocked"][number];

/** Every blocked parameter that is not blocked on another of them, with the addresses of all that are, directly or not. */
function causesOf(blocked: readonly Blocked[]): ReadonlyMap<Blocked, readonly string[]> {
  const byAddress = new Map(blocked.map((each) => [each.address, each]));
  const known = new Map<Blocked, Blocked>();
  const causes = new Map<Blocked, string[]>();
  for (const each of blocked) {
    // A file that was forged may go in circles.
    const trail = new Set([each]);
    let cause = each;
    for (let next = onOf(cause); next !== undefined && !trail.has(next); next = onOf(cause)) {
      cause = known.get(next) ?? next;
      trail.add(next);
    }
    for (const passed of trail) known.set(passed, cause);
    const following = causes.get(cause) ?? [];
    if (cause !== each) following.push(each.address);
    causes.set(cause, following);
  }
  return causes;

  function onOf({ on }: Blocked): Blocked | undefined {
    return on === null ? undefined : byAddress.get(on);
  }
}

/** More names than this are counted: the plan's JSON has them all. */
const MOST_FOLLOWING = 5;

function followingText(following: readonly string[], foreign: Foreign): string {
  if (following.length === 0) return "";
  return `; with it ${listedUpTo(MOST_FOLLOWING, following, foreign)}`;
}

function blockedText(reason: string, on: string | null, foreign: Foreign): string {
  const input = on === null ? "an input" : foreign(on);
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
      return on === null
        ? "the version to come back is a SecureString, and it is none any more"
        : `${input} is a SecureString, and what follows from it is not`;
    case "value_too_large":
      return "its value is too large for its tier";
    case "value_refused":
      return "its value is empty, has {{…}} in it, or does not match its allowedPattern";
    case "cannot_replace":
      return "it would have to be replaced, and its value cannot be made again";
    case "outside_scopes":
      return "it would have to be replaced, and lies in no scope: nothing there is deleted";
    case "protected":
      return on === null
        ? "it is protected, and would have to be replaced or to give up its value"
        : `${input}, which it moves from, is protected`;
    case "expires":
      return "it is protected, and an Expiration policy in its configuration would delete it";
    case "former_changed":
      return `${input} was written after its value was carried here: the newer value lies there, the older one here`;
    default:
      return on === null ? foreign(reason) : `${foreign(reason)} (${input})`;
  }
}

function remedyOf(reason: string, environment: string): readonly string[] {
  switch (reason) {
    case "missing":
      return [putHint(environment)];
    case "unstamped":
      return ["if it is this configuration's to write, name it under adopt"];
    case "input_missing":
      return ["let the owner of the input put it, or declare it"];
    case "input_blocked":
      return ["unblock the input first"];
    case "downgrade":
      return ["make it a SecureString"];
    case "value_too_large":
      return ["give it the Advanced tier, or a shorter value"];
    case "value_refused":
      return ["give it a value that Parameter Store takes, or mend its allowedPattern"];
    case "cannot_replace":
      return ["put the attribute back as it is live, or give it a value in one of the environment's sources"];
    case "outside_scopes":
      return ["put the attribute back as it is live, or add its path to scopes in environment.json"];
    case "expires":
      return ["take the policy out of its configuration, or the name out of protect in a change of its own"];
    case "protected":
      return ["take it out of protect in environment.json, in a change of its own"];
    case "former_changed":
      return [
        `put the newer value under the new name (${putCommand(environment)}) and plan again; then delete the old name`,
      ];
    default:
      return [];
  }
}

function putCommand(environment: string): string {
  return `paraform put NAME --env ${envWord(environment)}`;
}

function putHint(environment: string): string {
  return `let its owner put it (${putCommand(environment)}), or give it a value in one of the environment's sources`;
}

/** An environment as a word of a command; a file that was forged may name it in any way. */
function envWord(environment: string): string {
  return ENVIRONMENT_NAME.test(environment) ? environment : "ENV";
}

/** `quoted` sets an owner's name apart. */
export function conflictConcern(plan: Plan, foreign: Foreign, quoted: Foreign): Concern {
  const rows = plan.conflicts.map(({ address, owner }) => ({
    subject: foreign(address),
    text: owner === null ? "its stamp does not verify" : `it belongs to ${quoted(owner)}`,
  }));
  const owned = plan.conflicts.some(({ owner }) => owner !== null);
  const forged = plan.conflicts.some(({ owner }) => owner === null);
  const explain = `paraform explain NAME --env ${envWord(plan.environment.name)}`;
  const hints = [
    ...(owned ? ["agree with the owner; to take it over, name it and its owner under adopt"] : []),
    ...(forged
      ? [`a stamp that does not verify was edited or copied: find out who wrote it (${explain})`]
      : []),
  ];
  return { title: "Conflicts (somebody else's, and left as they are)", groups: [{ rows, hints }] };
}

export function guardConcern(plan: Plan, foreign: Foreign): Concern {
  const rows = trippedGuards(plan).map(({ name, limit, count }) => {
    const allow = shellWord(`${name}=${count}`) ?? "NAME=N";
    const allowed = plan.inputs.allow[name];
    return {
      subject: guardText(name, count, limit, foreign),
      text:
        allowed === undefined
          ? `to go on: ${foreign(`--allow ${allow}`)}`
          : count === 0
            ? `not the ${allowed} of --allow: leave it out`
            : `not the ${allowed} of --allow: leave it out or say ${foreign(`--allow ${allow}`)}`,
    };
  });
  return { title: "Guards tripped", groups: [{ rows, hints: [] }] };
}

/** `blocked` is a guard like the others to `--allow`; to a reader it is the list of the blocked. */
function trippedGuards(plan: Plan): Plan["guards"] {
  return plan.guards.filter(({ name, tripped }) => tripped && name !== "blocked");
}

function guardText(name: string, count: number, limit: number, foreign: Foreign): string {
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
    case "broaden":
      return `broaden: ${counted(count, "change")} by which a reader gains a secret, the limit is ${limit}`;
    case "empty":
      return `empty: nothing is declared, and ${counted(count, "parameter")} of ours ${count === 1 ? "is" : "are"} live`;
    default:
      return `${foreign(name)}: ${count}, the limit is ${limit}`;
  }
}

/** Why apply would refuse, as one sentence, and its remedies; `undefined` for a plan that it would apply. */
export function refusalOf(
  plan: Plan,
  foreign: Foreign,
): { readonly text: string; readonly hints: readonly string[] } | undefined {
  if (plan.applyable) return undefined;
  if (!plan.complete) {
    return {
      text: "This plan is incomplete and cannot be applied: not everything could be read.",
      hints: ["what could not be read is named among the errors; mend that and plan again"],
    };
  }
  const leaves = plan.blocked.length > 0 && plan.inputs.allow.blocked !== plan.blocked.length;
  const guards = trippedGuards(plan);
  const allowed = plan.inputs.allow.blocked;
  const leavesNothing = plan.blocked.length === 0 && allowed !== undefined && allowed > 0;
  const reasons = [
    ...(leaves ? [counted(plan.blocked.length, "blocked parameter")] : []),
    ...(leavesNothing ? ["nothing is blocked"] : []),
    ...(plan.conflicts.length > 0 ? [counted(plan.conflicts.length, "conflict")] : []),
    ...guards.slice(0, GUARD_NAMES.length).map(({ name }) => `guard ${foreign(name)} tripped`),
  ];
  const why = reasons.length === 0 ? "" : `: ${reasons.join(", ")}`;
  return {
    text: `This plan cannot be applied as it is${why}.`,
    hints: leaves
      ? [`${foreign(`--allow blocked=${plan.blocked.length}`)} leaves the blocked out and applies the rest`]
      : leavesNothing
        ? [`leave ${foreign(`--allow blocked=${allowed}`)} out`]
        : [],
  };
}
