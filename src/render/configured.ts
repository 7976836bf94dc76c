import type { DesiredGraph } from "../graph/graph.ts";
import { counted } from "./wording.ts";

/** What an environment configures: `4 parameters, 1 reference`. */
export function configuredText({ parameters }: Pick<DesiredGraph, "parameters">): string {
  const references = [...parameters.values()].filter(({ rule }) => rule.kind === "exists").length;
  return `${counted(parameters.size - references, "parameter")}, ${counted(references, "reference")}`;
}
