import { ENVIRONMENT_FILE } from "../config/environment-file.ts";
import type { EnvironmentShape } from "../config/environment-schema.ts";
import type { ImportedFile } from "./imported.ts";

/** What an importer knows of an environment that has no environment.json yet; the rest are names to be changed. */
export type KnownEnvironment = Pick<EnvironmentShape, "environment" | "owner"> &
  Partial<Pick<EnvironmentShape, "scopes" | "namespaces" | "ignore" | "sources" | "variables">>;

/** A first environment.json: it compiles as it stands, on an embedded store, until somebody says which account. */
export function newEnvironment(known: KnownEnvironment, more: readonly string[] = []): ImportedFile {
  const { environment, owner, ...rest } = known;
  const document: EnvironmentShape = {
    environment,
    store: { kind: "embedded" },
    owner,
    ...rest,
    keys: [{ path: "/**", key: `alias/${keyWord(environment)}` }],
    replicationKey: `alias/${keyWord(environment)}-replication`,
    digestKey: { kmsKey: `alias/${keyWord(environment)}-paraform` },
  };
  const notes = [
    "A first draft by paraform import, which works on a local store. Before it works on AWS:",
    '"store" becomes {"kind": "parameter-store", "account": "…", "region": "…"}, and the three KMS keys are named.',
    ...more,
  ];
  const text = `${notes.map((note) => `// ${note}\n`).join("")}${JSON.stringify(document, null, 2)}\n`;
  return { name: ENVIRONMENT_FILE, text };
}

/** KMS aliases have no dots. */
function keyWord(environment: string): string {
  return environment.replaceAll(".", "-");
}
