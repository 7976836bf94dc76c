import type { Argv } from "yargs";
import { EXIT, type ExitCode } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { configOptions } from "./options.ts";

function options(yargs: Argv) {
  return configOptions(yargs).option("format", {
    choices: ["dot", "json"] as const,
    default: "dot" as const,
    describe: "Graphviz, or JSON",
  });
}

/** Prints who follows from whom, from the configs alone. */
async function graph(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { compileEnvironment } = await import("./session.ts");
  const { graphDocument } = await import("../render/graph-document.ts");
  const { renderDot } = await import("../render/graph-dot.ts");
  const { renderJson } = await import("../render/json.ts");
  const document = graphDocument(given.env, compileEnvironment(host, given).graph);
  host.print(given.format === "json" ? renderJson(document) : renderDot(document));
  return EXIT.done;
}

export const graphCommand = command({
  spec: "graph",
  describe: "Print the replication graph",
  options,
  run: graph,
});
