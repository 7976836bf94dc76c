import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { compile } from "../../src/graph/compile.ts";
import { ConfigError } from "../../src/model/error.ts";
import type { Problem } from "../../src/model/problem.ts";

/** Paths below `configs/` and what stands there: text as it is, anything else as JSON. */
export type Files = Readonly<Record<string, string | Uint8Array | object>>;

/** The least that an environment needs, without warnings; `extra` adds to it or replaces. */
export function environment(extra: object = {}): object {
  return {
    environment: "dev",
    store: { kind: "embedded" },
    owner: "team/dba",
    digestKey: { kmsKey: "alias/paraform" },
    replicationKey: "alias/replication",
    keys: [{ path: "/**", key: "alias/own" }],
    ...extra,
  };
}

/** Writes the files into a folder of their own, which goes with the test, and says where that is. */
export function configFolder(files: Files): string {
  const cwd = mkdtempSync(path.join(tmpdir(), "paraform-config-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(cwd, "configs", name);
    mkdirSync(path.dirname(file), { recursive: true });
    const verbatim = typeof content === "string" || content instanceof Uint8Array;
    writeFileSync(file, verbatim ? content : JSON.stringify(content));
  }
  return cwd;
}

/** Where the environment `dev` of these files is. */
export function dev(files: Files) {
  return { configs: "configs", environment: "dev", cwd: configFolder(files) };
}

/** What is wrong with `dev/a.json` in a sound environment, as users would see it. */
export function problemsOfFile(content: string | object, extra: object = {}): string {
  return problemsOf({ "dev/environment.json": environment(extra), "dev/a.json": content });
}

/** Every problem of the files and of the graph, in the order in which users see them. */
export function problemsOf(files: Files): string {
  const location = dev(files);
  try {
    return show(compile(location).warnings);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return show(error.problems);
  }
}

export function load(files: Files) {
  return loadConfig(dev(files));
}

export function show(problems: readonly Problem[]): string {
  return problems.map(showProblem).join("\n");
}

function showProblem({ severity, file, line, column, summary, hint }: Problem): string {
  const mark = severity === "warning" ? "warning: " : "";
  return `${file}:${line}:${column}: ${mark}${summary}${hint === undefined ? "" : `\n  hint: ${hint}`}`;
}
