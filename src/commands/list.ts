import { EXIT, type ExitCode } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { configOptions } from "./options.ts";

/** Lists what the environment declares as Phalanx lists secrets: application and key, a line each. */
async function list(host: Host, given: OptionsOf<typeof configOptions>): Promise<ExitCode> {
  const { applicationKey } = await import("../import/application-key.ts");
  const { byApplicationAndKey } = await import("../import/static-template.ts");
  const { compileEnvironment } = await import("./session.ts");
  const { config, graph } = compileEnvironment(host, given);
  const scopes = config.environment.scopes.map(({ path }) => path);
  const declared = [...graph.parameters.values()].filter(({ rule }) => rule.kind !== "exists");
  const lines = declared
    .map(({ name }) => applicationKey(name, scopes))
    .sort(byApplicationAndKey)
    .map(({ application, key }) => `${application} ${key}\n`);
  host.print(lines.join(""));
  return EXIT.done;
}

export const listCommand = command({
  spec: "list",
  describe: "List what is declared: application and key",
  options: (yargs) => configOptions(yargs),
  run: list,
});
