import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Base } from "../config/base.ts";
import { ENVIRONMENT_NAME } from "../config/environment-name.ts";
import type { SourceLocation } from "../config/source-location.ts";
import { compile } from "../graph/compile.ts";
import type { DesiredParameter } from "../graph/graph.ts";
import { UserError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import type { Session } from "../pipeline.ts";
import type { Diagnostic } from "../plan/plan.ts";
import { systemClock } from "../store/clock.ts";
import { connect, type OpenConnection } from "../store/connection.ts";
import { AWS_RATES, type Rates, UNLIMITED } from "../store/rates.ts";
import { throttle } from "../store/throttle.ts";
import { readSupplied, type Supplied } from "../values/sources.ts";
import { refuseFolderBelow } from "./folder-above.ts";
import type { Host, Surroundings } from "./host.ts";
import type { EnvironmentOptions } from "./options.ts";
import { type Proposal, unreadSources } from "./proposal.ts";
import { publishConfigs } from "./public-texts.ts";
import { pauseTeller } from "./waits.ts";

/** A session with the connection behind it: one of the two places where clients are built. */
export interface OpenSession extends Session {
  readonly connection: OpenConnection;
  readonly rates: Rates;
}

/** What a command has that needs no static value, and so asks no source for one. */
export interface OpenStore extends Omit<OpenSession, "supplied"> {
  /** The working folder, absolute. */
  readonly cwd: string;
}

/** @throws UserError where `chdir` is no folder */
export function workingFolder(host: Pick<Host, "cwd">, chdir: string | undefined): string {
  const folder = resolve(host.cwd, chdir ?? ".");
  if (chdir !== undefined && statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UserError("the folder of --chdir does not exist", { hint: "check its path" });
  }
  return folder;
}

/** @throws UserError for an environment that is spelled as none can be, often a folder's path */
function refuseNoName(environment: string): void {
  if (ENVIRONMENT_NAME.test(environment)) return;
  const name = basename(environment);
  const meant = ENVIRONMENT_NAME.test(name) ? `did you mean ${name}? ` : "";
  throw new UserError("--env is no name of an environment", {
    hint: `${meant}a name has letters, digits and _ . -`,
  });
}

/** Compiles one environment, with `base` as an outsider's proposal. @throws ConfigError with every problem at once */
export function compileEnvironment(
  host: Pick<Host, "cwd">,
  options: Omit<EnvironmentOptions, "endpointUrl">,
  base?: Base,
) {
  const cwd = workingFolder(host, options.chdir);
  refuseNoName(options.env);
  if (base === undefined) refuseFolderBelow(host, cwd, options.configs);
  const compiled = compile({
    configs: resolve(cwd, options.configs),
    environment: options.env,
    cwd,
    ...(base === undefined ? {} : { base }),
  });
  publishConfigs(compiled);
  return { ...compiled, cwd };
}

/** Compiles and connects, runs `work`, and closes. No AWS call is made before the configs are found good. */
export async function withStore<Result>(
  host: Surroundings,
  options: EnvironmentOptions,
  work: (open: OpenStore) => Promise<Result>,
  base?: Base,
): Promise<Result> {
  const { config, graph, warnings, cwd } = compileEnvironment(host, options, base);
  const { store: location } = config.environment;
  const endpoint = options.endpointUrl ?? ("endpoint" in location ? location.endpoint : undefined);
  const connection = await connect(location, endpoint === undefined ? {} : { endpoint });
  const rates = location.kind === "embedded" ? UNLIMITED : AWS_RATES;
  const { ssmStore } = await import("../store/ssm.ts");
  try {
    const store = ssmStore(connection, throttle(rates, systemClock, pauseTeller(host)));
    const diagnostics = warnings.map(warning);
    return await work({ config, graph, connection, rates, store, diagnostics, endpoint, cwd });
  } finally {
    connection.close();
  }
}

/**
 * The same with the static values, for commands that plan. With a `proposal` no source is read that runs a program
 * or belongs to the person at this machine. @throws ConfigError for what is wrong with their sources
 */
export async function withSession<Result>(
  host: Surroundings,
  options: EnvironmentOptions,
  work: (session: OpenSession) => Promise<Result>,
  proposal?: Proposal,
): Promise<Result> {
  const open = async ({ cwd, ...open }: OpenStore) => {
    const { sources } = open.config.environment;
    const unread = proposal === undefined ? new Map() : unreadSources(sources, proposal);
    const findings = [...(proposal?.findings ?? []), ...unread.values()];
    const read = sources.filter((source) => !unread.has(source));
    const supplied = await readStaticValues(host, { ...open, cwd }, read, [
      ...open.graph.parameters.values(),
    ]);
    return work({ ...open, supplied, diagnostics: [...open.diagnostics, ...findings, ...supplied.findings] });
  };
  return withStore(host, options, open, proposal?.base);
}

/** Of `parameters`, the values of those that `sources` have. @throws ConfigError for what is wrong with their sources */
export function readStaticValues(
  host: Surroundings,
  { connection, store, cwd }: OpenStore,
  sources: readonly SourceLocation[],
  parameters: readonly DesiredParameter[],
): Promise<Supplied> {
  return readSupplied({
    sources,
    names: parameters.flatMap(({ name, rule }) =>
      rule.kind === "static" || rule.kind === "exists" ? [name] : [],
    ),
    structures: new Map(
      parameters.flatMap(({ name, rule }) =>
        rule.kind === "static" && rule.structure !== undefined ? [[name, rule.structure]] : [],
      ),
    ),
    environmentVariables: host.environmentVariables,
    cwd,
    stdin: host.stdin,
    connection,
    store,
  });
}

function warning({ file, line, summary }: Problem): Diagnostic {
  return { severity: "warning", code: "config", summary, file, line };
}

/** @throws UserError when nobody can be asked and something would have to be */
export function mustBeInteractive(host: Host, what: string, hint: string): void {
  if (!host.interactive) throw new UserError(`${what} and there is no terminal`, { hint });
}
