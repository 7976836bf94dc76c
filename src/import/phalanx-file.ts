import { warningAt } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";
import type { Application } from "./application.ts";
import { ENCODED_TAG } from "./encoded-tag.ts";
import {
  cutDescription,
  type ImportedFile,
  LONGEST_DESCRIPTION,
  replicationFile,
  type WrittenEntry,
} from "./imported.ts";
import type { SecretNames } from "./phalanx-names.ts";
import { BECOMES_STATIC, idOf, type ResolvedSecret, sourceOf } from "./phalanx-rules.ts";

/** The replication file of an application, of whose secrets at least one has a name; else `undefined`. */
export function applicationFile(
  application: Application,
  secrets: readonly ResolvedSecret[],
  names: SecretNames,
  environment: string,
  reports: Problem[],
): ImportedFile | undefined {
  const parameters = new Map<string, WrittenEntry>();
  for (const secret of secrets) {
    const name = names.get(idOf(application.name, secret.definition.key));
    if (name !== undefined) parameters.set(name, entryOf(secret, names, reports));
  }
  if (parameters.size === 0) return undefined;
  const origin = `${phalanxMark(environment)} ${application.files.join(", ")}`;
  return replicationFile(fileName(application.name), origin, { parameters, adopt: [] });
}

/** How the comment of every file of an application begins. */
export function phalanxMark(environment: string): string {
  return `Imported from Phalanx, environment ${environment}:`;
}

/** environment.json is the one file of the folder that means something else. */
export function fileName(application: string): string {
  return application === "environment" ? "environment-secrets.json" : `${application}.json`;
}

function entryOf(secret: ResolvedSecret, names: SecretNames, reports: Problem[]): WrittenEntry {
  const { definition } = secret;
  const id = idOf(secret.application, definition.key);
  const whole = definition.description ?? "";
  const description = cutDescription(whole);
  if (description.length < whole.length)
    reports.push(
      warningAt(definition.at, `${id}: its description is cut to ${LONGEST_DESCRIPTION} characters`),
    );
  return {
    ...ruleEntry(secret, id, names, reports),
    ...(description === "" ? {} : { description }),
    ...(definition.encoded ? { tags: { [ENCODED_TAG.key]: ENCODED_TAG.value } } : {}),
  };
}

function ruleEntry(
  { application, definition, rule }: ResolvedSecret,
  id: string,
  names: SecretNames,
  reports: Problem[],
): WrittenEntry {
  if (rule.kind === "static") return {};
  if (rule.kind === "value") return { value: rule.value };
  const source = sourceOf(application, rule);
  if (source === undefined) return rule.kind === "generate" ? { generate: { type: rule.type } } : {};
  const name = names.get(idOf(source.application, source.key));
  if (name === undefined) {
    const summary = `${id}: follows from ${idOf(source.application, source.key)}, which is left out`;
    reports.push(warningAt(definition.at, summary, BECOMES_STATIC));
    return {};
  }
  return rule.kind === "copy" ? { copy: name } : { generate: { type: rule.type, source: name } };
}
