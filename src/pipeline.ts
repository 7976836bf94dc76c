import type { ApplyOptions } from "./apply/apply-options.ts";
import { applyPlan } from "./apply/apply-plan.ts";
import { comparePlans, type FreshPlan } from "./apply/compare.ts";
import { choosePlan } from "./apply/expectation.ts";
import { acquireLock, type Holder, unfinishedRun } from "./apply/lock.ts";
import type { ApplyResult } from "./apply/outcome.ts";
import { type PassedOver, passedOver } from "./apply/passed-over.ts";
import { refusal } from "./apply/refusal.ts";
import {
  beginRun,
  halfReplaced,
  isGenuine,
  isOutdated,
  type Run,
  replacedBy,
  replacingToo,
} from "./apply/run.ts";
import { stale, UnexpectedPlan } from "./apply/stale.ts";
import { unproposedKinds } from "./apply/unproposed.ts";
import type { Config } from "./config/config.ts";
import { configDigest } from "./graph/config-digest.ts";
import type { DesiredGraph } from "./graph/graph.ts";
import type { UserError } from "./model/error.ts";
import type { ParameterName } from "./model/name.ts";
import { deepMark } from "./plan/deep-mark.ts";
import { readEarlierVersions } from "./plan/earlier-versions.ts";
import { intentHash } from "./plan/fingerprint.ts";
import type { KeptCopies } from "./plan/kept-name.ts";
import type { Keyring } from "./plan/keyring.ts";
import { readLiveState } from "./plan/live-state.ts";
import { incompletePlan, makePlan } from "./plan/make-plan.ts";
import type { Diagnostic, Plan, PlanInputs } from "./plan/plan.ts";
import type { Reading, Store } from "./store/store.ts";
import type { StoreError } from "./store/store-error.ts";
import type { Supplied } from "./values/sources.ts";

/** An environment, compiled and connected: what every command that talks to a store begins with. */
export interface Session {
  readonly config: Config;
  readonly graph: DesiredGraph;
  readonly store: Store;
  readonly supplied: Supplied;
  readonly diagnostics: readonly Diagnostic[];
  readonly endpoint: string | undefined;
}

export interface PlanRequest {
  readonly inputs: PlanInputs;
  readonly deep: boolean;
  /** Given where an outsider wrote the configs: then the plan answers no question about a secret, see `World`. */
  readonly proposed?: Plan["proposed"];
  /** A run that may have been cut: what it wrote counts as planned, if it had the same intent. */
  readonly resume?: Run | Resumed;
  /** The run that was cut last, resumed or not: what it has half replaced waits for no move. */
  readonly cut?: Run | undefined;
  /** Names that are not to be written, nor what follows from them while they ought to be; none unless said. */
  readonly held?: ReadonlySet<ParameterName>;
}

/** What is known of the run that a plan resumes. */
export type Resumed = Pick<Run, "fingerprint"> & { readonly replaces?: readonly string[] | undefined };

/** A complete plan with what apply needs beside it, or one that says what could not be read. */
export type PlanResult = CompletePlan | IncompletePlan;

export interface CompletePlan {
  readonly complete: true;
  readonly planned: FreshPlan;
  readonly kept: KeptCopies;
  readonly ring: Keyring;
  readonly live: number;
  readonly intent: string;
  /** It was made with the run to resume. */
  readonly resumed: boolean;
}

export interface IncompletePlan {
  readonly complete: false;
  readonly plan: Plan;
  readonly failure: StoreError;
}

/** Compiled configs and the live store, compared. Writes nothing. */
export async function planEnvironment(session: Session, request: PlanRequest): Promise<PlanResult> {
  const { config, graph, store, supplied } = session;
  const { environment } = config;
  const header = (account: string, region: string) => ({
    environment: {
      name: environment.name,
      account,
      region,
      owner: environment.owner,
      ...(session.endpoint === undefined ? {} : { endpoint: session.endpoint }),
    },
    configDigest: configDigest(environment, graph),
    inputs: request.inputs,
    ...(request.proposed === undefined ? {} : { proposed: request.proposed }),
    diagnostics: [...session.diagnostics, ...deepMark(request.deep)],
  });
  const state = await readLiveState(store, environment, graph);
  if (state.kind === "unread") {
    const at = environment.store.kind === "embedded" ? { account: "", region: "" } : environment.store;
    const plan = incompletePlan(header(at.account, at.region), state.diagnostics);
    return { complete: false, plan, failure: state.failure };
  }
  const { ring, live, kept } = state;
  const head = header(ring.place.account, ring.place.region);
  const intent = intentHash(ring, head.configDigest, request.inputs, supplied.values);
  const run = runToResume(ring, request.resume, intent, store.now());
  const rollback = request.inputs.rollback ?? {};
  const earlier = await readEarlierVersions(store, graph, supplied.values, rollback);
  const known = new Map<ParameterName, Reading>();
  const world = {
    ring,
    owner: environment.owner,
    graph,
    live,
    kept,
    supplied: supplied.values,
    prompts: supplied.prompts,
    known,
    earlier,
    run: run?.fingerprint,
    replaces: new Set([...(run?.replaces ?? []), ...halfReplaced(ring, request.cut)]),
    held: request.held ?? new Set(),
    deep: request.deep,
    untrusted: request.proposed !== undefined,
  };
  const blind = makePlan(head, environment, world);
  let planned = blind;
  while (planned.wants.size > 0) {
    const wanted = [...planned.wants];
    const readings = await store.read(wanted.map((name) => ({ name })));
    for (const [index, name] of wanted.entries()) known.set(name, readings[index] ?? { kind: "absent" });
    planned = makePlan(head, environment, world);
  }
  const resumed = run !== undefined;
  return {
    complete: true,
    planned: { ...planned, live, blind },
    kept,
    ring,
    live: live.size,
    intent,
    resumed,
  };
}

/** What an apply without a saved plan would carry out, for somebody to approve. */
export interface ApplyProposal extends CompletePlan {
  readonly request: PlanRequest;
  readonly approved: Plan;
  /** See `Run`. */
  readonly blind: boolean;
  /** The fingerprint that its writes bear: of the run that is resumed, or its own. */
  readonly run: string;
  /** The run that was cut and is resumed. */
  readonly cut: Run | undefined;
  /** The run that was cut and is not resumed, for this is another. */
  readonly passedOver: PassedOver | undefined;
  /** Why apply would refuse it. */
  readonly refused: UserError | undefined;
}

/**
 * Plans, resuming a run that was cut: what it wrote is not written, and what it rotated not rotated, again.
 * @throws UserError stale (4) when `expect` is given and is not this plan's fingerprint
 */
export async function proposeApply(
  session: Session,
  { inputs, deep, expect }: Omit<PlanRequest, "resume"> & { readonly expect?: string | undefined },
): Promise<ApplyProposal | IncompletePlan> {
  const unfinished = await unfinishedRun(session.store, session.config.environment.name);
  const request = {
    inputs,
    deep,
    ...(unfinished === undefined ? {} : { resume: unfinished, cut: unfinished }),
  };
  const result = await planEnvironment(session, request);
  if (!result.complete) return result;
  const cut = result.resumed ? unfinished : undefined;
  const chosen = choosePlan(result.planned, cut, expect);
  if (chosen === undefined) {
    const { plan, decisions } = result.planned;
    const { sources } = session.config.environment;
    throw new UnexpectedPlan(plan, unproposedKinds(sources, session.supplied.values, decisions));
  }
  const { blind, planned } = chosen;
  const approved = planned.plan;
  const run = cut?.fingerprint ?? approved.fingerprint;
  const { owner } = session.config.environment;
  return {
    ...result,
    request: { inputs, deep, cut: unfinished, ...(cut === undefined ? {} : { resume: cut }) },
    approved,
    blind,
    run,
    cut,
    passedOver: passedOver(result.ring, owner, result.planned.live, unfinished, run, session.store.now()),
    refused: refusal(planned, inputs.allow, cut),
  };
}

/** What was approved, and how to carry it out. */
export interface ApplyRequest
  extends Pick<ApplyOptions, "approved" | "asked" | "stopped" | "sleep" | "waiting" | "begin" | "report"> {
  readonly request: PlanRequest;
  readonly ring: Keyring;
  readonly run: string;
  readonly intent: string;
  /** Keeps no copy of what it deletes. */
  readonly purge: boolean;
  /** See `Run`; false unless said. */
  readonly blind?: boolean;
  /** False where nothing has to be resumed if it is cut, for the next plan does the rest; true unless said. */
  readonly resumable?: boolean;
  readonly holder: Holder;
  readonly monotonic: () => number;
}

/**
 * Takes the lock, plans again under it, and carries out what was approved and is not done yet.
 * @throws UserError stale (4) when the fresh plan is another one, locked (6) while somebody else applies
 */
export async function applyEnvironment(session: Session, options: ApplyRequest): Promise<ApplyResult> {
  const { approved, run, resumable = true, holder, monotonic } = options;
  const { store, config } = session;
  const { resume, cut } = options.request;
  const replaces = [
    ...new Set([...replacedBy(approved), ...(resume?.replaces ?? []), ...halfReplaced(options.ring, cut)]),
  ];
  const record = resumable ? recordOf(session, options, replaces) : undefined;
  const lease = await acquireLock(store, config.environment.name, holder, record, monotonic);
  let begun = false;
  let unfinished = true;
  try {
    const fresh = await planEnvironment(session, {
      ...options.request,
      resume: { fingerprint: run, replaces },
    });
    if (!fresh.complete) throw fresh.failure;
    const { planned, todo, done, differences } = comparePlans(approved, run, fresh.planned);
    if (differences.length > 0) throw stale(approved, differences);
    const { ring, kept } = fresh;
    const { live } = fresh.planned;
    const keepUnder = options.purge ? null : config.environment.digestKey.kmsKey;
    begun = true;
    const result = await applyPlan({
      ...options,
      ...planned,
      live,
      kept,
      keepUnder,
      store,
      ring,
      todo,
      done,
      lease,
    });
    unfinished = result.outcomes.some(
      ({ outcome }) => outcome.kind === "failed" || outcome.kind === "skipped",
    );
    return result;
  } finally {
    await (begun ? lease.release(unfinished) : lease.withdraw());
  }
}

/** What the lock keeps of an apply until it is finished: of one that is resumed, what it kept of it, and what is replaced since. */
function recordOf(
  { graph, store }: Session,
  { approved, request: { resume }, ring, run, intent, blind = false }: ApplyRequest,
  replaces: readonly string[],
): Run {
  const destinations = replaces.filter((name) => graph.parameters.get(name as ParameterName)?.formerly);
  if (resume !== undefined && "mac" in resume && resume.fingerprint === run)
    return replacingToo(ring, resume, destinations);
  const begun = { fingerprint: run, intent, started: store.now(), blind, replaces: destinations };
  return beginRun(ring, approved, begun);
}

function runToResume(
  ring: Keyring,
  resume: PlanRequest["resume"],
  intent: string,
  now: number,
): Resumed | undefined {
  if (resume === undefined) return undefined;
  const resumes =
    !("mac" in resume) || (resume.intent === intent && isGenuine(ring, resume) && !isOutdated(resume, now));
  return resumes ? resume : undefined;
}
