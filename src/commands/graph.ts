import { resolve } from "node:path";
import type { Argv } from "yargs";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { Plan } from "../plan/plan.ts";
import type { GraphDocument } from "../render/graph-document.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { configOptions } from "./options.ts";

function options(yargs: Argv) {
  return configOptions(yargs)
    .option("format", {
      choices: ["dot", "mermaid", "svg", "json"] as const,
      default: "dot" as const,
      describe: "Graphviz, Mermaid, a picture, or JSON",
    })
    .option("plan", {
      type: "string",
      requiresArg: true,
      describe: "With --format svg: mark what this saved plan changes",
    });
}

/** Prints who follows from whom, from the configs alone, and in a picture what a saved plan does to it. */
async function graph(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  if (given.plan !== undefined && given.format !== "svg") {
    throw new UserError("--plan marks what changes in a picture", { hint: "give --format svg too" });
  }
  const { compileEnvironment } = await import("./session.ts");
  const { graphDocument } = await import("../render/graph-document.ts");
  const document = graphDocument(given.env, compileEnvironment(host, given).graph);
  const plan = given.plan === undefined ? undefined : await savedPlan(host, given, given.plan);
  host.print(await graphText(document, given.format, plan));
  return EXIT.done;
}

async function savedPlan(host: Host, given: OptionsOf<typeof options>, file: string): Promise<Plan> {
  const { openSaved } = await import("./saved-plan.ts");
  const { workingFolder } = await import("./session.ts");
  return openSaved(host, resolve(workingFolder(host, given.chdir), file), given.env);
}

async function graphText(
  document: GraphDocument,
  format: OptionsOf<typeof options>["format"],
  plan: Plan | undefined,
): Promise<string> {
  switch (format) {
    case "dot":
      return (await import("../render/graph-dot.ts")).renderDot(document);
    case "mermaid":
      return (await import("../render/graph-mermaid.ts")).renderMermaid(document);
    case "svg": {
      const { pictureGraph } = await import("../render/picture.ts");
      const { renderSvg } = await import("../render/graph-svg.ts");
      return renderSvg(pictureGraph(document, plan), `Replication graph of ${document.environment}`);
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
