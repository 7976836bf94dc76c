import path from "node:path";
import type { Problem } from "../model/problem.ts";
import { nodeAt } from "./json-node.ts";
import { errorAt, type Origin } from "./origin.ts";
import type { ReplicationFile } from "./replication-file.ts";

/** Figgy files with what they import, each once: the importing file first. */
export interface FiggyBundle {
  readonly root: ReplicationFile;
  readonly imported: readonly ReplicationFile[];
}

/**
 * Follows `import` from every file. A file that another one imports is a part of that one and no bundle of its own.
 * `load` reads a file once and reports its problems; what may not even be looked at is there.
 */
export function bundleImports(
  files: readonly ReplicationFile[],
  folder: Folder,
  problems: Problem[],
): FiggyBundle[] {
  const importsOf = new Map<ReplicationFile, readonly Import[]>();
  const parts = new Set<ReplicationFile>();
  const reached = new Set(files);
  for (const file of reached) {
    const imports = resolveImports(file, folder, problems);
    importsOf.set(file, imports);
    for (const one of imports) {
      parts.add(one.file);
      reached.add(one.file);
    }
  }
  reportCycles(importsOf, problems);
  return files
    .filter((file) => !parts.has(file))
    .map((root) => ({ root, imported: allBelow(root, importsOf) }));
}

/** Where imported files lie. */
interface Folder {
  readonly isThere: (absolute: string) => boolean;
  readonly load: (absolute: string) => ReplicationFile | undefined;
}

interface Import {
  readonly file: ReplicationFile;
  readonly origin: Origin;
}

function resolveImports(from: ReplicationFile, { isThere, load }: Folder, problems: Problem[]): Import[] {
  const list = nodeAt(from.node, ["import"]);
  return (from.value.import ?? []).flatMap((relative, index) => {
    const origin = (list?.kind === "array" ? list.items[index]?.at : undefined) ?? from.node.at;
    const absolute = path.resolve(path.dirname(from.path), relative);
    if (!isThere(absolute)) {
      problems.push(
        errorAt(origin, "the imported file is not there", "paths are relative to the importing file"),
      );
      return [];
    }
    const file = load(absolute);
    if (file === undefined) return [];
    if (file.language === "native" && file.node.members.size > 0) {
      problems.push(
        errorAt(origin, `the imported file ${file.file} is no Figgy file`, `name it in "configs" instead`),
      );
      return [];
    }
    return [{ file, origin }];
  });
}

/** Each cycle once, at the import that closes it. */
function reportCycles(importsOf: ReadonlyMap<ReplicationFile, readonly Import[]>, problems: Problem[]): void {
  const done = new Set<ReplicationFile>();
  const trail: { file: ReplicationFile; next: number }[] = [];
  for (const start of importsOf.keys()) {
    if (done.has(start)) continue;
    trail.push({ file: start, next: 0 });
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const one = importsOf.get(top.file)?.[top.next++];
      if (one === undefined) {
        done.add(top.file);
        trail.pop();
        continue;
      }
      const from = trail.findIndex((step) => step.file === one.file);
      if (from >= 0) {
        const cycle = [...trail.slice(from).map((step) => step.file.file), one.file.file].join(" → ");
        problems.push(errorAt(one.origin, `import cycle: ${cycle}`, "remove one of these imports"));
      } else if (!done.has(one.file)) trail.push({ file: one.file, next: 0 });
    }
  }
}

function allBelow(
  root: ReplicationFile,
  importsOf: ReadonlyMap<ReplicationFile, readonly Import[]>,
): ReplicationFile[] {
  const found = new Set<ReplicationFile>([root]);
  for (const file of found) for (const one of importsOf.get(file) ?? []) found.add(one.file);
  found.delete(root);
  return [...found];
}
