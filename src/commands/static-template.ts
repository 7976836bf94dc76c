import type { Argv } from "yargs";
import type { Environment } from "../config/environment.ts";
import { compilePattern } from "../config/name-pattern.ts";
import type { DesiredGraph, DesiredParameter } from "../graph/graph.ts";
import { ENCODED_TAG } from "../import/encoded-tag.ts";
import { EXIT, type ExitCode } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { storeOptions } from "./options.ts";

function options(yargs: Argv) {
  return storeOptions(yargs).option("all", {
    type: "boolean",
    default: false,
    describe: "Also what a source has; no source is asked",
  });
}

/** Prints a file of the static values that nobody supplies yet, in Phalanx's layout, to be filled in. */
async function template(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { applicationKey } = await import("../import/application-key.ts");
  const { staticTemplate } = await import("../import/static-template.ts");
  const { compileEnvironment } = await import("./session.ts");
  const { config, graph } = compileEnvironment(host, given);
  const { environment } = config;
  const asks = !given.all && environment.sources.some(({ kind }) => kind !== "prompt");
  const supplied = asks ? await suppliedNames(host, given) : new Set<ParameterName>();
  const scopes = environment.scopes.map(({ path }) => path);
  const isEncoded = encodedNames(environment);
  const wanted = [...graph.parameters.values()].filter(
    (parameter) => isWanted(parameter) && !supplied.has(parameter.name),
  );
  host.print(
    staticTemplate(
      wanted.map((parameter) => ({
        ...applicationKey(parameter.name, scopes),
        description: parameter.description,
        encoded: isEncoded(parameter),
      })),
      { beside: isPhalanx(environment, graph) },
    ),
  );
  return EXIT.done;
}

/** Phalanx's file has clients, pull secrets and Vault's token too: other environments know none of them. */
function isPhalanx({ sources, scopes, namespaces }: Environment, graph: DesiredGraph): boolean {
  return (
    sources.some(({ kind }) => kind === "phalanx") ||
    scopes.some(({ path, exclusive }) => exclusive && path === `${namespaces.service}/`) ||
    [...graph.parameters.values()].some(({ rule }) => rule.kind === "static" && rule.structure !== undefined)
  );
}

/** A name without a rule may have its value from a source too, unless the config says that somebody else writes it. */
function isWanted({ rule, expected }: DesiredParameter): boolean {
  if (rule.kind === "static") return rule.structure === undefined;
  return rule.kind === "exists" && !expected;
}

async function suppliedNames(
  host: Host,
  given: OptionsOf<typeof options>,
): Promise<ReadonlySet<ParameterName>> {
  const { withSession } = await import("./session.ts");
  return withSession(host, given, async ({ supplied }) => new Set(supplied.values.keys()));
}

/** By the tag that `import phalanx` writes, or by what the environment's 1Password source says. */
function encodedNames(environment: Environment): (parameter: DesiredParameter) => boolean {
  const entries = environment.sources
    .flatMap((source) => (source.kind === "onepassword" ? source.map : []))
    .map(({ names, encoded = false }) => ({ encoded, match: compilePattern(names) }));
  return ({ name, tags }) =>
    tags[ENCODED_TAG.key] === ENCODED_TAG.value ||
    (entries.find(({ match }) => match(name) !== undefined)?.encoded ?? false);
}

export const staticTemplateCommand = command({
  spec: "static-template",
  describe: "Print a file of the static values that no source has, to be filled in",
  options,
  run: template,
});
