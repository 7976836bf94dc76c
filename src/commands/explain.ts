import type { Argv } from "yargs";
import type { DesiredGraph, DesiredParameter } from "../graph/graph.ts";
import type { Reader } from "../graph/reader.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { inputsOf } from "../model/rule.ts";
import type { Decision } from "../plan/decision.ts";
import { guardsOf } from "../plan/guards.ts";
import type { Standing } from "../plan/standing.ts";
import { BY_HAND } from "../plan/version-record.ts";
import type { ChainLink, Explanation } from "../render/human-explain.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { NO_INPUTS, outputOptions, storeOptions } from "./options.ts";

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
  if (!given.name.startsWith("/")) {
    throw new UserError("this is no parameter name: a name begins with a slash", {
      hint: "names look like /team/service/key",
    });
  }
  return withSession(host, given, async (session) => {
    const parameter = session.graph.parameters.get(given.name as ParameterName);
    if (parameter === undefined) {
      const { didYouMean } = await import("./next-apply.ts");
      throw new UserError(`environment ${given.env} declares and refers to no such parameter`, {
        hint: `${didYouMean(given.name, session.graph)}paraform graph --env ${given.env} lists them`,
      });
    }
    const result = await planEnvironment(session, { inputs: NO_INPUTS, deep: false });
    if (!result.complete) throw result.failure;
    const decision = result.planned.decisions.get(parameter.name) as Decision;
    const change = result.planned.plan.resource_changes.find(({ address }) => address === parameter.name);
    const { readers } = result.planned.plan;
    const { environment } = session.config;
    const guards = [
      ...guardsOf(decision),
      ...(change?.exposes === true ? ["exposure"] : []),
      ...(broadeningNames(readers).has(parameter.name) ? ["broaden"] : []),
    ];
    const explanation = explanationOf(session.graph, parameter, decision, guards, readerOf(environment));
    const human = () => renderExplanation(explanation, { color: host.color.stdout });
    host.print(given.format === "json" ? renderJson(explanation) : human());
    return EXIT.done;
  });
}

function explanationOf(
  graph: DesiredGraph,
  parameter: DesiredParameter,
  decision: Decision,
  guards: readonly string[],
  readerIn: (name: ParameterName) => Reader,
): Explanation {
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
    guards,
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
