import type { Holder } from "../apply/lock.ts";
import type { ApplyResult } from "../apply/outcome.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { isReplica, replicaGraph, replicasOf } from "../graph/replicas.ts";
import { EXIT, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { applyEnvironment, type CompletePlan, planEnvironment, type Session } from "../pipeline.ts";
import { actionOf } from "../plan/action.ts";
import type { Decision } from "../plan/decision.ts";
import type { LiveParameter } from "../store/store.ts";
import type { SourceChange } from "./change.ts";
import { type Withheld, withheldIn } from "./withheld.ts";

/** An environment, compiled and connected; no value is supplied from elsewhere. */
export type ReplicaSession = Omit<Session, "supplied">;

/** How a replication is carried out. */
export interface ReplicateOptions {
  readonly holder: Holder;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonic: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly stopped: () => "interrupted" | "terminated" | null;
}

/**
 * Why a change has to be told again: somebody applies; the store still shows what was before it; its group is not
 * quiet yet; something was written between plan and lock; a write failed, or the run was stopped before it.
 */
export type Again = "locked" | "early" | "restless" | "stale" | "failed";

/** What came of some changes. */
export interface Replication {
  /** Of the replicas that were to be written, in the order of their writes. */
  readonly outcomes: ApplyResult["outcomes"];
  /** Versions of somebody else's that a write overwrote. */
  readonly overwritten: ApplyResult["overwritten"];
  /** Replicas that are not as their sources and are left to apply. */
  readonly withheld: ReadonlyMap<ParameterName, Withheld>;
  /** Sources whose change has to be told again, and not before so many milliseconds where that is known. */
  readonly again: ReadonlyMap<ParameterName, { readonly why: Again; readonly after?: number }>;
}

const NO_INPUTS = { delete: [], regenerate: [], target: [], exclude: [], allow: {} };

/** Every source whose change is followed: told all at once, they make everything as it should be. */
export function sourcesIn(graph: DesiredGraph): SourceChange[] {
  return [...graph.parameters.keys()].filter((name) => isSource(graph, name)).map((name) => ({ name }));
}

/**
 * Writes what follows by copies and merges from sources that changed, under the environment's lock: only what bears a
 * valid stamp of ours, made by the very rule and attributes that the config has. Whatever else it finds it leaves and
 * says. Nothing is deleted, generated, created or adopted, so a change may be told late, twice, or not at all: the next
 * one, or all of them at once, ends in the same state.
 * @throws StoreError when the store cannot be read, UserError for a digest key that is not this environment's
 */
export async function replicate(
  session: ReplicaSession,
  changes: readonly SourceChange[],
  options: ReplicateOptions,
): Promise<Replication> {
  const { graph, config } = session;
  const told = changes.filter(({ name }) => isSource(graph, name));
  const groups = config.groups.map(({ members, quietSeconds }) => ({
    names: members.map(({ name }) => name),
    quiet: quietSeconds * 1000,
  }));
  const meant = groups.filter(({ names }) => told.some(({ name }) => names.includes(name)));
  const begun = [...told.map(({ name }) => name), ...meant.flatMap(({ names }) => names)];
  // What somebody put into a replica is mended before it spreads.
  const replicas = new Set([
    ...begun.filter((name) => isReplicaIn(graph.parameters, name)),
    ...replicasOf(graph, begun),
  ]);
  if (replicas.size === 0) return NOTHING;
  const touched = groups.filter(({ names }) =>
    [...replicasOf(graph, names)].some((name) => replicas.has(name)),
  );

  const ready = await planReady(session, told, replicas, touched);
  const { withheld, again } = ready;
  if (ready.plan.planned.plan.resource_changes.every((change) => actionOf(change) === "no-op"))
    return { ...NOTHING, withheld, again };
  const pending = told.map(({ name }) => name).filter((name) => !again.has(name));
  try {
    const { outcomes, overwritten } = await carryOut(ready, options);
    const undone = outcomes.filter(({ outcome }) => outcome.kind === "failed" || outcome.kind === "skipped");
    const failed = pending.filter((name) => {
      const together = meant.find(({ names }) => names.includes(name))?.names ?? [name];
      const follow = new Set([name, ...replicasOf(graph, together)]);
      return undone.some(({ address }) => follow.has(address as ParameterName));
    });
    return { outcomes, overwritten, withheld, again: tellAgain(again, failed, "failed") };
  } catch (error) {
    const why = error instanceof UserError ? REFUSED[error.exitCode] : undefined;
    if (why === undefined) throw error;
    return { ...NOTHING, withheld, again: tellAgain(again, pending, why) };
  }
}

const NOTHING: Replication = { outcomes: [], overwritten: [], withheld: new Map(), again: new Map() };
const REFUSED: Readonly<Record<number, Again>> = { [EXIT.locked]: "locked", [EXIT.stale]: "stale" };

function isSource({ parameters, followers }: DesiredGraph, name: ParameterName): boolean {
  return (followers.get(name) ?? []).some((follower) => isReplicaIn(parameters, follower));
}

function isReplicaIn(parameters: DesiredGraph["parameters"], name: ParameterName): boolean {
  const parameter = parameters.get(name);
  return parameter !== undefined && isReplica(parameter);
}

function tellAgain(
  again: Replication["again"],
  names: readonly ParameterName[],
  why: Again,
): Replication["again"] {
  return new Map([...again, ...names.map((name) => [name, { why }] as const)]);
}

interface SourceGroup {
  readonly names: readonly ParameterName[];
  /** In milliseconds. */
  readonly quiet: number;
}

interface Ready extends Pick<Replication, "withheld" | "again"> {
  /** The session whose graph holds no more than what may be written, and what that follows from. */
  readonly session: Session;
  readonly plan: CompletePlan;
}

/** Plans until nothing is left in the plan that has to wait or is not ours to write. */
async function planReady(
  session: ReplicaSession,
  told: readonly SourceChange[],
  replicas: ReadonlySet<ParameterName>,
  groups: readonly SourceGroup[],
): Promise<Ready> {
  const withheld = new Map<ParameterName, Withheld>();
  const again = new Map<ParameterName, { why: Again; after?: number }>();
  const together = groups.map(({ names }) => names);
  for (let writable = replicas; ; ) {
    const narrow = narrowed(session, replicaGraph(session.graph, writable, together));
    const plan = await planEnvironment(narrow, { inputs: NO_INPUTS, deep: false });
    if (!plan.complete) throw plan.failure;
    const { decisions } = plan.planned;
    const changes = (name: ParameterName) => decisions.get(name)?.verdict.kind === "change";
    const out = new Set<ParameterName>();
    for (const [name, why] of withheldIn(plan.ring, plan.planned)) {
      withheld.set(name, why);
      out.add(name);
    }
    for (const change of told) {
      if (!isEarly(change, decisions.get(change.name))) continue;
      again.set(change.name, { why: "early" });
      for (const name of replicasOf(session.graph, [change.name])) out.add(name);
    }
    for (const { names, quiet } of groups) {
      const after = quiet - (session.store.now() - lastChange(names, decisions));
      const waiting = [...replicasOf(session.graph, names)];
      if (after <= 0 || !waiting.some(changes)) continue;
      for (const { name } of told) if (names.includes(name)) again.set(name, { why: "restless", after });
      for (const name of waiting) out.add(name);
    }
    if (![...out].some(changes)) return { session: narrow, plan, withheld, again };
    writable = new Set([...writable].filter((name) => !out.has(name)));
  }
}

/** The same environment with no scope to sweep, and without any value from elsewhere. */
function narrowed(session: ReplicaSession, graph: DesiredGraph): Session {
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

/** The store shows what was before the change. A source that somebody made anew since has a lower version, and is later. */
function isEarly({ version, time }: SourceChange, decision: Decision | undefined): boolean {
  const live = liveOf(decision);
  if (version === undefined || live === undefined || live.version >= version) return false;
  return time === undefined || live.lastModified <= time + TIME_GRAIN;
}

/** Events tell time to the second. */
const TIME_GRAIN = 1000;

function lastChange(
  names: readonly ParameterName[],
  decisions: ReadonlyMap<ParameterName, Decision>,
): number {
  return Math.max(0, ...names.map((name) => liveOf(decisions.get(name))?.lastModified ?? 0));
}

function liveOf(decision: Decision | undefined): LiveParameter | undefined {
  return decision === undefined || decision.standing.kind === "absent" ? undefined : decision.standing.live;
}

async function carryOut({ session, plan }: Ready, options: ReplicateOptions): Promise<ApplyResult> {
  const approved = plan.planned.plan;
  return applyEnvironment(session, {
    ...options,
    approved,
    request: { inputs: NO_INPUTS, deep: false },
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
