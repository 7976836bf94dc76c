import { describe, expect, test } from "vitest";
import type { Finished } from "../support/binary.ts";
import { makeInitializedProject, makeProject, type Project } from "../support/binary-project.ts";
import { type Canary, canary, expectNoneInFiles, foundIn } from "./canary.ts";

const BIRD = canary("Malformed");
const { marker, value } = BIRD;
const quoted = JSON.stringify(value);

const PARAMETERS = { "/dba/a": {}, "/dba/b": {}, "/app/a": { copy: "/dba/a" } };

const JSON_VALUES: Readonly<Record<string, string>> = {
  "no-comma": `{"/dba/a": ${quoted} "x"}`,
  "no-quotes": `{"/dba/a": ${marker}}`,
  "cut-in-a-value": `{"/dba/a": ${quoted.slice(0, -3)}`,
  "bad-escape": `{"/dba/a": "\\q${marker}"}`,
  "control-character": `{"/dba/a": "\u0001${marker}"}`,
  "object-for-a-value": `{"/dba/a": {"x": ${quoted}}}`,
  "list-for-a-value": `{"/dba/a": [${quoted}]}`,
  "list-for-a-file": `[${quoted}]`,
  "key-twice": `{"/dba/a": ${quoted}, "/dba/a": ${quoted}}`,
  "value-for-a-key-twice": `{${quoted}: "/dba/a", ${quoted}: 1}`,
  "not-utf-8": `{"/dba/a": "${marker}\u00ff"}`,
};

const YAML_VALUES: Readonly<Record<string, string>> = {
  "two-values-on-a-line": `/dba/a: "${marker}" "${marker}"`,
  "open-list": `/dba/a: [${marker}`,
  "alias-to-nothing": `/dba/a: *${marker}`,
  "unknown-tag": `/dba/a: !${marker} x\n/dba/b: !!${marker} x`,
  "a-tab": `/dba/a:\n\t${marker}`,
  "unknown-directive": `%${marker}\n---\n- ${marker}`,
  "mapping-in-a-value": `/dba/a: ${marker}: ${marker}`,
  "mapping-for-a-value": `/dba/a:\n  ${marker}: ${marker}`,
  "key-twice": `/dba/a: ${marker}\n/dba/a: ${marker}`,
  "second-document": `/dba/a: ${marker}\n---\n${marker}`,
  "text-for-a-file": marker,
  "bad-escape": `/dba/a: "\\q${marker}"`,
  "anchor-without-value": `/dba/a: &${marker}\n/dba/b: *${marker}`,
};

const PHALANX_VALUES: Readonly<Record<string, string>> = {
  "scalar-for-a-secret": `applications: {x: {y: ${marker}}}`,
  "scalar-for-an-application": `applications: {x: ${marker}}`,
  "list-for-a-value": `applications: {dba: {a: {value: [${marker}]}}}`,
  "misspelt-field": `applications: {dba: {a: {vlaue: ${marker}}}}`,
  "value-for-a-field": `applications: {dba: {a: {${marker}: x}}}`,
  "value-for-a-section": `${marker}: {}`,
  "token-in-a-list": `vault-write-token: {}\noidc-clients: [${marker}]`,
  "client-without-a-secret": `oidc-clients: {${marker}: {id: ${marker}}}`,
  "registry-with-more": `pull-secret: {registries: {${marker}: {username: ${marker}, password: x, ${marker}: x}}}`,
  "open-mapping": `applications: {dba: {a: {value: ${marker}`,
  "alias-to-nothing": `applications: {dba: {a: {value: *${marker}}}}`,
  "text-for-a-file": marker,
};

const WRONG_PLACES: Readonly<Record<string, unknown>> = {
  "unknown-key": { "/app/a": { password: value } },
  "wrong-type": { "/app/b": { value: [value] } },
  "copy-of-it": { "/app/c": { copy: value } },
  type: { "/app/d": { value: "x", type: value } },
  tier: { "/app/e": { value: "x", tier: value } },
  key: { "/app/f": { copy: "/dba/a", key: value } },
  "merge-suffix": { "/app/g": { merge: [`\${/dba/a:${marker}}`] } },
  recipe: { "/app/h": { generate: { type: value } } },
  "data-type": { "/app/i": { value: "x", dataType: value } },
  policies: { "/app/j": { value: "x", policies: value } },
  pattern: { "/app/k": { value: "x", allowedPattern: `(${marker}` } },
  tag: { "/app/l": { value: "x", tags: { secret: `${value}\u0000` } } },
  parameters: value,
};

function expectSilence(
  project: Project,
  finished: Finished,
  but: readonly string[],
  birds: readonly Canary[] = [BIRD],
): void {
  expect(foundIn(finished.stdout + finished.stderr, birds)).toEqual([]);
  expectNoneInFiles(project, birds, but);
}

/** Every file has at least one problem, told with its place, and none tells what stands there. */
function expectPlacesAlone(
  project: Project,
  finished: Finished,
  files: readonly string[],
  birds?: readonly Canary[],
): void {
  expect(finished).toMatchObject({ code: 1, stdout: "" });
  const unmentioned = files.filter((file) => !finished.stderr.includes(`${file}:`));
  expect(unmentioned).toEqual([]);
  expectSilence(project, finished, files, birds);
}

describe.concurrent("a broken file of values is not quoted", () => {
  test.each([
    ["json", JSON_VALUES],
    ["yaml", YAML_VALUES],
    ["phalanx.yaml", PHALANX_VALUES],
  ])("%s, broken in every way", async (extension, broken) => {
    const names = Object.keys(broken).map((what) => `${what}.${extension}`);
    const sources = names.map((path) =>
      extension === "phalanx.yaml"
        ? { kind: "phalanx", path, names: "/{application}/{key}" }
        : { kind: "file", path },
    );
    const project = makeProject({
      parameters: PARAMETERS,
      environment: { configs: ["./main.json"], sources },
    });
    // Each file has a canary of its own: the last check on the sinks knows those alone that some file was good for.
    const birds = Object.entries(broken).map(([what, content]) => {
      const bird = canary(what.replaceAll("-", ""));
      const text = content.replaceAll(marker, bird.marker);
      project.write(
        `configs/dev/${what}.${extension}`,
        Buffer.from(text, what === "not-utf-8" ? "latin1" : "utf8"),
      );
      return bird;
    });
    const files = names.map((name) => `configs/dev/${name}`);
    expectPlacesAlone(project, await project.env("plan"), files, birds);
  });

  test("an entry that belongs to nothing is told by its line alone", async () => {
    const project = await makeInitializedProject({ parameters: PARAMETERS, values: {} });
    const entries = `{"/dba/a": ${quoted},\n"/dba/b": ${quoted},\n${quoted}: ${quoted}}`;
    project.write("configs/dev/values.json", entries);
    const plan = await project.env("plan");
    expect(plan.stdout).toContain("an entry belongs to no static parameter");
    expectSilence(project, plan, ["configs/dev/values.json"]);
  });
});

describe.concurrent("a value in the wrong place is not quoted", () => {
  test("of a replication config", async () => {
    const project = makeProject();
    for (const [what, parameters] of Object.entries(WRONG_PLACES)) {
      project.write(`configs/dev/${what}.json`, { parameters });
    }
    const files = Object.keys(WRONG_PLACES).map((what) => `configs/dev/${what}.json`);
    expectPlacesAlone(project, await project.env("validate"), files);
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
    const values = { "/dba/a": "x", "/dba/b": "y" };
    const project = await makeInitializedProject({ parameters: PARAMETERS, values });
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
      const refused = await project.run(["apply", "p.json"]);
      expect(refused.code).toBe(1);
      expectSilence(project, refused, ["p.json"]);
    }
  });

  test("of the command line", async () => {
    const project = makeProject({ parameters: PARAMETERS });
    for (const words of [
      ["put", "/dba/a", value],
      ["put", "/dba/a", "--value", value],
      ["plan", `-${marker}=${value}`],
      ["plan", "--target", value],
      ["plan", "--allow", `delete=${value}`],
      ["plan", "--report", `json:${value}`],
      ["plan", "--endpoint-url", `https://me:${marker}@store.example`],
      ["explain", value],
      [value],
      ["local", "--port", value],
      ["local", "--fault", value],
      ["local", "--clock", value],
      ["local", "--account", value],
    ]) {
      const environment = ["plan", "put", "explain"].includes(words[0] ?? "") && !words.includes("--env");
      const refused = await project.run(environment ? [...words, "--env", "dev"] : words);
      expect([words[0], refused.code]).toEqual([words[0], 1]);
      expectSilence(project, refused, []);
    }
  });
});
