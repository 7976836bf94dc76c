import type { Environment } from "../config/environment.ts";
import { readMergeParts } from "../config/merge-template.ts";
import { warningAt } from "../config/origin.ts";
import { nameProblem, OWN_ROOT } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { parsePythonList } from "../model/python-list.ts";
import { inputsOf } from "../model/rule.ts";
import { segmentOf } from "../model/segment.ts";
import type { LiveParameter } from "../store/store.ts";
import { findCycles } from "./cycles.ts";
import type { ExistingNames } from "./existing.ts";
import { type FiggyRule, writeRule } from "./figgy-entry.ts";
import { type Imported, replicationFile, type WrittenEntry } from "./imported.ts";
import { namesAsWritten } from "./variable-names.ts";

export interface LiveImport {
  readonly environment: Environment;
  /** What was described, without a slash at its end. */
  readonly prefix: string;
  readonly parameters: readonly LiveParameter[];
  readonly existing: ExistingNames;
  /** Whether a description ends in a stamp of paraform. */
  readonly isStamped: (description: string) => boolean;
}

/** What Figgy writes as the description of what it replicated (figgy.lib, `svcs/replication.py`). */
const REPLICA = /^Replicated from: (.+) by: .*$/s;

/** The file that an import of this prefix writes. */
export function liveFile(prefix: string): string {
  return `live-${segmentOf(prefix.slice(1).replaceAll("/", "-"))}.json`;
}

/**
 * Declares what lives under a prefix as it is, from its metadata alone: static with its attributes, or a copy or merge
 * where Figgy's description says so. All of it but Figgy's replicas, which a plan adopts by itself, is adopted.
 */
export function importLive(options: LiveImport): Imported {
  const { environment, prefix, existing, isStamped } = options;
  const reports: Problem[] = [];
  const file = liveFile(prefix);
  const report = (summary: string, hint?: string) => {
    reports.push(warningAt({ file: environment.file, line: 1, column: 1 }, summary, hint));
  };
  const usable = options.parameters.filter(({ name, description }) => {
    if (name.startsWith(OWN_ROOT) || existing.isIgnored(name)) return false;
    const problem = nameProblem(name);
    if (problem !== undefined) report(`${name} is left out: ${problem}`);
    else if (isStamped(description)) {
      if (!existing.declared.has(name))
        report(
          `${name} is left out: it bears a stamp of paraform`,
          "where the stamp is this owner's own, an entry in a config is enough",
        );
    } else return true;
    return false;
  });
  const rules = new Map(usable.map((parameter) => [parameter.name as string, ruleOf(parameter)]));
  for (const cycle of findCycles(new Map([...rules].map(([name, rule]) => [name, inputsOf(rule)])))) {
    report(
      `by their descriptions these follow from themselves: ${cycle.join(" → ")}`,
      "they are written as static",
    );
    for (const name of cycle) rules.set(name, { kind: "static" });
  }
  const parameters = new Map<string, WrittenEntry>();
  const adopt: { name: string }[] = [];
  for (const parameter of usable) {
    const rule = rules.get(parameter.name) ?? { kind: "static" };
    if (!existing.declared.has(parameter.name))
      parameters.set(parameter.name, entryOf(parameter, rule, environment.replicationKey));
    if (rule.kind === "static" && !existing.adopted.has(parameter.name)) adopt.push({ name: parameter.name });
  }
  if (parameters.size + adopt.length === 0) return { files: [], reports };
  const origin = `Imported from what lives under ${prefix}/ in the store of environment ${environment.name}`;
  return { files: [replicationFile(file, origin, { parameters, adopt })], reports };
}

/** Figgy's description names a source, or the template of a merge as Python writes a list. */
function ruleOf({ description }: LiveParameter): FiggyRule {
  const source = REPLICA.exec(description)?.[1];
  if (source === undefined) return { kind: "static" };
  const at = { file: "", line: 1, column: 1 };
  const refused: Problem[] = [];
  const names = namesAsWritten(refused);
  const items = parsePythonList(source);
  if (items === undefined) {
    const name = names.read(source, "source", at);
    return name === undefined ? { kind: "static" } : { kind: "copy", source: name };
  }
  const list = {
    kind: "array" as const,
    at,
    items: items.map((value) => ({ kind: "scalar" as const, at, value })),
  };
  const parts = readMergeParts(items, list, names, refused, "figgy");
  return parts === undefined || parts.length === 0 ? { kind: "static" } : { kind: "merge", parts };
}

/** Every attribute that is not what an entry without it would have. */
function entryOf(live: LiveParameter, rule: FiggyRule, replicationKey: string | undefined): WrittenEntry {
  const { type, keyId, tier, description, dataType, policies, allowedPattern } = live;
  const follows = rule.kind === "copy" || rule.kind === "merge";
  return {
    ...writeRule(rule),
    ...(follows || type === "SecureString" ? {} : { type }),
    ...(keyId === undefined || (follows && keyId === replicationKey) ? {} : { key: keyId }),
    ...(tier === "Advanced" ? { tier } : {}),
    ...(follows || description === "" ? {} : { description }),
    ...(dataType === "text" ? {} : { dataType: dataType as WrittenEntry["dataType"] & string }),
    ...(allowedPattern === undefined ? {} : { allowedPattern }),
    ...(policies === undefined ? {} : { policies: JSON.parse(policies) }),
  };
}
