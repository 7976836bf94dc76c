import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import type { SourceLocation } from "../../src/config/source-location.ts";
import { ConfigError } from "../../src/model/error.ts";
import { parameterName } from "../../src/model/name.ts";
import { readSupplied, type Supplied, type SuppliedOptions } from "../../src/values/sources.ts";

/** A folder of value files, each of mode 0600 unless `mode` says otherwise; its path. */
export async function valuesFolder(files: Record<string, string | Buffer>, mode = 0o600): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "paraform-values-"));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(folder, name), content, { mode });
  }
  return folder;
}

/** A location without its place: `read` puts the n-th one on line n of environment.json. */
export type Unplaced = SourceLocation extends infer One
  ? One extends SourceLocation
    ? Omit<One, "at">
    : never
  : never;

export interface Reading extends Partial<Omit<SuppliedOptions, "names" | "cwd" | "sources">> {
  readonly folder?: string;
  readonly names: readonly string[];
  readonly sources?: readonly Unplaced[];
  /** Names of files in the folder, in order, where `sources` says nothing else. */
  readonly files?: readonly string[];
}

export const ENVIRONMENT_FILE = "configs/dev/environment.json";

export function read({ folder = tmpdir(), names, files = [], sources, ...rest }: Reading) {
  const unplaced = sources ?? files.map((file) => ({ kind: "file" as const, path: path.join(folder, file) }));
  return readSupplied({
    sources: unplaced.map((source, index) => ({
      ...source,
      at: { file: ENVIRONMENT_FILE, line: index + 1, column: 1 },
    })) as SourceLocation[],
    environmentVariables: {},
    stdin: Readable.from([]),
    connection: { region: "eu-west-1", credentials: { accessKeyId: "dummy", secretAccessKey: "dummy" } },
    store: { read: async () => [] },
    trackingOf: async () => "untracked",
    ...rest,
    names: names.map(parameterName),
    cwd: folder,
  });
}

/** Each value with where it is from. */
export function shown({ values }: Supplied): Record<string, [string, string]> {
  return Object.fromEntries([...values].map(([name, { value, from }]) => [name, [value.expose(), from]]));
}

/** The problems that reading throws, each as one line. */
export async function problemsOf(reading: Promise<unknown>): Promise<string[]> {
  try {
    await reading;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ file, line, column, summary }) => `${file}:${line}:${column}: ${summary}`);
  }
  throw new Error("reading was expected to find problems");
}
