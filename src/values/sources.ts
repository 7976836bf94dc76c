import type { Origin } from "../config/origin.ts";
import type { SourceLocation } from "../config/source-location.ts";
import { ConfigError, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { systemClock } from "../store/clock.ts";
import { commandSource } from "./command-source.ts";
import { dotenvSource } from "./dotenv-source.ts";
import { environmentSource } from "./environment-source.ts";
import { fileSource } from "./file-source.ts";
import { trackingOf } from "./git-tracks.ts";
import { inspectValue } from "./inspect-value.ts";
import { onePasswordSource } from "./onepassword-source.ts";
import { parameterSource } from "./parameter-source.ts";
import { phalanxSource } from "./phalanx-source.ts";
import { secretsManagerSource } from "./secrets-manager-source.ts";
import { sopsSource } from "./sops-source.ts";
import type { Source, SourceContext } from "./source.ts";
import type { FoundValue, Lack, SourceReading, ValueFinding } from "./source-reading.ts";
import { stdinSource } from "./stdin-source.ts";
import { vaultSource } from "./vault-source.ts";

/** The static values that an environment's sources have. */
export interface Supplied {
  readonly values: ReadonlyMap<ParameterName, FoundValue>;
  /** True where an apply may ask for what is absent live. */
  readonly prompts: boolean;
  readonly findings: readonly ValueFinding[];
  /** What 1Password was asked for and does not have, nor any source after it. */
  readonly lacking: ReadonlyMap<ParameterName, Lack>;
}

export interface SuppliedOptions
  extends Pick<SourceContext, "environmentVariables" | "cwd" | "stdin" | "connection" | "store">,
    Partial<Pick<SourceContext, "clock" | "requestTimeout" | "trackingOf">> {
  /** In their order: the first that has a name wins. */
  readonly sources: readonly SourceLocation[];
  /** The names that may be static: no other entry of a source is looked at. */
  readonly names: readonly ParameterName[];
  readonly structures?: SourceContext["structures"];
}

const REQUEST_TIMEOUT = 10_000;

/**
 * Reads every source but the prompt, at once where no two of them could have the same name; a later source is only
 * asked for what the earlier ones do not have. No message quotes a value, or what a server or a program wrote.
 * @throws ConfigError with everything that is wrong with all of them, at once
 */
export async function readSupplied(options: SuppliedOptions): Promise<Supplied> {
  const { sources, environmentVariables } = options;
  const context: SourceContext = {
    clock: systemClock,
    requestTimeout: REQUEST_TIMEOUT,
    trackingOf: (file) => trackingOf(file, environmentVariables),
    structures: new Map(),
    ...options,
    names: new Set(options.names),
  };
  const begun: { source: Source; reading: Promise<SourceReading> }[] = [];
  for (const location of sources) {
    const source = openSource(location, context);
    if (source === undefined) continue;
    const earlier = [...begun];
    begun.push({ source, reading: readAfter(earlier, source, location.at, options.names) });
  }
  const readings = await Promise.all(begun.map(({ reading }) => reading));
  const values = firstOf(readings.map((reading) => reading.values));
  const fallbacks = firstOf(readings.map(({ fallbacks = new Map() }) => fallbacks));
  const lacking = begun.flatMap(({ source }, index) =>
    source.kind === "onepassword" ? [...(readings[index]?.lacking ?? [])] : [],
  );
  const inspected = [...values].flatMap(([name, found]) => inspectValue(name, found));
  const problems = [...readings.flatMap((reading) => reading.problems), ...inspected.filter(isProblem)];
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    values: firstOf([values, fallbacks]),
    lacking: new Map(lacking.filter(([name]) => !values.has(name))),
    prompts: sources.some(({ kind }) => kind === "prompt"),
    findings: [
      ...readings.flatMap((reading) => reading.findings),
      ...inspected.flatMap((each) => (isProblem(each) ? [] : [each])),
    ],
  };
}

/** Of the values for one name the first. */
function firstOf(
  each: readonly ReadonlyMap<ParameterName, FoundValue>[],
): ReadonlyMap<ParameterName, FoundValue> {
  const first = new Map<ParameterName, FoundValue>();
  for (const [name, found] of each.flatMap((values) => [...values])) {
    if (!first.has(name)) first.set(name, found);
  }
  return first;
}

function openSource(location: SourceLocation, context: SourceContext): Source | undefined {
  switch (location.kind) {
    case "file":
      return fileSource(location, context);
    case "dotenv":
      return dotenvSource(location, context);
    case "sops":
      return sopsSource(location, context);
    case "phalanx":
      return phalanxSource(location, context);
    case "environment":
      return environmentSource(location, context);
    case "command":
      return commandSource(location, context);
    case "stdin":
      return stdinSource(location, context);
    case "onepassword":
      return onePasswordSource(location, context);
    case "vault":
      return vaultSource(location, context);
    case "secrets-manager":
      return secretsManagerSource(location, context);
    case "parameter":
      return parameterSource(location, context);
    case "prompt":
      return undefined;
  }
}

/** Waits for the earlier sources that could have one of its names, and reads those that they do not have. */
async function readAfter(
  earlier: readonly { readonly source: Source; readonly reading: Promise<SourceReading> }[],
  source: Source,
  at: Origin,
  names: readonly ParameterName[],
): Promise<SourceReading> {
  const own = names.filter((name) => source.mayHave(name));
  const rivals = earlier.filter((other) => own.some((name) => other.source.mayHave(name)));
  const readings = await Promise.all(rivals.map(({ reading }) => reading));
  const wanted = own.filter((name) => !readings.some(({ values }) => values.has(name)));
  try {
    return await source.read(new Set(wanted));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    const problem: Problem = { severity: "error", ...at, summary: error.message, ...hint };
    return { values: new Map(), problems: [problem], findings: [] };
  }
}

function isProblem(inspected: Problem | ValueFinding): inspected is Problem {
  return inspected.severity === "error";
}
