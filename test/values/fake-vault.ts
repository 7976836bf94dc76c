import { type Answer, reply } from "./json-server.ts";

export interface FakeVault {
  readonly token: string;
  readonly namespace?: string;
  readonly sealed?: boolean;
  /** Secrets by mount and path; `"deleted"` is one whose last version was deleted. */
  readonly mounts: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, unknown>> | "deleted">>>
  >;
  /** Paths that the token's policies leave out. */
  readonly denied?: readonly string[];
}

/** HashiCorp Vault's KV version 2 (its API documentation), as versions 1.10 and later answer. */
export function fakeVault({ token, namespace, sealed = false, mounts, denied = [] }: FakeVault): Answer {
  return ({ url, headers, method }, response) => {
    const answer = (status: number, body: object) => reply(response, status, body);
    const errors = (status: number, ...all: string[]) => answer(status, { errors: all });
    if (sealed) return errors(503, "Vault is sealed");
    if (headers["x-vault-request"] !== "true") return errors(412, "missing X-Vault-Request header");
    if (headers["x-vault-token"] !== token) return errors(403, "permission denied");
    if (headers["x-vault-namespace"] !== namespace) return errors(403, "permission denied");
    if (method !== "GET") return errors(405, "unsupported operation");
    const path = decodeURIComponent(url.pathname.replace(/^\/v1\//, ""));
    const mount = Object.keys(mounts).find((one) => path.startsWith(`${one}/data/`));
    if (mount === undefined) return errors(404, `no handler for route "${path}". route entry not found.`);
    const below = path.slice(`${mount}/data/`.length);
    if (denied.includes(below)) return errors(403, "1 error occurred:\n\t* permission denied\n\n");
    const secret = mounts[mount]?.[below];
    if (secret === undefined) return errors(404);
    const gone = secret === "deleted";
    const metadata = {
      created_time: "2026-01-01T00:00:00.000000000Z",
      custom_metadata: null,
      deletion_time: gone ? "2026-02-01T00:00:00.000000000Z" : "",
      destroyed: false,
      version: 3,
    };
    answer(gone ? 404 : 200, {
      request_id: "00000000-0000-0000-0000-000000000000",
      lease_id: "",
      renewable: false,
      lease_duration: 0,
      data: { data: gone ? null : secret, metadata },
      wrap_info: null,
      warnings: null,
      auth: null,
    });
  };
}
