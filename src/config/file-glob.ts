import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import picomatch from "picomatch";

/**
 * What a glob relative to `folder` matches but folders: absolute, sorted, nothing hidden. A broken link and a pipe are
 * among it, for whoever reads it says that it cannot. Never throws.
 */
export function matchFiles(glob: string, folder: string): string[] {
  const { base, glob: pattern } = picomatch.scan(glob);
  const root = path.resolve(folder, base);
  if (pattern === "") return !isFolder(root) && existsSync(root) ? [root] : [];
  const matches = picomatch(pattern);
  const deepest = /\*\*|[{(]/.test(pattern) ? Number.POSITIVE_INFINITY : pattern.split("/").length;
  return filesBelow(root, deepest)
    .filter((relative) => matches(relative))
    .map((relative) => path.join(root, relative))
    .sort();
}

/** The deepest folder, absolute, that everything lies below which a glob relative to `folder` matches. */
export function globFolder(glob: string, folder: string): string {
  return path.resolve(folder, picomatch.scan(glob).base);
}

/** Relative paths with forward slashes, at most `deepest` segments long; folders that cannot be read hold nothing. */
function filesBelow(root: string, deepest: number): string[] {
  const files: string[] = [];
  const waiting: string[][] = [[]];
  for (let segments = waiting.pop(); segments !== undefined; segments = waiting.pop()) {
    for (const name of listFolder(path.join(root, ...segments))) {
      const below = [...segments, name];
      if (!isFolder(path.join(root, ...below))) files.push(below.join("/"));
      else if (below.length < deepest) waiting.push(below);
    }
  }
  return files;
}

function isFolder(absolute: string): boolean {
  try {
    return statSync(absolute).isDirectory();
  } catch {
    return false;
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith(".") && name !== "node_modules");
  } catch {
    return [];
  }
}
