import { replicationsOf } from "../access/replication.ts";
import type { Config } from "../config/config.ts";
import type { Environment } from "../config/environment.ts";
import type { Compiled } from "../graph/compile.ts";
import type { DesiredGraph, DesiredParameter } from "../graph/graph.ts";
import { followersIn, replicaGraph, replicasIn, replicasOf } from "../graph/replicas.ts";
import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import type { Place } from "./change.ts";

const FORMAT = 1;

/** What a replicator knows of one environment: its replicas, and what they follow from. */
export interface Bundle {
  readonly config: Config;
  readonly graph: DesiredGraph;
  /** What it writes; the rest of the graph is what these are judged by. */
  readonly replicas: ReadonlySet<ParameterName>;
  /** Where it is on AWS. */
  readonly location: Place & { readonly endpoint?: string };
}

/**
 * The text of the bundle beside the replicator's code. It holds no value but literals, which the configs show anyway,
 * and nothing of the machine that it was made on; who may act, the Lambda's own role says.
 * @throws UserError for an environment that is not on AWS
 */
export function bundleText({ config, graph }: Pick<Compiled, "config" | "graph">): string {
  const { environment, groups } = config;
  const { store } = environment;
  if (store.kind === "embedded") {
    throw new UserError(`environment ${environment.name} is on an embedded store`, {
      hint: "a Lambda replicates on AWS; on one machine, paraform local --replicate does",
    });
  }
  const { parameters } = replicaGraph(graph, replicasIn(graph), []);
  const { profile: _, roleArn: __, ...location } = store;
  const kept = { ...environment, store: location, sources: [] };
  return `${JSON.stringify({ format: FORMAT, environment: kept, groups, parameters: [...parameters.values()] })}\n`;
}

interface Written {
  readonly format: number;
  readonly environment: Environment;
  readonly groups: Config["groups"];
  readonly parameters: readonly DesiredParameter[];
}

/** @throws UserError for a bundle of another version of paraform */
export function readBundle(text: string): Bundle {
  const { format, environment, groups, parameters } = JSON.parse(text) as Written;
  if (format !== FORMAT || environment.store.kind === "embedded")
    throw new UserError("the bundle is not this replicator's", { hint: "build both anew, together" });
  const { account, region, endpoint } = environment.store;
  const graph = {
    parameters: new Map(parameters.map((one) => [one.name, one])),
    followers: followersIn(parameters),
    removals: new Map(),
  };
  return {
    config: {
      environment,
      nameGlobs: [],
      groups,
      declarations: [],
      references: [],
      adoptions: [],
      moves: [],
      removals: [],
    },
    graph,
    replicas: replicasIn(graph),
    location: { account, region, ...(endpoint === undefined ? {} : { endpoint }) },
  };
}

/**
 * What one replicator sees to: the replicas that are made of the values of its owners, which is what its role may write.
 * Of their groups it knows every member and follower, whosever they are: their metadata tell it when to write.
 * @throws UserError for a replication that the bundle does not have
 */
export function bundleOf(bundle: Bundle, replication: string): Bundle {
  const { config, graph } = bundle;
  const own = replicationsOf(config.environment, graph).find(({ name }) => name === replication);
  if (own === undefined) {
    throw new UserError("the bundle does not have the replicator's part", {
      hint: "PARAFORM_REPLICATION names it as paraform's stacks do; build the stack and the bundle anew, together",
    });
  }
  const replicas = new Set(own.destinations.map(({ name }) => name));
  const groups = config.groups.map(({ members }) => members.map(({ name }) => name));
  const shared = groups.filter((names) => [...replicasOf(graph, names)].some((name) => replicas.has(name)));
  return { ...bundle, graph: replicaGraph(graph, replicas, shared), replicas };
}
