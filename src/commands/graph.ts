import type { Argv } from "yargs";
import { EXIT, type ExitCode } from "../model/error.ts";
import type { GraphDocument } from "../render/graph-document.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { configOptions } from "./options.ts";

function options(yargs: Argv) {
  return configOptions(yargs).option("format", {
    choices: ["dot", "mermaid", "svg", "json"] as const,
    default: "dot" as const,
    describe: "Graphviz, Mermaid, a picture, or JSON",
  });
}

/** Prints who follows from whom, from the configs alone. */
async function graph(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { compileEnvironment } = await import("./session.ts");
  const { graphDocument } = await import("../render/graph-document.ts");
  const document = graphDocument(given.env, compileEnvironment(host, given).graph);
  host.print(await graphText(document, given.format));
  return EXIT.done;
}

async function graphText(
  document: GraphDocument,
  format: OptionsOf<typeof options>["format"],
): Promise<string> {
  switch (format) {
    case "dot":
      return (await import("../render/graph-dot.ts")).renderDot(document);
    case "mermaid":
      return (await import("../render/graph-mermaid.ts")).renderMermaid(document);
    case "svg": {
      const { pictureGraph } = await import("../render/picture.ts");
      const { renderSvg } = await import("../render/graph-svg.ts");
      return renderSvg(pictureGraph(document), `Replication graph of ${document.environment}`);
    }
    case "json":
      return (await import("../render/json.ts")).renderJson(document);
  }
}

export const graphCommand = command({
  spec: "graph",
  describe: "Print the replication graph",
  options,
  run: graph,
});
