import { readdirSync } from "node:fs";
import path from "node:path";
import { readJsonFile, showPath, systemCode } from "../config/json-file.ts";
import { type Origin, warningAt } from "../config/origin.ts";
import { ConfigError, UserError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import type { ExistingNames } from "./existing.ts";
import { type Imported, replicationFile, type WrittenEntry } from "./imported.ts";
import { newEnvironment } from "./new-environment.ts";
import { secretName } from "./secret-name.ts";

export interface VaultImport {
  readonly environment: string;
  /** Files are shown relative to it. */
  readonly cwd: string;
  /** A folder of Phalanx's `vault export-secrets`: a file APPLICATION.json for each, an object of key to value. */
  readonly folder: string;
  /** What names begin with, without a slash at its end. */
  readonly prefix: string;
  /** Whether everything that is there is adopted. */
  readonly adopt: boolean;
  readonly existing: ExistingNames;
}

/** The file that is written. */
export const VAULT_FILE = "vault.json";

/**
 * Turns the keys of an export into static parameters `/prefix/application/key`. What the environment declares already
 * keeps its rule. Values are never looked at, and nothing of one is in what is returned or reported.
 * @throws UserError when the folder cannot be read; ConfigError with every file that could not
 */
export function importVault(options: VaultImport): Imported {
  const { environment, prefix, folder, cwd, existing } = options;
  const problems: Problem[] = [];
  const reports: Problem[] = [];
  const places = new Map<string, Origin>();
  for (const file of exportedFiles(folder, cwd)) {
    const application = path.basename(file, ".json");
    for (const { key, at } of readKeys(file, cwd, problems, reports)) {
      const name = nameOf(application, key, at);
      if (name !== undefined) places.set(name, at);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const names = [...places.keys()];
  const undeclared = names.filter((name) => !existing.declared.has(name));
  const adopt = options.adopt ? names.filter((name) => !existing.adopted.has(name)) : [];
  const draft = newEnvironment({ environment, owner: "vault", scopes: [`${prefix}/`] });
  if (undeclared.length + adopt.length === 0) return { files: [draft], reports };
  const written = replicationFile(VAULT_FILE, "Imported from an export of Vault: names, no values", {
    parameters: new Map(undeclared.map((name): [string, WrittenEntry] => [name, {}])),
    adopt: adopt.map((name) => ({ name })),
  });
  return { files: [draft, written], reports };

  /** A key is repeated in no message but as a part of a name: people put values in the place of keys. */
  function nameOf(application: string, key: string, at: Origin): string | undefined {
    const report = (summary: string, hint?: string) => {
      reports.push(warningAt(at, `this key ${summary}`, hint));
    };
    const found = secretName(prefix, application, key);
    if ("problem" in found) {
      report(`is left out: ${found.problem}`);
      return undefined;
    }
    const { name } = found;
    if (places.has(name)) report("is left out: another one comes to the same name");
    else if (existing.isIgnored(name)) report("is left out: the environment ignores its name");
    else {
      if (name !== `${prefix}/${application}/${key}`)
        report(
          "has another name here",
          "a character that Parameter Store refuses becomes _ and its hex digits",
        );
      return name;
    }
    return undefined;
  }
}

function exportedFiles(folder: string, cwd: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json") && !name.startsWith("."));
    if (names.length > 0) return names.sort().map((name) => path.join(folder, name));
  } catch (error) {
    throw new UserError(`the folder ${showPath(folder, cwd)} cannot be read (${systemCode(error)})`, {
      hint: "name the folder that phalanx vault export-secrets wrote",
    });
  }
  throw new UserError(`the folder ${showPath(folder, cwd)} holds no export`, {
    hint: "it should hold a file APPLICATION.json for each application",
  });
}

function readKeys(
  absolute: string,
  cwd: string,
  problems: Problem[],
  reports: Problem[],
): { readonly key: string; readonly at: Origin }[] {
  const { root, problems: own, file } = readJsonFile(absolute, cwd);
  if (root === undefined) {
    problems.push(...own);
    return [];
  }
  if (root.kind !== "object") {
    reports.push(
      warningAt({ file, line: 1, column: 1 }, "this is no object of key to value and is left out"),
    );
    return [];
  }
  reports.push(...own.map((problem): Problem => ({ ...problem, severity: "warning" })));
  return Array.from(root.members, ([key, { keyAt }]) => ({ key, at: keyAt }));
}
