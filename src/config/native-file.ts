import type { ParameterName } from "../model/name.ts";
import { canonicalPolicies } from "../model/policies.ts";
import type { Problem } from "../model/problem.ts";
import type { Adoption, Attributes, Declaration, Entries, Group, Reference } from "./declaration.ts";
import { type JsonNode, nodeAt, placeOf } from "./json-node.ts";
import { readMoves, readRemovals } from "./lifecycle.ts";
import { readMergeParts } from "./merge-template.ts";
import { errorAt, type Origin } from "./origin.ts";
import type { ParameterNames } from "./parameter-names.ts";
import { readRecipe } from "./recipe.ts";
import { isStructure, type MadeShape } from "./recipe-schema.ts";
import { type ParameterShape, type ReplicationShape, RULE_KEYS } from "./replication-schema.ts";
import type { Shaped } from "./shape.ts";

/** Of a group that does not say how long: about what it takes to type the second of two values. */
const QUIET_SECONDS = 30;

/** What a native file says, as far as it can be understood; the rest is in `problems`. */
export function readNative(
  { value, node, written }: Shaped<ReplicationShape>,
  names: ParameterNames,
  problems: Problem[],
): Entries {
  const declarations: Declaration[] = [];
  const references: Reference[] = [];
  const parameters = nodeAt(node, ["parameters"]);
  if (parameters?.kind === "object") {
    for (const [key, entry] of Object.entries(value.parameters ?? {})) {
      const member = parameters.members.get(key);
      if (member !== undefined) readEntry(key, entry, member.value, member.keyAt);
    }
  }
  return {
    declarations,
    references,
    adoptions: readAdoptions(),
    groups: readGroups(),
    moves: readMoves(value, node, names),
    removals: readRemovals(value, node, names),
  };

  function readEntry(key: string, entry: ParameterShape, at: JsonNode, origin: Origin): void {
    const name = names.read(key, "key", origin);
    const rules = RULE_KEYS.filter((rule) => entry[rule] !== undefined);
    if (rules.length > 1) {
      problems.push(
        errorAt(
          placeOf(at, [rules[1] ?? ""]),
          `an entry has one rule, not ${rules.join(" and ")}`,
          "keep one of them",
        ),
      );
      return;
    }
    if (entry.exists === true && Object.keys(entry).length > 1) {
      const extra = Object.keys(entry).find((one) => one !== "exists") ?? "";
      problems.push(
        errorAt(
          placeOf(at, [extra]),
          `${extra} cannot stand beside exists`,
          "somebody else writes this parameter: remove it",
        ),
      );
      return;
    }
    const { generate } = entry;
    if (generate !== undefined && !isStructure(generate)) readGenerated(name, entry, generate, at, origin);
    else {
      const rule = readRule(entry, at);
      if (name === undefined || rule === undefined) return;
      if (rule.kind === "exists") references.push({ name, origin });
      else declarations.push({ name, rule, attributes: readAttributes(entry), origin });
    }
  }

  /** The other half of a pair is declared with it: public, so it has no attributes but the tags. */
  function readGenerated(
    name: ParameterName | undefined,
    entry: ParameterShape,
    generate: MadeShape,
    at: JsonNode,
    origin: Origin,
  ): void {
    if (name === undefined) return;
    const read = readRecipe(generate, name, nodeAt(at, ["generate"]) ?? at, names, problems);
    if (read === undefined) return;
    const { recipe, half } = read;
    declarations.push({
      name,
      rule: { kind: "generate", recipe },
      attributes: readAttributes(entry),
      origin,
    });
    if (half === undefined) return;
    declarations.push({
      name: half.name,
      rule: { kind: "generate", recipe: half.recipe },
      attributes: entry.tags === undefined ? {} : { tags: entry.tags },
      origin: half.origin,
    });
  }

  function readRule(
    entry: ParameterShape,
    at: JsonNode,
  ): Declaration["rule"] | { kind: "exists" } | undefined {
    if (entry.exists === true) return { kind: "exists" };
    if (entry.value !== undefined) return { kind: "value", value: entry.value };
    if (entry.generate !== undefined && isStructure(entry.generate))
      return { kind: "static", structure: entry.generate.type };
    if (entry.copy !== undefined) {
      const source = names.read(entry.copy, "source", placeOf(at, ["copy"]));
      return source === undefined ? undefined : { kind: "copy", source };
    }
    if (entry.merge === undefined) return { kind: "static" };
    const list = nodeAt(at, ["merge"]);
    const parts = readMergeParts(entry.merge, list, names, problems, "native");
    return parts === undefined ? undefined : { kind: "merge", parts };
  }

  /** What this file declares wrongly is no undeclared name: its adoption says nothing until that is mended. */
  function readAdoptions(): Adoption[] {
    const understood = new Set<string>(declarations.map((one) => one.name));
    return (value.adopt ?? []).flatMap((entry, index) => {
      const origin = placeOf(node, ["adopt", index, "name"]);
      const name = names.read(entry.name, "name", origin);
      const misread =
        !understood.has(name ?? "") && nodeAt(written, ["parameters", entry.name]) !== undefined;
      if (name === undefined || misread) return [];
      return [{ name, origin, ...(entry.owner === undefined ? {} : { owner: entry.owner }) }];
    });
  }

  function readGroups(): Group[] {
    return (value.groups ?? []).map(({ members, quietSeconds = QUIET_SECONDS }, index) => ({
      members: members.flatMap((text, at) => {
        const origin = placeOf(node, ["groups", index, "members", at]);
        const name = names.read(text, "member", origin);
        return name === undefined ? [] : [{ name, origin }];
      }),
      quietSeconds,
    }));
  }
}

function readAttributes(entry: ParameterShape): Attributes {
  const { value, copy, merge, generate, exists, policies, ...rest } = entry;
  const canonical = canonicalPolicies(policies ?? []);
  return canonical === undefined ? rest : { ...rest, policies: canonical };
}
