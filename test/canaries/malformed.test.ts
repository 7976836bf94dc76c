import { describe, expect, test } from "vitest";
import type { Finished } from "../support/binary.ts";
import { makeProject, type Project } from "../support/binary-project.ts";
import { canary, expectNoneInFiles, foundIn } from "./canary.ts";

const BIRD = canary("Malformed");
const { marker, value } = BIRD;
const quoted = JSON.stringify(value);

const PARAMETERS = { "/dba/a": {}, "/dba/b": {}, "/app/a": { copy: "/dba/a" } };

function expectSilence(project: Project, finished: Finished, but: readonly string[]): void {
  expect(foundIn(finished.stdout + finished.stderr, [BIRD])).toEqual([]);
  expectNoneInFiles(project, [BIRD], but);
}

function sourced(file: string, content: string): Project {
  const project = makeProject({
    parameters: PARAMETERS,
    environment: { sources: [{ kind: "file", path: file }] },
  });
  project.write(`configs/dev/${file}`, content);
  return project;
}

describe.concurrent("a broken file of values is not quoted", () => {
  test.each([
    ["no comma", `{"/dba/a": ${quoted} "x"}`],
    ["no quotes", `{"/dba/a": ${marker}}`],
    ["cut in a value", `{"/dba/a": ${quoted.slice(0, -3)}`],
    ["an escape that is none", `{"/dba/a": "\\q${marker}"}`],
    ["a control character", `{"/dba/a": "\u0001${marker}"}`],
    ["an object for a value", `{"/dba/a": {"x": ${quoted}}}`],
    ["a list for a value", `{"/dba/a": [${quoted}]}`],
    ["a list for a file", `[${quoted}]`],
    ["a key twice", `{"/dba/a": ${quoted}, "/dba/a": ${quoted}}`],
    ["a value for a key", `{${quoted}: "/dba/a", ${quoted}: 1}`],
    ["bytes that are no text", Buffer.from(`{"/dba/a": "${marker}\u00ff"}`, "latin1").toString("latin1")],
  ])("JSON: %s", async (_, content) => {
    const project = sourced("values.json", content);
    expectSilence(project, await project.env("init"), ["configs/dev/values.json"]);
    const plan = await project.env("plan", ["--format", "json"]);
    expectSilence(project, plan, ["configs/dev/values.json"]);
  });

  test.each([
    ["two values on a line", `/dba/a: "${marker}" "${marker}"`],
    ["an open list", `/dba/a: [${marker}`],
    ["an alias to nothing", `/dba/a: *${marker}`],
    ["a tag that nobody knows", `/dba/a: !${marker} x\n/dba/b: !!${marker} x`],
    ["a tab", `/dba/a:\n\t${marker}`],
    ["a directive", `%${marker}\n---\n/dba/a: x`],
    ["a mapping in a value", `/dba/a: ${marker}: ${marker}`],
    ["a mapping for a value", `/dba/a:\n  ${marker}: ${marker}`],
    ["a key twice", `/dba/a: ${marker}\n/dba/a: ${marker}`],
    ["a complex key", `? [${marker}]\n: ${marker}`],
    ["a second document", `/dba/a: ${marker}\n---\n${marker}`],
    ["a text for a file", marker],
    ["a bad escape", `/dba/a: "\\q${marker}"`],
    ["an anchor twice", `/dba/a: &${marker} x\n/dba/b: &${marker} y`],
  ])("YAML: %s", async (_, content) => {
    const project = sourced("values.yaml", content);
    const plan = await project.env("plan");
    expectSilence(project, plan, ["configs/dev/values.yaml"]);
  });

  test("an entry that belongs to nothing is told by its line alone", async () => {
    const project = sourced(
      "values.json",
      `{"/dba/a": ${quoted},\n"/dba/b": ${quoted},\n${quoted}: ${quoted}}`,
    );
    await project.env("init");
    const plan = await project.env("plan");
    expect(plan.stdout).toContain("an entry belongs to no static parameter (line 3)");
    expectSilence(project, plan, ["configs/dev/values.json"]);
  });
});

describe.concurrent("a value in the wrong place is not quoted", () => {
  test.each([
    ["an unknown key", { "/app/a": { password: value } }],
    ["a wrong type", { "/app/a": { value: [value] } }],
    ["a source", { "/app/a": { copy: value } }],
    ["a parameter type", { "/app/a": { value: "x", type: value } }],
    ["a tier", { "/app/a": { value: "x", tier: value } }],
    ["a key", { "/app/a": { copy: "/dba/a", key: value } }],
    ["a merge suffix", { "/app/a": { merge: [`\${/dba/a:${marker}}`] } }],
    ["a recipe", { "/app/a": { generate: { type: value } } }],
    ["a data type", { "/app/a": { value: "x", dataType: value } }],
    ["policies", { "/app/a": { value: "x", policies: value } }],
    ["a pattern", { "/app/a": { value: "x", allowedPattern: `(${marker}` } }],
    ["a tag", { "/app/a": { value: "x", tags: { secret: `${value}\u0000` } } }],
    ["no object at all", value],
  ])("of a replication config: %s", async (_, parameters) => {
    const project = makeProject();
    project.write("configs/dev/main.json", { parameters });
    const validate = await project.env("validate");
    expect(validate.code).toBe(1);
    expectSilence(project, validate, ["configs/dev/main.json"]);
  });

  test("of environment.json", async () => {
    const environment = {
      owner: value,
      scopes: [value],
      store: { kind: value },
      keys: [{ path: value, key: value }],
      digestKey: { kmsKey: value, id: value },
      sources: [{ kind: value }, { kind: "environment", prefix: value }],
      guards: { delete: { count: value } },
    };
    const project = makeProject({ environment });
    const validate = await project.env("validate");
    expect(validate.code).toBe(1);
    expectSilence(project, validate, ["configs/dev/environment.json"]);
  });

  test("of a plan file", async () => {
    const project = makeProject({ parameters: PARAMETERS, values: { "/dba/a": "x", "/dba/b": "y" } });
    await project.env("init");
    await project.env("plan", ["--out", "p.json"]);
    const plan = JSON.parse(project.read("p.json"));
    for (const content of [
      `{"format_version": ${value}`,
      JSON.stringify({ format_version: value }),
      JSON.stringify({ ...plan, mac: { [marker]: value } }),
      JSON.stringify({ ...plan, [marker]: value }),
      JSON.stringify({ ...plan, mac: value }),
      JSON.stringify({ ...plan, resource_changes: [{ ...plan.resource_changes[0], action_reason: value }] }),
    ]) {
      project.write("p.json", content);
      for (const words of [
        ["apply", "p.json"],
        ["verify", "p.json", "--env", "prod"],
      ]) {
        const refused = await project.run(words);
        expect(refused.code).toBe(1);
        expectSilence(project, refused, ["p.json"]);
      }
    }
  });

  test("of the command line", async () => {
    const project = makeProject({ parameters: PARAMETERS });
    for (const words of [
      ["put", "/dba/a", value],
      ["put", value],
      ["put", "/dba/a", "--value", value],
      ["plan", "--env", value],
      ["plan", `--${marker}`],
      ["plan", `-${marker}=${value}`],
      ["plan", "--target", value],
      ["plan", "--allow", `delete=${value}`],
      ["plan", "--report", `json:${value}`],
      ["plan", "--format", value],
      ["plan", "--endpoint-url", `https://me:${marker}@store.example`],
      ["explain", value],
      ["schema", value],
      [value],
      ["local", "--port", value],
      ["local", "--deny", value],
      ["local", "--fault", value],
      ["local", "--tps", value],
      ["local", "--clock", value],
      ["local", "--account", value],
      ["local", "--region", value],
    ]) {
      const environment = ["plan", "put", "explain"].includes(words[0] ?? "") && !words.includes("--env");
      const refused = await project.run(environment ? [...words, "--env", "dev"] : words);
      expect([words[0], refused.code]).toEqual([words[0], 1]);
      expectSilence(project, refused, []);
    }
  });
});
