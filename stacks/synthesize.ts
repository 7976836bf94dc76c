import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { App } from "cdktf";
import { ENVIRONMENT_FILE } from "../src/config/environment-file.ts";
import { isFile } from "../src/config/json-file.ts";
import { compile } from "../src/graph/compile.ts";
import { addEnvironment } from "./environment-stack.ts";
import { readSettings } from "./settings.ts";

export interface Synthesis {
  /** The folder of cdktf.json, against which its paths are resolved. */
  readonly root: string;
  /** `context.paraform` of cdktf.json. */
  readonly context: unknown;
  readonly output: string;
  /** See `Surroundings`. */
  readonly bundle: string | undefined;
}

/**
 * Writes a stack for each environment in a Parameter Store, and returns their names. Embedded stores are left out.
 * @throws ConfigError, UserError
 */
export function synthesize({ root, context, output, bundle }: Synthesis): string[] {
  const settings = readSettings(context);
  const app = new App({ outdir: output, skipValidation: false });
  const folder = resolve(root, settings.configs);
  const environments = readdirSync(folder)
    .filter((name) => isFile(join(folder, name, ENVIRONMENT_FILE)))
    .sort();
  const compiled = environments
    .map((environment) => compile({ configs: settings.configs, environment, cwd: root }))
    .filter(({ config }) => config.environment.store.kind === "parameter-store");
  for (const each of compiled) addEnvironment(app, each, { settings, bundle });
  app.synth();
  return compiled.map(({ config }) => config.environment.name);
}
