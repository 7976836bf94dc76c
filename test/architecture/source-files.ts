import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

export interface Import {
  /** A package's name, `node:` module, or a file relative to `src/`. */
  readonly target: string;
  readonly kind: "file" | "node" | "package";
  /** A type is gone at run time; `later` is an `import()`. */
  readonly when: "never" | "at once" | "later";
}

/** A file of `src/`: its path relative to it, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  /** The folder right below `src/`, or the file itself where it lies in `src/`. */
  readonly room: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export function readSources(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => sourceFile(path, readFileSync(join(SRC, path), "utf8")));
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
  const [first = path] = path.split("/");
  return { path, room: first, text, code, imports: importsOf(path, code) };
}

/** Static, re-exporting and dynamic imports; `import type` and `export type` are gone at run time. */
function importsOf(path: string, code: string): Import[] {
  const statics = [...code.matchAll(/^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm)];
  const dynamics = [...code.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)];
  return [
    ...statics.map(([, type, specifier]) =>
      importOf(path, specifier ?? "", type === undefined ? "at once" : "never"),
    ),
    ...dynamics.map(([, specifier]) => importOf(path, specifier ?? "", "later")),
  ];
}

function importOf(path: string, specifier: string, when: Import["when"]): Import {
  if (specifier.startsWith(".")) {
    const target = normalize(join(dirname(path), specifier)).replaceAll("\\", "/");
    return { target, kind: "file", when };
  }
  if (specifier.startsWith("node:")) return { target: specifier, kind: "node", when };
  const segments = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1);
  return { target: segments.join("/"), kind: "package", when };
}
