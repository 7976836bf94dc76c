import type { ApplyOptions } from "./apply/apply-options.ts";
import { applyPlan } from "./apply/apply-plan.ts";
import { comparePlans, type FreshPlan } from "./apply/compare.ts";
import { choosePlan } from "./apply/expectation.ts";
import { leftBy, leftWhenDone } from "./apply/left.ts";
import { acquireLock, type Holder, unfinishedRun } from "./apply/lock.ts";
import type { ApplyResult } from "./apply/outcome.ts";
import { type PassedOver, passedOver } from "./apply/passed-over.ts";
import { refusal } from "./apply/refusal.ts";
import { isGenuine, isMeant, isOutdated, type Run } from "./apply/run.ts";
import { notKept, stale, UnexpectedPlan } from "./apply/stale.ts";
import { unproposedKinds } from "./apply/unproposed.ts";
import type { Config } from "./config/config.ts";
import { configDigest } from "./graph/config-digest.ts";
import type { DesiredGraph } from "./graph/graph.ts";
import type { UserError } from "./model/error.ts";
import type { ParameterName } from "./model/name.ts";
import { deepMark } from "./plan/deep-mark.ts";
import { readEarlierVersions } from "./plan/earlier-versions.ts";
import { type Intent, intentHash } from "./plan/fingerprint.ts";
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
  readonly resume?: Run | Pick<Run, "fingerprint">;
  /** Names that are not to be written, nor what follows from them while they ought to be; none unless said. */
  readonly held?: ReadonlySet<ParameterName>;
}

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
  const { ring, live, kept, replacing } = state;
  const head = header(ring.place.account, ring.place.region);
  const intent: Intent = {
    configDigest: head.configDigest,
    inputs: request.inputs,
    supplied: supplied.values,
  };
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
    replacing,
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
    intent: intentHash(ring, intent),
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
 * Plans, resuming a run that was cut: what it wrote is not written, and what it rotated not rotated, again. Where what is
 * expected is the plan of who knows nothing of that run, that is what is carried out.
 * @throws UserError stale (4) when `expect` is given and is not this plan's fingerprint
 */
export async function proposeApply(
  session: Session,
  { inputs, deep, expect }: Omit<PlanRequest, "resume"> & { readonly expect?: string | undefined },
): Promise<ApplyProposal | IncompletePlan> {
  const unfinished = await unfinishedRun(session.store, session.config.environment.name);
  const { owner, sources } = session.config.environment;
  const planned = async (resume: Run | undefined) => {
    const request = { inputs, deep, ...(resume === undefined ? {} : { resume }) };
    const result = await planEnvironment(session, request);
    if (!result.complete) return result;
    const cut = result.resumed ? resume : undefined;
    return { ...result, cut, chosen: choosePlan(result.ring, result.planned, cut, expect) };
  };
  const first = await planned(unfinished);
  if (!first.complete) return first;
  const result = first.chosen === undefined && first.cut !== undefined ? await planned(undefined) : first;
  if (!result.complete) return result;
  const { chosen, cut, ...rest } = result;
  if (chosen === undefined) {
    const { plan, decisions } = first.planned;
    const unproposed = unproposedKinds(sources, session.supplied.values, decisions);
    throw new UnexpectedPlan(plan, { expected: expect, cut: first.cut, unproposed });
  }
  const approved = chosen.planned.plan;
  const run = cut?.fingerprint ?? approved.fingerprint;
  return {
    ...rest,
    request: { inputs, deep, ...(cut === undefined ? {} : { resume: cut }) },
    approved,
    blind: chosen.blind,
    run,
    cut,
    passedOver: passedOver(rest.ring, owner, rest.planned.live, unfinished, run, session.store.now()),
    refused: refusal(rest.ring, chosen.planned, inputs.allow, cut),
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
  const { resume } = options.request;
  const beginning = { ...options, resume, now: store.now() };
  const lease = await acquireLock(
    store,
    config.environment.name,
    holder,
    (before) => (resumable ? leftBy(beginning, before) : before),
    monotonic,
  );
  let left = lease.left;
  let begun = false;
  try {
    const fresh = await planEnvironment(session, {
      ...options.request,
      resume: { fingerprint: run },
    });
    if (!fresh.complete) throw fresh.failure;
    const { planned, todo, done, differences } = comparePlans(approved, run, fresh.planned);
    if (differences.length > 0) throw stale(approved, differences);
    const { ring, kept } = fresh;
    const { live } = fresh.planned;
    const keepUnder = options.purge ? null : config.environment.digestKey.kmsKey;
    if (!(await lease.begin())) throw notKept();
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
    const isFinished = result.outcomes.every(
      ({ outcome }) => outcome.kind === "applied" || outcome.kind === "done",
    );
    if (resumable && isFinished) {
      const absent = [...session.graph.parameters.keys()].filter(
        (name) => !live.has(name) && !todo.has(name),
      );
      left = leftWhenDone(ring, left, absent);
    }
    return result;
  } finally {
    await (begun ? lease.release(left) : lease.withdraw());
  }
}

function runToResume(
  ring: Keyring,
  resume: PlanRequest["resume"],
  intent: Intent,
  now: number,
): PlanRequest["resume"] {
  if (resume === undefined) return undefined;
  const resumes =
    !("mac" in resume) ||
    (isGenuine(ring, resume) && isMeant(ring, resume, intent) && !isOutdated(resume, now));
  return resumes ? resume : undefined;
}
