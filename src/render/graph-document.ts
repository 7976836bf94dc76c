import type { DesiredGraph } from "../graph/graph.ts";
import { inputsOf, type RuleKind } from "../model/rule.ts";

/** The replication graph of an environment, for `graph --format json`. */
export interface GraphDocument {
  readonly format_version: "1.0";
  readonly environment: string;
  /** Sources before what follows from them. */
  readonly nodes: readonly {
    readonly name: string;
    readonly rule: RuleKind;
    readonly file: string;
    readonly line: number;
  }[];
  /** `kind` is the rule of the destination: how it follows. */
  readonly edges: readonly {
    readonly source: string;
    readonly destination: string;
    readonly kind: RuleKind;
  }[];
}

export function graphDocument(environment: string, { parameters }: DesiredGraph): GraphDocument {
  const all = [...parameters.values()];
  return {
    format_version: "1.0",
    environment,
    nodes: all.map(({ name, rule, origin }) => ({
      name,
      rule: rule.kind,
      file: origin.file,
      line: origin.line,
    })),
    edges: all.flatMap(({ name, rule }) =>
      inputsOf(rule).map((source) => ({ source, destination: name, kind: rule.kind })),
    ),
  };
}
