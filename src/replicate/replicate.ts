import type { Holder } from "../apply/lock.ts";
import type { ApplyResult } from "../apply/outcome.ts";
import { replicasOf } from "../graph/replicas.ts";
import { EXIT, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { applyEnvironment, type CompletePlan, planEnvironment, type Session } from "../pipeline.ts";
import { actionOf } from "../plan/action.ts";
import type { SourceChange } from "./change.ts";
import { judge, type Waiting } from "./judgement.ts";
import type { Withheld } from "./withheld.ts";
import { groupsIn, type ReplicaSession, sourcesIn, type Work, workOf } from "./work.ts";

/** How a replication is carried out. */
export interface ReplicateOptions {
  readonly holder: Holder;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonic: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly stopped: () => "interrupted" | "terminated" | null;
}

/**
 * Why a change has to be told again: the store still shows what was before it; its group is not quiet yet; another
 * replicator has to write first; somebody applies; something was written between plan and lock; a write failed, or the
 * run was stopped before it.
 */
export type Again = Waiting["why"] | "locked" | "stale" | "failed";

export interface ToldAgain {
  readonly why: Again;
  /** Not before so many milliseconds, where that is known. */
  readonly after?: number;
}

/** What came of some changes. */
export interface Replication {
  /** Of the replicas that were to be written, in the order of their writes. */
  readonly outcomes: ApplyResult["outcomes"];
  /** Versions of somebody else's that a write overwrote. */
  readonly overwritten: ApplyResult["overwritten"];
  /** Replicas that are not as their sources and are left to apply. */
  readonly withheld: ReadonlyMap<ParameterName, Withheld>;
  /** Sources whose change has to be told again. */
  readonly again: ReadonlyMap<ParameterName, ToldAgain>;
}

const NO_INPUTS = { delete: [], regenerate: [], target: [], exclude: [], allow: {} };

/**
 * Writes what follows by copies and merges from sources that changed, under the environment's lock: only what bears a
 * valid stamp of ours, made by the very rule and attributes that the config has. All else is judged as apply would judge
 * it and left as it is, and with it what follows from it, and that is said. Nothing is deleted, generated, created or
 * adopted, so a change may be told late, twice, or not at all: the next one, or all of them at once, ends in the same state.
 * @throws StoreError when the store cannot be read, UserError for a digest key that is not this environment's
 */
export async function replicate(
  session: ReplicaSession,
  events: readonly SourceChange[],
  options: ReplicateOptions,
): Promise<Replication> {
  const sources = new Set(sourcesIn(session).map(({ name }) => name));
  const told = events.filter(({ name }) => sources.has(name));
  if (told.length === 0) return NOTHING;
  const groups = groupsIn(session);
  const ready = await planReady(session, told, workOf(session, told, groups));
  const { withheld, again } = ready;
  const changes = ready.plan.planned.plan.resource_changes.filter((change) => actionOf(change) !== "no-op");
  if (changes.length === 0) return { ...NOTHING, withheld, again };
  const changing = new Set(changes.map(({ address }) => address));
  /** Whether something of this plan is of a change, by itself or by its group. */
  const leadsTo = (name: ParameterName, some: ReadonlySet<string>): boolean => {
    const together = groups.find(({ names }) => names.includes(name))?.names ?? [name];
    return [name, ...replicasOf(session.graph, together)].some((each) => some.has(each));
  };
  const pending = told
    .map(({ name }) => name)
    .filter((name) => !WAITS.has(again.get(name)?.why) || leadsTo(name, changing));
  try {
    const { outcomes, overwritten } = await carryOut(ready, options);
    const undone = outcomes.filter(({ outcome }) => outcome.kind === "failed" || outcome.kind === "skipped");
    const left = new Set(undone.map(({ address }) => address));
    const failed = pending.filter((name) => leadsTo(name, left));
    return { outcomes, overwritten, withheld, again: tellAgain(again, failed, "failed") };
  } catch (error) {
    const why = error instanceof UserError ? REFUSED[error.exitCode] : undefined;
    if (why === undefined) throw error;
    return { ...NOTHING, withheld, again: tellAgain(again, pending, why) };
  }
}

const NOTHING: Replication = { outcomes: [], overwritten: [], withheld: new Map(), again: new Map() };
const REFUSED: Readonly<Record<number, Again>> = { [EXIT.locked]: "locked", [EXIT.stale]: "stale" };
/** Not all that follows from these is in the plan yet. */
const WAITS: ReadonlySet<Again | undefined> = new Set<Again>(["restless", "behind"]);

function tellAgain(
  again: Replication["again"],
  names: readonly ParameterName[],
  why: Again,
): Replication["again"] {
  return new Map([...again, ...names.map((name) => [name, { why }] as const)]);
}

interface Ready extends Pick<Replication, "withheld" | "again"> {
  /** The session whose graph holds no more than what is brought up, and what that is judged by. */
  readonly session: Session;
  readonly plan: CompletePlan;
  readonly held: ReadonlySet<ParameterName>;
}

/** Plans until nothing is left in the plan that has to wait or is not ours to write. */
async function planReady(session: ReplicaSession, told: readonly SourceChange[], work: Work): Promise<Ready> {
  const narrow = narrowed(session, work);
  const held = new Set([...work.graph.parameters.keys()].filter((name) => !work.replicas.has(name)));
  const withheld = new Map<ParameterName, Withheld>();
  for (;;) {
    const plan = await planEnvironment(narrow, { inputs: NO_INPUTS, deep: false, held });
    if (!plan.complete) throw plan.failure;
    const { ring, planned } = plan;
    const judged = judge(work, told, ring, planned, session.store.now());
    for (const [name, why] of judged.withheld) withheld.set(name, withheld.get(name) ?? why);
    const out = [...judged.out].filter((name) => planned.decisions.get(name)?.verdict.kind === "change");
    if (out.length === 0) return { session: narrow, plan, held, withheld, again: judged.again };
    for (const name of out) held.add(name);
  }
}

/** The same environment with no scope to sweep, and without any value from elsewhere. */
function narrowed(session: ReplicaSession, { graph }: Work): Session {
  const { config } = session;
  const environment = { ...config.environment, scopes: [] };
  return { ...session, graph, config: { ...config, environment }, supplied: NO_VALUES };
}

const NO_VALUES: Session["supplied"] = {
  values: new Map(),
  prompts: false,
  findings: [],
  lacking: new Map(),
};

async function carryOut({ session, plan, held }: Ready, options: ReplicateOptions): Promise<ApplyResult> {
  const approved = plan.planned.plan;
  return applyEnvironment(session, {
    ...options,
    approved,
    request: { inputs: NO_INPUTS, deep: false, held },
    ring: plan.ring,
    run: approved.fingerprint,
    intent: plan.intent,
    asked: new Map(),
    resumable: false,
    purge: false,
    waiting: () => {},
    report: () => {},
  });
}
