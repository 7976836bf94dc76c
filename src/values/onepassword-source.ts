import type { LocationOf, OnePasswordEntry } from "../config/source-location.ts";
import { UserError } from "../model/error.ts";
import type { Structure } from "../model/rule.ts";
import { asObject } from "./field.ts";
import { getJson, notItsOwn } from "./json-service.ts";
import { type Picked, remoteSource } from "./remote-source.ts";
import type { Source, SourceContext } from "./source.ts";
import { composeDocument, SECTION_FIELDS } from "./structure.ts";
import { tokenOf } from "./token.ts";

const SERVICE = "1Password Connect";
const TOKEN_VARIABLE = "OP_CONNECT_TOKEN";

interface Field {
  readonly label: string;
  /** The label of its section; `undefined` outside of all. */
  readonly section: string | undefined;
  readonly value: string;
}

/** A vault behind 1Password Connect (its REST API, version 1): two requests for each item, one for the vault. */
export function onePasswordSource(location: LocationOf<"onepassword">, context: SourceContext): Source {
  const { vault } = location;
  return remoteSource<OnePasswordEntry, readonly Field[]>(location, {
    structures: context.structures,
    containerOf: ({ entry, fill }) => fill(entry.item),
    from: (item) => `1Password item ${item}`,
    async open() {
      const token = tokenOf(TOKEN_VARIABLE, SERVICE, context.environmentVariables);
      const service = {
        name: SERVICE,
        address: location.connect,
        tokenVariable: TOKEN_VARIABLE,
        headers: () => ({ authorization: `Bearer ${token.expose()}` }),
      };
      const get = (path: string, what: string) => getJson(service, `v1/${path}`, what, context);
      const idOf = async (path: string, key: "name" | "title", title: string, what: string) => {
        const filter = encodeURIComponent(`${key} eq "${title}"`);
        const { kind, body } = await get(`${path}?filter=${filter}`, what);
        if (kind === "missing" || !Array.isArray(body)) throw notItsOwn(SERVICE, what);
        const found = body.map((one) => summaryOf(one, key, what));
        return onlyOne(
          found.filter((one) => one.title === title && one.active),
          what,
        )?.id;
      };

      const vaultId = await idOf("vaults", "name", vault, `vault ${vault}`);
      if (vaultId === undefined)
        throw new UserError(`1Password Connect shows no vault ${vault}`, {
          hint: `check the title, and that ${TOKEN_VARIABLE} has access to the vault`,
        });
      return async (title) => {
        const what = `item ${title}`;
        const id = await idOf(`vaults/${vaultId}/items`, "title", title, what);
        if (id === undefined) return undefined;
        const { kind, body } = await get(`vaults/${vaultId}/items/${id}`, what);
        if (kind === "missing" && asObject(body)?.status !== 404) throw notItsOwn(SERVICE, what);
        return kind === "missing" ? undefined : fieldsOf(body, id, what);
      };
    },
    pick: (fields, mapped, name) => {
      const { field, section, encoded } = mapped.entry;
      if (field !== undefined) {
        const label = mapped.fill(field);
        return pickField(fields, label, section === undefined ? undefined : mapped.fill(section), encoded);
      }
      const structure = context.structures.get(name);
      if (structure !== undefined) return pickDocument(fields, structure);
      return { kind: "unusable", why: "has no field that it is in", hint: 'name its "field"' };
    },
  });
}

interface Summary {
  readonly id: string;
  readonly title: string;
  /** Items that are archived or deleted are listed too, with their state. */
  readonly active: boolean;
}

function summaryOf(one: unknown, key: "name" | "title", what: string): Summary {
  const { id, [key]: title, state } = asObject(one) ?? {};
  if (typeof id !== "string" || !/^[\da-z]{26}$/.test(id) || typeof title !== "string")
    throw notItsOwn(SERVICE, what);
  return { id, title, active: state === undefined };
}

function onlyOne(found: readonly Summary[], what: string): Summary | undefined {
  if (found.length > 1)
    throw new UserError(`1Password has more than one ${what}`, { hint: "give them titles of their own" });
  return found[0];
}

function fieldsOf(body: unknown, id: string, what: string): Field[] {
  const item = asObject(body);
  const { fields = [], sections = [] } = item ?? {};
  if (item?.id !== id || !Array.isArray(fields) || !Array.isArray(sections)) throw notItsOwn(SERVICE, what);
  const labels = new Map(
    sections.map((section) => [asObject(section)?.id, String(asObject(section)?.label ?? "")]),
  );
  return fields.map((one) => {
    // A field that is empty comes without a value.
    const { label = "", section, value = "" } = asObject(one) ?? {};
    if (typeof label !== "string" || typeof value !== "string") throw notItsOwn(SERVICE, what);
    const sectionId = asObject(section)?.id;
    return { label, section: sectionId === undefined ? undefined : (labels.get(sectionId) ?? ""), value };
  });
}

/** By label, in the named section or in any; where labels repeat, the one outside of all sections counts. */
function pickField(
  fields: readonly Field[],
  label: string,
  section: string | undefined,
  encoded = false,
): Picked {
  const all = fields.filter(
    (field) => field.label === label && (section === undefined || field.section === section),
  );
  const outside = all.filter((field) => field.section === undefined);
  const [field, second] = all.length > 1 && section === undefined && outside.length > 0 ? outside : all;
  if (field === undefined) return { kind: "absent" };
  if (second !== undefined)
    return { kind: "unusable", why: "is one of several with its label", hint: 'name its "section"' };
  return encoded ? decode(field.value) : { kind: "text", text: field.value };
}

/** Each section is a client or a registry, as Phalanx keeps them (storage/onepassword.py). */
function pickDocument(fields: readonly Field[], structure: Structure): Picked {
  const sections = new Map<string, Map<string, string>>();
  for (const { section = "", label, value } of fields) {
    if (section === "") continue;
    const texts = sections.get(section) ?? new Map<string, string>();
    sections.set(section, texts.set(label, value));
  }
  if (sections.size === 0) return { kind: "absent" };
  const incomplete = [...sections.values()].some((texts) =>
    SECTION_FIELDS[structure].some((field) => (texts.get(field) ?? "") === ""),
  );
  if (incomplete) {
    const hint = `each section has the fields ${SECTION_FIELDS[structure].join(", ")}`;
    return { kind: "unusable", why: "has a section that is not complete", hint };
  }
  const all = [...sections].map(([name, texts]) => ({ name, fields: texts }));
  return { kind: "text", text: composeDocument(structure, all) };
}

function decode(value: string): Picked {
  const base64 = value.replaceAll(/\s/g, "");
  try {
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64))
      throw new TypeError();
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(base64, "base64"),
    );
    return { kind: "text", text };
  } catch {
    return { kind: "unusable", why: "is no base64 of a text", hint: 'encode it, or take "encoded" away' };
  }
}
