import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { ConfigError } from "../../src/model/error.ts";
import { configFolder, environment, show } from "./config-folder.ts";

/** The problems of an environment in whose folder `arrange` has put something beside `a.json`. */
function problemsBeside(arrange: (folder: string) => void, configs: readonly string[]): string {
  const a = { parameters: { "/app/a": { value: "a" } } };
  const cwd = configFolder({
    "dev/environment.json": environment({ configs }),
    "dev/a.json": a,
    "other/b.json": { parameters: { "/app/b": { value: "b" } } },
  });
  arrange(path.join(cwd, "configs", "dev"));
  try {
    return show(compile({ configs: "configs", environment: "dev", cwd }).warnings);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return show(error.problems);
  }
}

describe.each([[["./*.json"]], [["**/*.json"]]])("what %j matches and nobody can read is said", (configs) => {
  it("a link to nowhere", () => {
    const problems = problemsBeside(
      (folder) => symlinkSync("gone.json", path.join(folder, "z.json")),
      configs,
    );
    expect(problems).toMatch(/^configs\/dev\/z\.json:1:1: the file cannot be read \(ENOENT\)\n/);
  });

  it("a pipe", () => {
    const problems = problemsBeside((folder) => {
      expect(spawnSync("mkfifo", [path.join(folder, "z.json")]).status).toBe(0);
    }, configs);
    expect(problems).toMatch(/^configs\/dev\/z\.json:1:1: this is no regular file/);
  });
});

it("a link to a file, and what lies in a linked folder, is read", () => {
  const link = (folder: string) => {
    symlinkSync("../other/b.json", path.join(folder, "b.json"));
    symlinkSync("../other", path.join(folder, "linked.json"));
  };
  expect(problemsBeside(link, ["./*.json"])).toBe("");
  expect(problemsBeside(link, ["**/*.json"])).toContain("/app/b is declared twice as a literal value");
});
