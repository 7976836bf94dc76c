import { fillTemplate } from "../config/name-pattern.ts";
import { errorAt, type Origin } from "../config/origin.ts";
import type { Structure } from "../model/rule.ts";
import { segmentOf } from "../model/segment.ts";
import type { FileEntries, FileEntry } from "./json-entries.ts";
import { SECTION_FIELDS, type Section } from "./structure.ts";
import { readYaml, type YamlMember, type YamlValue } from "./yaml-value.ts";

const ROOT_KEYS = ["applications", "oidc-clients", "pull-secret", "vault-write-token"];
const SECRET_KEYS = ["description", "warning", "value"];
const PULL_SECRET_KEYS = ["description", "registries"];

/** What a file of Phalanx's static secrets holds: values by full name, and what documents are composed of. */
export interface PhalanxFile extends FileEntries {
  readonly sections: Readonly<
    Record<Structure, { readonly at: Origin; readonly sections: readonly Section[] }>
  >;
}

/**
 * Reads the layout (Phalanx, models/secrets.py, `StaticSecrets`); an entry's key is the name that `names` makes of its
 * application and key. A value of null is not there yet. Problems name keys that the layout has, and no others.
 */
export function readPhalanxFile(text: string, file: string, names: string): PhalanxFile {
  const read = readYaml(text, file);
  const problems = [...read.problems];
  const places = new Map<string, Origin>();
  const top = read.root?.at ?? { file, line: 1, column: 1 };
  const root = fieldsOf(read.root, "a file of static secrets", ROOT_KEYS);
  const pullSecret = root.get("pull-secret");
  const registries = fieldsOf(pullSecret?.value, "pull-secret", PULL_SECRET_KEYS).get("registries");
  return {
    entries: applications(root.get("applications")),
    sections: {
      "oidc-clients": sectionsOf(root.get("oidc-clients"), "oidc-clients", "an OpenID Connect client"),
      dockerconfigjson: sectionsOf(registries, "dockerconfigjson", "a registry"),
    },
    problems,
  };

  function applications(member: YamlMember | undefined): FileEntry[] {
    return membersOf(member?.value, "applications").flatMap((application) =>
      membersOf(application.value, "an application").flatMap((secret) => {
        const words = { application: segmentOf(application.key), key: segmentOf(secret.key) };
        return entryOf(secret, fillTemplate(names, words)) ?? [];
      }),
    );
  }

  function entryOf({ keyAt, value: secret }: YamlMember, name: string): FileEntry | undefined {
    const value = fieldsOf(secret, "a secret", SECRET_KEYS).get("value")?.value;
    if (value === undefined || value.kind === "nothing") return undefined;
    const first = places.get(name);
    if (first !== undefined) fail(keyAt, `another secret comes to the same name, on line ${first.line}`);
    places.set(name, keyAt);
    return { key: name, keyAt, at: value.at, text: value.kind === "text" ? value.text : undefined };
  }

  function sectionsOf(member: YamlMember | undefined, structure: Structure, what: string) {
    const required = SECTION_FIELDS[structure];
    const sections = membersOf(member?.value, member?.key ?? "").map(({ key, keyAt, value }): Section => {
      const fields = fieldsOf(value, what, required);
      const texts = new Map<string, string>();
      for (const field of required) {
        const found = fields.get(field);
        if (found?.value.kind === "text") texts.set(field, found.value.text);
        else fail(found?.value.at ?? keyAt, `${what} has no ${field} that is a text`, "put it in quotes");
      }
      return { name: key, fields: texts };
    });
    return { at: member?.keyAt ?? top, sections };
  }

  /** The members of a mapping; of nothing, none. */
  function membersOf(value: YamlValue | undefined, what: string): readonly YamlMember[] {
    if (value?.kind === "map") return value.members;
    if (value !== undefined && value.kind !== "nothing") fail(value.at, `${what} is no mapping`);
    return [];
  }

  function fieldsOf(
    value: YamlValue | undefined,
    what: string,
    known: readonly string[],
  ): ReadonlyMap<string, YamlMember> {
    const fields = new Map<string, YamlMember>();
    for (const member of membersOf(value, what)) {
      if (known.includes(member.key)) fields.set(member.key, member);
      else fail(member.keyAt, `this is no key of ${what}`, `known here: ${known.join(", ")}`);
    }
    return fields;
  }

  function fail(at: Origin, summary: string, hint?: string): void {
    problems.push(errorAt(at, summary, hint));
  }
}
