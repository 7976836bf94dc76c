import { isPath } from "../config/name-pattern.ts";
import type { LocationOf, VaultEntry } from "../config/source-location.ts";
import { isEndpoint } from "../model/endpoint.ts";
import { UserError } from "../model/error.ts";
import { asObject, pickField } from "./field.ts";
import { getJson, type JsonService, notItsOwn } from "./json-service.ts";
import { remoteSource } from "./remote-source.ts";
import type { Source, SourceContext } from "./source.ts";
import { tokenOf } from "./token.ts";

const SERVICE = "Vault";

/** HashiCorp Vault's KV version 2 (API documentation, "Read secret version"): one request for each secret. */
export function vaultSource(location: LocationOf<"vault">, context: SourceContext): Source {
  const { mount } = location;
  return remoteSource<VaultEntry, Readonly<Record<string, unknown>>>(location, {
    containerOf: ({ entry, fill }) => fill(entry.path),
    // In a URL `..` would lead to another secret, and on to the server's other paths.
    fits: isPath,
    from: (path) => `Vault ${mount}/${path}`,
    async open() {
      const service = serviceOf(location, context);
      return async (path) => {
        const what = `${mount}/${path}`;
        const answer = await getJson(service, `v1/${encode(mount)}/data/${encode(path)}`, what, context);
        if (answer.kind === "found") return secretOf(answer.body, what);
        if (saysAbsent(answer.body)) return undefined;
        throw new UserError(`Vault has no KV engine of version 2 at ${mount}`, {
          hint: 'name its mount as "mount", and its namespace as "namespace" where it has one',
        });
      };
    },
    pick: (secret, { entry, fill }) => pickField(secret, fill(entry.field)),
  });
}

/** @throws UserError */
function serviceOf(location: LocationOf<"vault">, { environmentVariables }: SourceContext): JsonService {
  const address = location.address ?? environmentVariables.VAULT_ADDR;
  if (address === undefined)
    throw new UserError("Vault's address is not known", {
      hint: 'set VAULT_ADDR, or "address" of the source',
    });
  if (!isEndpoint(address))
    throw new UserError("VAULT_ADDR is no https: URL", { hint: "plain http: is only for this machine" });
  const namespace = location.namespace ?? environmentVariables.VAULT_NAMESPACE;
  const tokenVariable = "VAULT_TOKEN";
  const token = tokenOf(tokenVariable, SERVICE, environmentVariables);
  return {
    name: SERVICE,
    address,
    tokenVariable,
    headers: () => ({
      "x-vault-token": token.expose(),
      // An agent in front may be told to insist on it, against requests that a page was tricked into.
      "x-vault-request": "true",
      ...(namespace === undefined || namespace === "" ? {} : { "x-vault-namespace": namespace }),
    }),
  };
}

function secretOf(body: unknown, what: string): Readonly<Record<string, unknown>> {
  const { data, metadata } = asObject(asObject(body)?.data) ?? {};
  const secret = asObject(data);
  if (secret === undefined || asObject(metadata) === undefined)
    throw notItsOwn("a KV engine of version 2", what);
  return secret;
}

/** A secret that never was is a 404 without errors, a deleted version one without data; a wrong mount's has errors. */
function saysAbsent(body: unknown): boolean {
  const { errors, data } = asObject(body) ?? {};
  if (Array.isArray(errors)) return errors.length === 0;
  const version = asObject(data);
  return version?.data === null && asObject(version.metadata) !== undefined;
}

function encode(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
