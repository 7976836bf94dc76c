import { dirname } from "node:path";
import { showPath } from "../config/json-file.ts";
import type { LocationOf } from "../config/source-location.ts";
import { runChild } from "./child.ts";
import { byName, readEntries } from "./entries-reading.ts";
import { jsonEntries } from "./json-entries.ts";
import type { Source, SourceContext } from "./source.ts";
import { NOTHING } from "./source-reading.ts";
import { byVariable } from "./variable-names.ts";

const TIMEOUT = 30_000;

/** What SOPS and the key services behind it are told by (SOPS documentation: age, PGP, AWS, GCP, Azure, Vault). */
const VARIABLE =
  /^(?:SOPS_|AWS_|AZURE_|GOOGLE_|CLOUDSDK_|VAULT_|GNUPGHOME$|GPG_TTY$|XDG_CONFIG_HOME$|XDG_RUNTIME_DIR$|HTTPS?_PROXY$|NO_PROXY$|SSL_CERT_(?:FILE|DIR)$)/;

/** A file that SOPS decrypts: full names as keys, or in a `.env` file names as a dotenv file spells them. */
export function sopsSource({ kind, at, path }: LocationOf<"sops">, context: SourceContext): Source {
  const file = showPath(path, context.cwd);
  const keys = /\.env$/i.test(path) ? { nameOf: byVariable(context.names, "") } : byName(context.names);
  return {
    kind,
    mayHave: () => true,
    async read(wanted) {
      if (wanted.size === 0) return NOTHING;
      const child = {
        name: `sops, which decrypts ${file},`,
        program: "sops",
        args: ["--decrypt", "--output-type", "json", path],
        folder: dirname(path),
        input: "",
        timeout: TIMEOUT,
        mayHave: (variable: string) => VARIABLE.test(variable),
        absentHint: "install sops, or take the source out of environment.json",
      };
      const output = await runChild(child, context.environmentVariables);
      return readEntries(jsonEntries(output, "output"), { from: `SOPS file ${file}`, at, ...keys });
    },
  };
}
