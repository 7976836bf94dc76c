import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readSources, type SourceFile, sourceFile } from "./source-files.ts";

const README = readFileSync(new URL("../../src/README.md", import.meta.url), "utf8");
const sources = readSources();

/** Room to row, as src/README.md prints them. */
const rows = new Map(
  [...README.matchAll(/^\| (\d) \| `([^`]+?)\/?` \|/gm)].map(([, row, room]) => [room ?? "", Number(row)]),
);

/** Below its own row, in its own room, or `model/`, which all rooms share. */
function mayImport(from: string, to: string): boolean {
  if (from === to || to === "model") return true;
  return (rows.get(to) ?? Number.POSITIVE_INFINITY) < (rows.get(from) ?? Number.NEGATIVE_INFINITY);
}

function breaches(file: SourceFile): string[] {
  return file.imports
    .filter(({ kind, target }) => kind === "file" && !mayImport(file.room, target.split("/")[0] ?? ""))
    .map(({ target }) => `${file.path} imports ${target}`);
}

describe("the layers of src/README.md", () => {
  it("name every room, and no other", () => {
    expect([...rows.keys()].sort()).toEqual([...new Set(sources.map(({ room }) => room))].sort());
  });

  it("are kept by every import", () => {
    expect(sources.flatMap(breaches)).toEqual([]);
  });

  it.each([
    ["plan/plan.ts", 'import type { Color } from "../render/colour.ts";'],
    ["plan/plan.ts", 'export { lease } from "../apply/lock.ts";'],
    ["graph/graph.ts", 'const { generate } = await import("../values/generate.ts");'],
    ["embedded/engine.ts", 'import {\n  a,\n  b,\n} from "../store/store.ts";'],
    ["model/name.ts", 'import "../embedded/engine.ts";'],
  ])("would not let %s do this: %s", (path, text) => {
    expect(breaches(sourceFile(path, text))).toHaveLength(1);
  });

  it("are drawn of files that exist", () => {
    const named = [...README.matchAll(/`([a-z]+\/[a-z-]+\.ts)`/g)].map(([, path]) => path ?? "");
    const missing = named.filter((path) => !sources.some((source) => source.path === path));
    expect(named.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });
});

describe("the files of src", () => {
  it("import nothing in a circle", () => {
    expect(findCircle(new Map(sources.map((file) => [file.path, filesOf(file)])))).toBeUndefined();
  });

  it("would be told of a circle", () => {
    const edges = { "a.ts": ["b.ts"], "b.ts": ["c.ts"], "c.ts": ["b.ts"] };
    expect(findCircle(new Map(Object.entries(edges)))).toBe("b.ts → c.ts → b.ts");
  });

  it("import only files that exist", () => {
    const root = fileURLToPath(new URL("../../src/", import.meta.url));
    expect(sources.flatMap(filesOf).filter((target) => !existsSync(root + target))).toEqual([]);
  });

  it("leave `process` to cli.ts", () => {
    const using = sources.filter(({ code, imports }) => {
      const withoutStrings = code.replace(/"[^"\n]*"|`[^`]*`/g, "");
      return (
        /\bprocess\s*[.[?;,})]/.test(withoutStrings) ||
        imports.some(({ target }) => target === "node:process")
      );
    });
    expect(paths(using)).toEqual(["cli.ts"]);
  });

  it("leave printing to the host: no console", () => {
    expect(paths(sources.filter(({ code }) => /\bconsole\s*[.[]/.test(code)))).toEqual([]);
  });

  it("leave the SDK's clients to store/", () => {
    const importers = (name: string) =>
      paths(
        sources.filter(({ imports }) =>
          imports.some(({ target, when }) => target === name && when !== "never"),
        ),
      );
    expect(importers("@aws-sdk/client-ssm")).toEqual(["store/ssm.ts"]);
    expect(importers("@aws-sdk/client-sts")).toEqual(["store/identity.ts"]);
    expect(importers("@aws-sdk/client-kms")).toEqual(["store/identity.ts"]);
    expect(importers("@aws-sdk/credential-providers")).toEqual(["store/connection.ts"]);
  });

  it("build the clients of SSM, STS and KMS in store/ alone", () => {
    expect(paths(sources.filter(({ code }) => /\bnew [A-Z]+Client\(/.test(code)))).toEqual([
      "store/identity.ts",
      "store/ssm.ts",
    ]);
  });

  it("are not loaded before they are needed: the version takes none, the help no more than yargs and shapes", () => {
    const cli = sources.find(({ path }) => path === "cli.ts")?.imports ?? [];
    expect(cli.filter(({ kind, when }) => kind !== "node" && when === "at once")).toEqual([]);
    const packages = packagesAtOnce("commands/command-line.ts");
    expect(packages).toContain("yargs");
    expect(packages.filter((name) => !["yargs", "zod"].includes(name))).toEqual([]);
  });

  it("do not decide by a clock or by chance in plan/", () => {
    const plan = sources.filter(({ room }) => room === "plan");
    const impure = plan.filter(
      ({ code, path, imports }) =>
        /Date\.now\(|new Date\(\)|performance\.|Math\.random/.test(code) ||
        (path !== "plan/keyring.ts" && /\brandom(Bytes|UUID|Int)\(/.test(code)) ||
        imports.some(({ target }) => /^node:(fs|http|https|net|child_process)/.test(target)),
    );
    expect(paths(impure)).toEqual([]);
  });

  it("are no barrels: each has something of its own", () => {
    const barrels = sources.filter(
      ({ code }) => code.replace(/^(import|export)\s[^;]*?\sfrom\s+"[^"]+";/gm, "").trim() === "",
    );
    expect(paths(barrels)).toEqual([]);
  });

  it("are named after a noun: no utils, types, helpers, common or index", () => {
    const nouns = sources.filter(({ path }) =>
      /(^|\/)(utils?|types?|helpers?|common|misc|index)\.ts$/.test(path),
    );
    expect(paths(nouns)).toEqual([]);
  });

  it("have at most 300 lines", () => {
    const long = sources.filter(({ text }) => text.split("\n").length - 1 > 300);
    expect(long.map(({ path, text }) => `${path}: ${text.split("\n").length - 1}`)).toEqual([]);
  });

  it("switch off no check of compiler or linter", () => {
    const marks = /@ts-(ignore|nocheck|expect-error)|biome-ignore|\bTODO\b|\bas any\b|: any\b/;
    expect(paths(sources.filter(({ text }) => marks.test(text)))).toEqual([]);
  });
});

function paths(files: readonly SourceFile[]): string[] {
  return files.map(({ path }) => path);
}

function filesOf({ imports }: SourceFile): string[] {
  return imports.filter(({ kind }) => kind === "file").map(({ target }) => target);
}

/** The packages that importing a file loads with it. */
function packagesAtOnce(path: string): string[] {
  const loaded = new Set([path]);
  const packages = new Set<string>();
  for (const file of loaded) {
    const imports = sources.find((source) => source.path === file)?.imports ?? [];
    for (const { target, kind, when } of imports) {
      if (when !== "at once") continue;
      if (kind === "file") loaded.add(target);
      if (kind === "package") packages.add(target);
    }
  }
  return [...packages];
}

/** A circle as `a → b → a`; type-only imports count, for they bind two files to one another just as well. */
function findCircle(edges: ReadonlyMap<string, readonly string[]>): string | undefined {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): string | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file].join(" → ");
    if (done.has(file)) return undefined;
    for (const target of edges.get(file) ?? []) {
      const circle = visit(target, [...way, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const circle = visit(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
