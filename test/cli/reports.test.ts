import { readdirSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeInitializedProject, makeProject, servedBy } from "../support/binary-project.ts";

const PARAMETERS = {
  "/dba/mysql/password": {},
  "/app/a/password": { copy: "/dba/mysql/password" },
};
const VALUES = { "/dba/mysql/password": "dummy-password-of-dev" };

describe.concurrent("--report", () => {
  test("writes each format beside what is printed, for everybody to read, and leaves nothing else", async () => {
    const project = await makeInitializedProject({ parameters: PARAMETERS, values: VALUES });
    const before = readdirSync(project.folder);
    const formats = { human: "p.txt", markdown: "p.md", json: "p.json", html: "p.html" };
    const flags = Object.entries(formats).flatMap(([format, file]) => ["--report", `${format}=${file}`]);
    const plan = await project.env("plan", ["--format", "markdown", ...flags]);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toBe(project.read("p.md"));
    expect(plan.stdout).toMatch(/^<!-- paraform:plan:dev -->\n### `dev`: Plan: 2 to add/);
    expect(project.read("p.txt")).toContain("Plan: 2 to add, 0 to change, 0 to destroy.");
    expect(project.read("p.html")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    for (const file of Object.values(formats)) expect(statSync(project.path(file)).mode & 0o777).toBe(0o644);
    expect(readdirSync(project.folder).sort()).toEqual([...before, ...Object.values(formats)].sort());

    await project.env("plan", ["--out", "saved.json"]);
    const shown = await project.run(["show", "saved.json", "--format", "html", "--report", "markdown=q.md"]);
    expect(shown.stdout).toBe(project.read("p.html"));
    expect(project.read("q.md")).toBe(project.read("p.md"));
  });

  test("the command that it ends with finds the same configs", async () => {
    const project = await makeInitializedProject({ parameters: PARAMETERS, values: VALUES });
    const plan = await project.env("plan", [
      "--chdir",
      ".",
      "--format",
      "markdown",
      "--report",
      "html=p.html",
    ]);
    expect(plan.stdout).toContain("paraform apply --env dev --chdir . --expect");
    expect(project.read("p.html")).toContain("paraform apply --env dev --chdir . --expect");
  });

  test.each([
    ["pdf=x.pdf", "error: --report takes FORMAT=FILE\n  hint: formats are human, markdown, json, html\n"],
    ["html", "error: --report takes FORMAT=FILE\n  hint: formats are human, markdown, json, html\n"],
    ["html=nowhere/x.html", "nowhere/x.html cannot be written: ENOENT\n"],
    ["html=configs", "configs cannot be written: EISDIR\n"],
  ])("%s is an error before any call", async (report, message) => {
    const environment = { store: servedBy("http://127.0.0.1:9") };
    const project = makeProject({ parameters: PARAMETERS, values: VALUES, environment });
    const plan = await project.env("plan", ["--report", report]);
    expect(plan).toMatchObject({ code: 1, stdout: "" });
    expect(plan.stderr).toContain(message);
  });
});

test("graph draws the same picture as a page, from the configs alone", async () => {
  const project = makeProject({ parameters: PARAMETERS });
  const svg = await project.env("graph", ["--format", "svg"]);
  expect(svg.stdout).toMatch(/^<svg [\s\S]*\/app\/a\/password[\s\S]*<\/svg>\n$/);
  expect((await project.env("graph", ["--format", "mermaid"])).stdout).toMatch(/^flowchart LR\n/);
});

test("graph marks in its picture what a saved plan changes, and in nothing else", async () => {
  const project = await makeInitializedProject({ parameters: PARAMETERS, values: VALUES });
  expect((await project.env("plan", ["--out", "saved.json"])).code).toBe(0);
  const marked = await project.env("graph", ["--format", "svg", "--plan", "saved.json"]);
  expect(marked.stdout).toContain('<g class="node changes create"><title>/app/a/password: create</title>');
  const refused = await project.env("graph", ["--plan", "saved.json"]);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("hint: give --format svg too");
});
