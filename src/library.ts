import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import type { ApplyResult, Outcome } from "./apply/outcome.ts";
import { refuseOtherCheckout } from "./commands/bound-checkout.ts";
import type { Surroundings } from "./commands/host.ts";
import { NO_INPUTS } from "./commands/options.ts";
import { documentOf } from "./commands/plan-result.ts";
import { publishPlan } from "./commands/public-texts.ts";
import { finishSaved, parsePlan } from "./commands/saved-plan.ts";
import { type OpenSession, withSession } from "./commands/session.ts";
import { ConfigError, UserError } from "./model/error.ts";
import { redact, withoutSecrets } from "./model/known-secrets.ts";
import type { Problem } from "./model/problem.ts";
import {
  applyEnvironment as applySession,
  type PlanRequest,
  planEnvironment as planSession,
} from "./pipeline.ts";
import type { Action } from "./plan/action.ts";
import type { Diagnostic, Plan, PlanInputs, ResourceChange } from "./plan/plan.ts";

export type { Action, ApplyResult, Diagnostic, Outcome, Plan, PlanInputs, Problem, ResourceChange };
export { ConfigError, UserError };

/** Where the configs lie. */
export interface ConfigPlace {
  /** The working folder, absolute: paths are relative to it and shown so. */
  readonly cwd: string;
  /** The folder of the environments; `configs` unless said. */
  readonly configs?: string;
  /** Serves every AWS call instead of AWS. */
  readonly endpointUrl?: string;
  /** What `environment` sources and the tokens of other sources are read from; nothing unless said. */
  readonly environmentVariables?: Readonly<Record<string, string | undefined>>;
}

export interface PlanOptions extends ConfigPlace {
  /** A folder of `configs`. */
  readonly environment: string;
  /** What the plan is asked for beside the config, as the flags of `plan` say it; nothing unless said. */
  readonly inputs?: Partial<PlanInputs>;
  /** Reads and compares every value, trusting no stamp. */
  readonly deep?: boolean;
}

export interface ApplyOptions extends ConfigPlace {
  /** What was reviewed: it names its environment. */
  readonly plan: Plan;
  /** Guards acknowledged on top of those that the plan was made with: exactly so many are meant. */
  readonly allow?: Readonly<Record<string, number>>;
  /** Keeps no copy of what is deleted; false unless said. */
  readonly purge?: boolean;
  /** Who others are told holds the lock. */
  readonly who?: string;
  /** When it is aborted, the write in flight is finished and the rest is left for the next apply. */
  readonly signal?: AbortSignal;
  /** Told of every change when it is done, failed or skipped. */
  readonly report?: (address: string, action: Action, outcome: Outcome) => void;
}

/**
 * Compiles the configs, reads the live store and compares them. Writes nothing, and the plan holds no secret. A plan
 * that could not be completed says so in `complete` and `diagnostics`.
 * @throws ConfigError with every problem of the configs at once
 * @throws UserError for a missing digest key or another account than the config's
 */
export async function planEnvironment(options: PlanOptions): Promise<Plan> {
  const request: PlanRequest = {
    inputs: { ...NO_INPUTS, ...options.inputs },
    deep: options.deep ?? false,
  };
  const place = { ...placeOf(options), env: options.environment };
  return told(() =>
    withSession(surroundings(options), place, async (session) => {
      const document = documentOf(await planSession(session, request));
      publishPlan(document);
      return document;
    }),
  );
}

/**
 * Carries out exactly `plan`: checks its MAC, plans again with its inputs, takes the lock and writes what is not done
 * yet. A run that was cut is finished by the same call. Values that a person would be asked for are an error.
 * @throws UserError with an `exitCode` as the command line has it: 3 refused, 4 stale, 6 locked, 1 otherwise
 */
export async function applyEnvironment(options: ApplyOptions): Promise<ApplyResult> {
  const { plan, signal, who = "a program", report = () => {} } = options;
  const prompted = plan.resource_changes.find(({ origin }) => origin?.supplied_by === "prompt");
  if (prompted !== undefined) {
    throw new UserError(`the value of ${prompted.address} has to be asked for`, {
      hint: "supply it by a file or an environment variable, and plan again",
    });
  }
  const around = surroundings(options);
  const holder = { host: randomUUID(), pid: 0, who, isAlive: () => true };
  const allow = { ...plan.inputs.allow, ...options.allow };
  const place = { ...placeOf(options), env: plan.environment.name };
  const carryOut = (session: OpenSession) =>
    finishSaved({ ...around, holder }, session, plan, allow, (left) =>
      applySession(session, {
        ...left,
        asked: new Map(),
        holder,
        monotonic: around.monotonic,
        stopped: () => (signal?.aborted === true ? "interrupted" : null),
        waiting: () => {},
        purge: options.purge ?? false,
        sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
        report: (address, action, outcome) => report(address, action, withoutSecrets(outcome)),
      }),
    );
  return told(async () => {
    await refuseOtherCheckout(around, plan, place);
    return withSession(around, place, carryOut);
  });
}

/**
 * The plan that a saved file's text holds. Whether it was edited, only its environment's digest key can tell:
 * `applyEnvironment` asks it.
 * @throws UserError for a text that is no whole plan, or one of a format that this version does not know
 */
export function readPlan(text: string): Plan {
  return parsePlan(text, "the text");
}

/** The last check on secrets: a result, or an error of its own class, without the bytes of any known one. */
async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return withoutSecrets(await work());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { message, stack = "" } = error;
    const members = error instanceof UserError ? withoutSecrets({ ...error }) : {};
    throw Object.assign(error, members, { message: redact(message), stack: redact(stack) });
  }
}

function placeOf({ configs = "configs", endpointUrl }: ConfigPlace) {
  return { configs, chdir: undefined, endpointUrl };
}

/** A program is told by results and errors alone. */
function surroundings({ cwd, environmentVariables = {} }: ConfigPlace): Surroundings {
  return {
    cwd,
    environmentVariables,
    stdin: Readable.from([]),
    monotonic: () => performance.now(),
    say: () => {},
  };
}
