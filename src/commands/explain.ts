import type { Argv } from "yargs";
import type { DesiredGraph, DesiredParameter } from "../graph/graph.ts";
import type { Reader } from "../graph/reader.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { inputsOf } from "../model/rule.ts";
import type { CompletePlan } from "../pipeline.ts";
import type { Decision } from "../plan/decision.ts";
import { guardsOf } from "../plan/guards.ts";
import type { Plan } from "../plan/plan.ts";
import type { Standing } from "../plan/standing.ts";
import { BY_HAND } from "../plan/version-record.ts";
import type { ChainLink, Explanation } from "../render/human-explain.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { NO_INPUTS, outputOptions, storeOptions } from "./options.ts";
import type { OpenSession } from "./session.ts";

function options(yargs: Argv) {
  return outputOptions(storeOptions(yargs)).positional("name", {
    type: "string",
    demandOption: true,
    describe: "A parameter of the environment",
  });
}

/** Answers why a parameter has the value it has: its chain of sources, how it stands live, what is planned. */
async function explain(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { withSession } = await import("./session.ts");
  const { readerOf } = await import("../graph/reader.ts");
  const { broadeningNames } = await import("../plan/readers.ts");
  const { planEnvironment } = await import("../pipeline.ts");
  const { renderExplanation } = await import("../render/human-explain.ts");
  const { renderJson } = await import("../render/json.ts");
  const { parameterNamed } = await import("./parameter-argument.ts");
  const name = parameterNamed(given.name);
  return withSession(host, given, async (session) => {
    const result = await planEnvironment(session, { inputs: NO_INPUTS, deep: false });
    if (!result.complete) throw result.failure;
    const { plan, decisions } = result.planned;
    const parameter = session.graph.parameters.get(name);
    const decision = decisions.get(name);
    const change = plan.resource_changes.find(({ address }) => address === name);
    const notes = await notesOf(plan, name);
    const readerIn = readerOf(session.config.environment);
    const explanation =
      parameter === undefined || decision === undefined
        ? await undeclaredOf(session, result, name, readerIn, notes)
        : {
            ...explanationOf(session.graph, parameter, decision, readerIn, notes),
            guards: [
              ...guardsOf(decision),
              ...(change?.exposes === true ? ["exposure"] : []),
              ...(broadeningNames(plan.readers).has(name) ? ["broaden"] : []),
            ],
          };
    const human = () => renderExplanation(explanation, { color: host.color.stdout });
    const document = { format_version: "1.0", ...explanation };
    host.print(given.format === "json" ? renderJson(document) : human());
    return EXIT.done;
  });
}

/** What the plan says of one name beside its change, in its own words. */
async function notesOf(plan: Plan, name: ParameterName): Promise<readonly string[]> {
  const { blockedConcern, conflictConcern } = await import("../render/concern.ts");
  const isAbout = ({ address }: { readonly address?: string | undefined }) => address === name;
  const own = {
    ...plan,
    blocked: plan.blocked.filter(isAbout),
    conflicts: plan.conflicts.filter(isAbout),
  };
  const plain = (text: string) => text;
  const concerns = [blockedConcern(own, plain), conflictConcern(own, plain, plain)];
  return [
    ...plan.diagnostics.filter(isAbout).map(({ summary }) => summary),
    ...concerns.flatMap(({ groups }) =>
      groups.flatMap(({ rows, hints }) =>
        rows.length === 0 ? [] : [[...rows.map(({ text }) => text), ...hints].join("; ")],
      ),
    ),
    ...plan.withheld
      .filter(isAbout)
      .map(({ action_reason }) =>
        action_reason === "protected"
          ? "it is protected, and so never deleted"
          : `paraform plan --env ${plan.environment.name} --delete=${name} plans its deletion`,
      ),
  ];
}

/** What lives in the scopes and is not in the configs. @throws UserError where nothing does */
async function undeclaredOf(
  { config, graph }: OpenSession,
  { planned: { plan, live, decisions }, ring }: CompletePlan,
  name: ParameterName,
  readerIn: (name: ParameterName) => Reader,
  notes: readonly string[],
): Promise<Explanation> {
  const { standingOf } = await import("../plan/standing.ts");
  const { matchesAny } = await import("../graph/name-glob.ts");
  const found = live.get(name);
  const { name: env, owner, protect } = config.environment;
  if (found === undefined) {
    const { closestWord } = await import("../config/closest-word.ts");
    const meant = closestWord(name, [...new Set([...graph.parameters.keys(), ...live.keys()])]);
    throw new UserError(`environment ${env} declares no such parameter, and none lives in its scopes`, {
      hint: `${meant === undefined ? "" : `did you mean ${meant}? `}paraform graph --env ${env} lists them`,
    });
  }
  const removal = graph.removals.get(name);
  const mover = [...decisions.values()].find(({ moving }) => moving?.from.name === name);
  const origin = removal?.origin ?? mover?.parameter.origin;
  const withheld = plan.withheld.find(({ address }) => address === name);
  const forgotten = plan.resource_changes.some(({ address }) => address === name);
  return {
    address: name,
    rule: mover !== undefined ? "moved" : removal === undefined ? null : "removed",
    type: found.type,
    key: found.keyId ?? null,
    file: origin?.file ?? null,
    line: origin?.line ?? null,
    chain: [],
    followers: [],
    readers: [],
    read_by: readersAmong(readerIn, [name]),
    live: liveOf(standingOf(ring, owner, name, found)),
    planned:
      mover !== undefined
        ? departureOf(mover)
        : withheld !== undefined
          ? { action: "withheld", reason: withheld.action_reason }
          : forgotten
            ? { action: "forget", reason: "removed" }
            : null,
    protected: matchesAny(protect)(name),
    guards: [],
    notes,
  };
}

/** What becomes of the name that `mover` moves from. */
function departureOf(mover: Decision): Explanation["planned"] {
  const { name } = mover.parameter;
  return mover.verdict.kind === "change"
    ? { action: "delete", reason: `moved to ${name}` }
    : { action: "no-op", reason: `its move to ${name} is refused` };
}

function explanationOf(
  graph: DesiredGraph,
  parameter: DesiredParameter,
  decision: Decision,
  readerIn: (name: ParameterName) => Reader,
  notes: readonly string[],
): Omit<Explanation, "guards"> {
  const { name, rule, origin } = parameter;
  const readers = chainOf(graph, name, (each) => graph.followers.get(each) ?? []);
  const { standing, type } = decision;
  return {
    address: name,
    rule: rule.kind,
    type,
    key: type === "SecureString" && rule.kind !== "exists" ? parameter.key : null,
    file: origin.file,
    line: origin.line,
    chain: chainOf(graph, name, (each) => directSources(graph, each)),
    followers: graph.followers.get(name) ?? [],
    readers,
    read_by: readersAmong(readerIn, [name, ...readers.map(({ address }) => address as ParameterName)]),
    live: liveOf(standing),
    planned: plannedOf(decision),
    protected: parameter.protected,
    notes,
  };
}

function readersAmong(
  readerIn: (name: ParameterName) => Reader,
  names: readonly ParameterName[],
): Explanation["read_by"] {
  const kinds = new Map(names.map(readerIn).map(({ path, kind }) => [path, kind]));
  return [...kinds].sort().map(([reader, kind]) => ({ reader, kind }));
}

/** Depth first, each name before its own next ones; one that two share is named once. */
function chainOf(
  graph: DesiredGraph,
  name: ParameterName,
  nextOf: (name: ParameterName) => readonly ParameterName[],
): readonly ChainLink[] {
  const links: ChainLink[] = [];
  const seen = new Set<ParameterName>();
  const open = nextOf(name).map((address) => ({ address, depth: 1 }));
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { address, depth } = next;
    const parameter = graph.parameters.get(address);
    if (parameter === undefined || seen.has(address)) continue;
    seen.add(address);
    const { file, line } = parameter.origin;
    links.push({ address, rule: parameter.rule.kind, depth, file, line });
    open.unshift(...nextOf(address).map((further) => ({ address: further, depth: depth + 1 })));
  }
  return links;
}

function directSources(graph: DesiredGraph, name: ParameterName): readonly ParameterName[] {
  const parameter = graph.parameters.get(name);
  return parameter === undefined ? [] : inputsOf(parameter.rule);
}

function liveOf(standing: Standing): Explanation["live"] {
  if (standing.kind === "absent") return null;
  const { version, lastModified, lastModifiedUser } = standing.live;
  const wrote = standing.kind === "stamped" && !standing.touched ? standing.stamp.fingerprint : undefined;
  return {
    version,
    last_modified: new Date(lastModified).toISOString(),
    ...(lastModifiedUser === undefined ? {} : { last_modified_user: lastModifiedUser }),
    ...(wrote === undefined ? {} : { plan: wrote === BY_HAND ? null : wrote }),
    owner: standing.kind === "stamped" ? standing.stamp.owner : null,
    state: stateOf(standing),
  };
}

function stateOf(standing: Exclude<Standing, { kind: "absent" }>): string {
  switch (standing.kind) {
    case "unstamped":
      return "not written by paraform";
    case "invalid":
      return "its stamp does not verify";
    case "stamped":
      return standing.touched ? "changed since paraform wrote it" : "as paraform wrote it";
  }
}

function plannedOf({ verdict, moving }: Decision): Explanation["planned"] {
  switch (verdict.kind) {
    case "keep":
      return { action: "no-op", reason: null };
    case "change":
      return moving === undefined
        ? { action: verdict.action, reason: verdict.reason }
        : { action: "move", reason: `${verdict.reason}, from ${moving.from.name}` };
    case "blocked":
      return {
        action: "blocked",
        reason: verdict.on === null ? verdict.reason : `${verdict.reason} on ${verdict.on}`,
      };
    case "conflict":
      return { action: "conflict", reason: verdict.owner };
  }
}

export const explainCommand = command({
  spec: "explain <name>",
  describe: "Say why a parameter is as it is",
  options,
  run: explain,
});
