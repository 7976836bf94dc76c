import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { App } from "cdktf";
import { keysNamed } from "../src/access/access.ts";
import { closestWord } from "../src/config/closest-word.ts";
import { ENVIRONMENT_FILE } from "../src/config/environment-file.ts";
import { isFile } from "../src/config/json-file.ts";
import { type Compiled, compile } from "../src/graph/compile.ts";
import { ownersOf } from "../src/graph/owner.ts";
import { UserError } from "../src/model/error.ts";
import { addEnvironment } from "./environment-stack.ts";
import { readSettings, type Settings } from "./settings.ts";

export interface Synthesis {
  /** The folder of cdktf.json, against which its paths are resolved. */
  readonly root: string;
  /** `context.paraform` of cdktf.json. */
  readonly context: unknown;
  readonly output: string;
  /** Where an environment's replicator is built; see `Surroundings`. */
  readonly bundleOf: (compiled: Compiled) => string | undefined;
}

/** Writes a stack for each environment in a Parameter Store, and returns their names. @throws ConfigError, UserError */
export function synthesize({ root, context, output, bundleOf }: Synthesis): string[] {
  const settings = readSettings(context);
  const app = new App({ outdir: output });
  const compiled = compileAll(root, context);
  refuseUnknown(settings, compiled);
  refuseSharedAliases(compiled);
  for (const each of compiled) {
    addEnvironment(app, each, { settings, bundle: bundleOf(each) });
  }
  app.synth();
  return compiled.map(({ config }) => config.environment.name);
}

/** The environments that have a stack: those in embedded stores are left out. @throws ConfigError, UserError */
export function compileAll(root: string, context: unknown): Compiled[] {
  const { configs } = readSettings(context);
  const folder = resolve(root, configs);
  return readdirSync(folder)
    .filter((name) => isFile(join(folder, name, ENVIRONMENT_FILE)))
    .sort()
    .map((environment) => compile({ configs, environment, cwd: root }))
    .filter(({ config }) => config.environment.store.kind === "parameter-store");
}

/** A misspelt name would leave what is meant without what is said of it: an owner's role to the whole account. */
function refuseUnknown({ owners, retiring }: Settings, compiled: readonly Compiled[]): void {
  const environments = new Map(
    compiled.map(({ config: { environment } }) => [environment.name, environment]),
  );
  const names = [...environments.keys()];
  refuseOthers("owners", "an environment", Object.keys(owners), names);
  refuseOthers("retiring", "an environment", Object.keys(retiring), names);
  for (const [name, environment] of environments) {
    const known = ownersOf(environment).map((owner) => owner.name);
    refuseOthers(`owners.${name}`, "an owner", Object.keys(owners[name] ?? {}), known.sort());
  }
}

/** An alias is one key of one stack: the second one to make it fails half-way, and each policy knows one environment. */
function refuseSharedAliases(compiled: readonly Compiled[]): void {
  const firsts = new Map<string, string>();
  for (const { config, graph } of compiled) {
    const { name, store } = config.environment;
    if (store.kind !== "parameter-store") continue;
    for (const alias of keysNamed(config, graph).filter((key) => key.startsWith("alias/"))) {
      const place = `${store.account} ${store.region} ${alias}`;
      const first = firsts.get(place);
      if (first !== undefined) {
        throw new UserError(
          `${first} and ${name} lie in one account and region, and the stack of each makes ${alias}`,
          {
            hint: "give each environment aliases of its own, or name a key that is there by its ARN",
          },
        );
      }
      firsts.set(place, name);
    }
  }
}

function refuseOthers(
  setting: string,
  what: string,
  given: readonly string[],
  known: readonly string[],
): void {
  const stranger = given.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const closest = closestWord(stranger, known);
  throw new UserError(`context.paraform.${setting} of cdktf.json has ${stranger}, which is not ${what}`, {
    hint: closest === undefined ? `there are ${known.join(", ")}` : `did you mean ${closest}?`,
  });
}
