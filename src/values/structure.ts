import type { Structure } from "../model/rule.ts";
import { pythonJson } from "./python-json.ts";

/** A client or a registry, with its name and its fields, in the order that the source has them in. */
export interface Section {
  readonly name: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** What each section must have (Phalanx, models/secrets.py), in the order that a client's document has them in. */
export const SECTION_FIELDS: Readonly<Record<Structure, readonly string[]>> = {
  "oidc-clients": ["id", "secret", "return_uri"],
  dockerconfigjson: ["username", "password"],
};

/** The document where a source was read and has no section: no client is a state, no registry is no pull secret. */
export const EMPTY_DOCUMENT: Readonly<Record<Structure, string | undefined>> = {
  "oidc-clients": "[]",
  dockerconfigjson: undefined,
};

/**
 * Composes sections, of which there is at least one and each has its fields, to the bytes that Phalanx writes:
 * clients sorted by name, registries as they come (services/secrets.py; models/secrets.py, `to_dockerconfigjson`).
 */
export function composeDocument(structure: Structure, sections: readonly Section[]): string {
  const textOf = ({ fields }: Section, field: string) => fields.get(field) ?? "";
  switch (structure) {
    case "oidc-clients":
      return pythonJson(
        sections
          .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
          .map((client) =>
            Object.fromEntries(SECTION_FIELDS[structure].map((field) => [field, textOf(client, field)])),
          ),
      );
    case "dockerconfigjson":
      return pythonJson({
        auths: Object.fromEntries(
          sections.map((registry) => {
            const [username, password] = [textOf(registry, "username"), textOf(registry, "password")];
            const auth = Buffer.from(`${username}:${password}`).toString("base64");
            return [registry.name, { auth, username, password }];
          }),
        ),
      });
  }
}
