import type { ParameterShape } from "../config/replication-schema.ts";
import type { Problem } from "../model/problem.ts";

/** What an importer made of what it read: files for the environment's folder, and what it could not carry over as it was. */
export interface Imported {
  readonly files: readonly ImportedFile[];
  readonly reports: readonly Problem[];
  /** How the comments of this importer's files begin: such a file that is not among `files` is of an earlier import. */
  readonly mark?: string;
}

export interface ImportedFile {
  /** Its name in the environment's folder. */
  readonly name: string;
  readonly text: string;
  /** How many parameters it declares; absent for environment.json. */
  readonly parameters?: number;
}

/** An entry of a native replication file, as it is written. */
export type WrittenEntry = Omit<ParameterShape, "generate"> & {
  readonly generate?: { readonly type: string; readonly source?: string };
};

/** Names to entries, and the names to adopt. */
export interface Written {
  readonly parameters: ReadonlyMap<string, WrittenEntry>;
  readonly adopt: readonly { readonly name: string; readonly owner?: string }[];
}

/** Parameter Store's limit on a description, in characters (API reference, PutParameter). */
export const LONGEST_DESCRIPTION = 1024;

/** A native replication file: names sorted, below a comment of one line that says where it came from. */
export function replicationFile(name: string, origin: string, { parameters, adopt }: Written): ImportedFile {
  const document = {
    parameters: Object.fromEntries([...parameters].sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(adopt.length === 0 ? {} : { adopt: adopt.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }),
  };
  return {
    name,
    text: `// ${comment(origin)}\n${JSON.stringify(document, null, 2)}\n`,
    parameters: parameters.size,
  };
}

/** The same files, each under a name of its own, also where names in capitals are the same: a later one is numbered. */
export function distinctFiles(files: readonly ImportedFile[]): ImportedFile[] {
  const taken = new Set<string>();
  return files.map((file) => {
    const title = file.name.replace(/\.json$/, "");
    let name = file.name;
    for (let times = 2; taken.has(name.toLowerCase()); times += 1) name = `${title}-${times}.json`;
    taken.add(name.toLowerCase());
    return { ...file, name };
  });
}

/** What stands in a comment of one line ends neither the line nor the comment. */
export function comment(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
}

/** A description that Parameter Store takes: cut, and no half of a character left. */
export function cutDescription(text: string): string {
  return text.length <= LONGEST_DESCRIPTION
    ? text
    : text.slice(0, LONGEST_DESCRIPTION).replace(/[\uD800-\uDBFF]$/, "");
}
