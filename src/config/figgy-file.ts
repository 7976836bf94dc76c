import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import type { Declaration, Entries, Reference } from "./declaration.ts";
import type { Environment } from "./environment.ts";
import type { FiggyBundle } from "./figgy-import.ts";
import { figgyNamespace } from "./figgy-namespace.ts";
import { readTwig } from "./figgy-twig.ts";
import { type JsonNode, nodeAt, placeOf } from "./json-node.ts";
import { FAN_OUT_HINT } from "./json-parser.ts";
import { readMergeParts } from "./merge-template.ts";
import { errorAt, type Origin, showPlace, warningAt } from "./origin.ts";
import type { ParameterNames } from "./parameter-names.ts";
import type { ReplicationFile } from "./replication-file.ts";

/**
 * What a Figgy file and its imports say, by Figgy's meaning (figgy-cli, src/figcli/utils/utils.py and
 * commands/config/sync.py): `app_figs` are static, `shared_figs` references, the rest copies and merges. A file with
 * `twig` or `app_figs` is a service's own and writes into its twig; one without is a secret owner's.
 */
export function readFiggy(
  { root, imported }: FiggyBundle,
  names: ParameterNames,
  namespaces: Environment["namespaces"],
  problems: Problem[],
): Entries {
  const parts = [root, ...imported];
  const declarations: Declaration[] = [];
  const references: Reference[] = [];
  const ofApp = root.value.twig !== undefined || parts.some((part) => part.value.app_figs !== undefined);
  const twig = ofApp ? readTwig(root, parts, names, namespaces, problems) : undefined;
  const namespace = figgyNamespace({ ofApp, twig }, namespaces, problems);
  const sources = new Map<string, Origin>();
  const templates = new Map<string, Origin>();

  for (const part of imported) {
    if (part.value.twig !== undefined) {
      const summary = "an imported file has no twig: the importing file says it";
      problems.push(errorAt(placeOf(part.node, ["twig"]), summary, "move it to the importing file"));
    }
  }
  readReplicateFrom();
  for (const part of parts) {
    readFigs(part, "app_figs", (name, origin) => declare(name, { kind: "static" }, origin));
    readFigs(part, "shared_figs", (name, origin) => references.push({ name, origin }));
    readReplicateFigs(part);
    readMergedFigs(part, "merged_figs");
    readMergedFigs(part, "merge_figs");
  }
  return { declarations, references, adoptions: [], groups: [], moves: [], removals: [] };

  function declare(name: ParameterName, rule: Declaration["rule"], origin: Origin): void {
    declarations.push({ name, rule, attributes: {}, origin });
  }

  function readFigs(
    part: ReplicationFile,
    key: "app_figs" | "shared_figs",
    add: (name: ParameterName, origin: Origin) => void,
  ): void {
    if (ofApp && twig === undefined) return;
    part.value[key]?.forEach((text, index) => {
      const origin = placeOf(part.node, [key, index]);
      const expanded = names.expand(text, origin);
      if (expanded === undefined) return;
      const name = names.check(twig === undefined ? expanded : rooted(expanded, twig), "name", origin);
      if (name === undefined) return;
      if (name !== expanded && expanded.startsWith("/")) {
        problems.push(
          warningAt(
            origin,
            `a name outside the twig is put under it: ${name}`,
            "write it relative to the twig",
          ),
        );
      }
      add(name, origin);
    });
  }

  function readReplicateFigs(part: ReplicationFile): void {
    for (const [key, { keyAt, value }] of members(part, "replicate_figs")) {
      const source = names.read(key, "source", keyAt);
      if (source === undefined || isRepeated(sources, source, keyAt, FAN_OUT_HINT)) continue;
      const allowed = namespace.allowsSource(source, keyAt);
      for (const node of value.kind === "array" ? value.items : [value]) {
        if (node.kind !== "scalar" || typeof node.value !== "string") continue;
        const destination = names.read(node.value, "destination", node.at);
        if (destination === undefined || !namespace.allowsDestination(destination, node.at) || !allowed)
          continue;
        declare(destination, { kind: "copy", source }, node.at);
      }
    }
  }

  function readMergedFigs(part: ReplicationFile, key: "merged_figs" | "merge_figs"): void {
    if (key === "merge_figs" && part.value.merge_figs !== undefined)
      warnOfAlias(part, "merge_figs", "merged_figs");
    for (const [text, { keyAt, value }] of members(part, key)) {
      const name = names.read(text, "destination", keyAt);
      if (name === undefined || isRepeated(templates, name, keyAt, "keep one of them")) continue;
      const items = part.value[key]?.[text] ?? [];
      const merge = readMergeParts(items, value, names, problems, "figgy");
      const allowed = namespace.allowsDestination(name, keyAt);
      if (merge === undefined) continue;
      const inputsAllowed = merge.map((one, index) =>
        one.kind === "literal" ? true : namespace.allowsInput(one.name, placeOf(value, [index])),
      );
      if (allowed && inputsAllowed.every(Boolean)) declare(name, { kind: "merge", parts: merge }, keyAt);
    }
  }

  function readReplicateFrom(): void {
    const [part, another] = parts.filter((one) => one.value.replicate_from !== undefined);
    const from = part?.value.replicate_from;
    if (part === undefined || from === undefined) return;
    const at = placeOf(part.node, ["replicate_from"]);
    if (another !== undefined) {
      const summary = `replicate_from stands twice, first at ${showPlace(at)}`;
      problems.push(errorAt(placeOf(another.node, ["replicate_from"]), summary, "keep one of them"));
    }
    if (!ofApp) problems.push(errorAt(at, "replicate_from needs a twig", 'add "twig"'));
    if (from.figs !== undefined)
      warnOfAlias(part, "replicate_from.figs", "parameters", ["replicate_from", "figs"]);
    const sourceAt = placeOf(part.node, ["replicate_from", "source_twig"]);
    const sourceTwig = names.read(from.source_twig.replace(/\/$/, ""), "twig", sourceAt);
    if (sourceTwig === undefined || twig === undefined || !namespace.allowsSource(sourceTwig, sourceAt))
      return;
    for (const key of ["parameters", "figs"] as const) {
      from[key]?.forEach((text, index) => {
        const origin = placeOf(part.node, ["replicate_from", key, index]);
        const source = names.read(`${sourceTwig}/${text}`, "source", origin);
        const destination = names.read(`${twig}${text}`, "destination", origin);
        if (source !== undefined && destination !== undefined)
          declare(destination, { kind: "copy", source }, origin);
      });
    }
  }

  /** A key may be repeated neither across imported files nor by what its variables stand for. */
  function isRepeated(seen: Map<string, Origin>, name: ParameterName, origin: Origin, hint: string): boolean {
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, origin);
      return false;
    }
    problems.push(errorAt(origin, `${name} stands twice, first at ${showPlace(first)}`, hint));
    return true;
  }

  function warnOfAlias(part: ReplicationFile, alias: string, meant: string, path = [alias]): void {
    const summary = `${alias} is read as ${meant}; Figgy ignored it`;
    problems.push(warningAt(placeOf(part.node, path), summary, `write ${meant}`));
  }
}

/** A relative name goes under the twig, and so does an absolute one that lies elsewhere (utils.py, get_ci_config). */
function rooted(name: string, twig: string): string {
  if (name.startsWith(twig)) return name;
  return twig + (name.startsWith("/") ? name.slice(1) : name);
}

function members(
  part: ReplicationFile,
  section: string,
): Iterable<[string, { keyAt: Origin; value: JsonNode }]> {
  const node = nodeAt(part.node, [section]);
  return node?.kind === "object" ? node.members : [];
}
