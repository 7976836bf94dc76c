import type { ServerResponse } from "node:http";
import { type Answer, type Request, reply } from "./json-server.ts";

export interface FakeItem {
  readonly title: string;
  readonly state?: "ARCHIVED" | "DELETED";
  readonly sections?: readonly { id: string; label?: string }[];
  readonly fields: readonly { label?: string; value?: string; section?: { id: string } }[];
}

export interface FakeConnect {
  readonly token: string;
  /** Items by the vault's title; a title that stands in `outOfScope` is listed and then refused. */
  readonly vaults: Readonly<Record<string, readonly FakeItem[]>>;
  readonly outOfScope?: readonly string[];
}

/**
 * 1Password Connect's REST API (its OpenAPI document, version 1.7): vaults and items by a SCIM filter, summaries in
 * lists, fields only in an item's details.
 */
export function fakeConnect({ token, vaults, outOfScope = [] }: FakeConnect): Answer {
  const all = Object.entries(vaults).map(([name, items], index) => ({
    id: idOf("v", index),
    name,
    items: items.map((item, place) => ({ ...item, id: idOf("i", index * 1000 + place) })),
  }));

  return (request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`)
      return refuse(response, 401, "Invalid token signature");
    const [, version, vaultsWord, vaultId, itemsWord, itemId] = request.url.pathname.split("/");
    if (version !== "v1" || vaultsWord !== "vaults" || request.method !== "GET")
      return refuse(response, 404, "no such route");
    if (vaultId === undefined) {
      const name = filtered(request, "name");
      return reply(
        response,
        200,
        all
          .filter((vault) => name === undefined || vault.name === name)
          .map((vault) => ({ id: vault.id, name: vault.name, type: "USER_CREATED" })),
      );
    }
    const vault = all.find(({ id }) => id === vaultId);
    if (vault === undefined) return refuse(response, 404, `vault ${vaultId} not found`);
    if (outOfScope.includes(vault.name)) return refuse(response, 403, `vault ${vaultId} is not in scope`);
    if (itemsWord !== "items") return refuse(response, 404, "no such route");
    if (itemId === undefined) {
      const title = filtered(request, "title");
      return reply(
        response,
        200,
        vault.items
          .filter((item) => title === undefined || item.title === title)
          .map(({ id, title, state }) => ({ id, title, vault: { id: vaultId }, category: "SERVER", state })),
      );
    }
    const item = vault.items.find(({ id }) => id === itemId);
    if (item === undefined) return refuse(response, 404, `item ${itemId} not found`);
    const fields = item.fields.map((field, index) => ({ id: `f${index}`, type: "CONCEALED", ...field }));
    reply(response, 200, { ...item, vault: { id: vaultId }, category: "SERVER", fields });
  };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  reply(response, status, { status, message });
}

/** `title eq "some title"`; the title, or `undefined` without a filter. */
function filtered({ url }: Request, attribute: string): string | undefined {
  const filter = url.searchParams.get("filter");
  if (filter === null) return undefined;
  const [, title] = new RegExp(`^${attribute} eq "([^"\\\\]*)"$`).exec(filter) ?? [];
  if (title === undefined) throw new Error(`no filter: ${filter}`);
  return title;
}

function idOf(letter: string, index: number): string {
  return `${letter}${String(index).padStart(25, "a")}`;
}
