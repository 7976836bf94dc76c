import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeInitializedProject, makeProject, type Project, servedBy } from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";

const PARAMETERS = {
  "/dba/password": {},
  "/app/a/password": { copy: "/dba/password" },
  "/app/b/password": { copy: "/dba/password" },
};
const VALUES = { "/dba/password": "dummy-password-of-dev" };
const REPORTS = { human: "r.txt", markdown: "r.md", json: "r.json" };
const FLAGS = Object.entries(REPORTS).flatMap(([format, file]) => ["--report", `${format}=${file}`]);

/** The command that a comment offers, as words for `project.run`. */
function offered(markdown: string): string[] {
  const [, line = ""] = /^```sh\nparaform (.+)\n```$/m.exec(markdown) ?? [];
  return line.split(" ");
}

function reportsOf(project: Project) {
  const read = (file: string) => project.read(file);
  return {
    human: read(REPORTS.human),
    markdown: read(REPORTS.markdown),
    json: JSON.parse(read(REPORTS.json)),
  };
}

describe.concurrent("apply --report", () => {
  test("tells what was done in each format, beside what is printed", async () => {
    const project = await makeInitializedProject({ parameters: PARAMETERS, values: VALUES });
    const before = readdirSync(project.folder);
    const apply = await project.env("apply", ["--auto-approve", "--format", "json", ...FLAGS]);
    expect(apply.code, apply.stderr).toBe(0);
    const { human, markdown, json } = reportsOf(project);
    expect(json).toEqual(JSON.parse(apply.stdout));
    expect(markdown).not.toContain("undelete");
    expect(human).toBe("Apply complete! Parameters: 3 added, 0 changed, 0 destroyed.\n");
    expect(markdown).toMatch(/^<!-- paraform:apply:dev -->\n### `dev`: Apply complete! Parameters: 3 added/);
    expect(markdown).toContain("- `/app/b`: service to redeploy, 1 value\n");
    expect(readdirSync(project.folder).sort()).toEqual([...before, ...Object.values(REPORTS)].sort());
    const again = await project.env("apply", ["--auto-approve", ...FLAGS]);
    expect(again.stdout).toContain("No changes.");
    expect(again.stdout).not.toContain("Apply complete!");
    expect(reportsOf(project).human).toBe("Apply complete! Parameters: 0 added, 0 changed, 0 destroyed.\n");
  });

  test("names undelete where something was destroyed and a copy is kept: neither of what --purge takes nor else", async () => {
    const project = await makeInitializedProject({ parameters: PARAMETERS, values: VALUES });
    await project.env("apply", ["--auto-approve"]);
    const without = async (name: keyof typeof PARAMETERS, ...rest: readonly string[]) => {
      const { [name]: _, ...parameters } = JSON.parse(project.read("configs/dev/main.json")).parameters;
      project.write("configs/dev/main.json", { parameters });
      return project.env("apply", ["--auto-approve", "--delete", ...rest, ...FLAGS]);
    };
    const kept = await without("/app/b/password");
    const closing =
      "1 destroyed.\nA copy of what was destroyed is kept for 30 days. To see what can be brought back:\n    paraform undelete --env dev\n";
    expect(kept.stdout.endsWith(closing), kept.stdout).toBe(true);
    expect(reportsOf(project).human.endsWith(closing)).toBe(true);
    const words = offered(reportsOf(project).markdown);
    expect((await project.run(words)).stdout).toMatch(/^\/app\/b\/password +until /);
    const purged = await without("/app/a/password", "--purge");
    expect(purged.stdout).toContain("1 destroyed.");
    expect(purged.stdout + Object.values(reportsOf(project)).join("")).not.toContain("undelete");
  });

  test("of one that stopped part-way has the command that finishes it, with and without a plan file", async () => {
    const server = await startLocalServer(["--deny", "LIMITED@ssm:PutParameter:/app/b/*"]);
    const environment = { store: servedBy(server.url) };
    const project = makeProject({ parameters: PARAMETERS, values: VALUES, environment });
    await project.env("init");
    const limited = { env: { AWS_ACCESS_KEY_ID: "LIMITED" } };
    const first = await project.env("apply", ["--auto-approve", ...FLAGS], limited);
    expect(first.code, first.stderr).toBe(5);
    const { markdown, json } = reportsOf(project);
    expect(markdown).toContain("### `dev`: Apply stopped part-way! Parameters: 2 added");
    expect(markdown).toContain("#### Failed (1)\n\n- `/app/b/password` — ");
    const words = offered(markdown);
    expect(words).toEqual([..."apply --env dev --expect".split(" "), json.fingerprint, "--auto-approve"]);
    const finished = await project.run(words);
    expect(finished.code, finished.stderr).toBe(0);

    project.write("configs/dev/values.json", { "/dba/password": "dummy-password-another" });
    await project.env("plan", ["--out", "p.json"]);
    const saved = await project.run(["apply", "p.json", "--allow", "update=3", ...FLAGS], limited);
    expect(saved.code, saved.stderr).toBe(5);
    const again = offered(reportsOf(project).markdown);
    expect(again).toEqual(["apply", "p.json", "--allow", "update=3"]);
    expect((await project.run(again)).code).toBe(0);
  });

  test("of one that was refused, stale or wrong says so, for whoever waits for it in a pull request", async () => {
    const project = await makeInitializedProject({
      parameters: { ...PARAMETERS, "/dba/none": {} },
      values: VALUES,
    });
    const told = async (code: number, args: readonly string[]) => {
      const apply = await project.env("apply", ["--auto-approve", ...args, ...FLAGS]);
      expect(apply.code, apply.stderr).toBe(code);
      const { markdown, human, json } = reportsOf(project);
      expect(apply.stderr).toContain(human);
      expect(json).toMatchObject({ environment: "dev", error: { exit_code: code } });
      expect(markdown).toContain(`> \`${json.error.message}\``);
      return markdown;
    };
    expect(await told(3, [])).toContain("### `dev`: Apply refused, nothing was written\n");
    expect(await told(4, ["--expect", "x".repeat(43)])).toContain("### `dev`: The plan is stale, nothing");
    project.write("configs/dev/main.json", { parameters: { "/app/a": { copy: "/app/a" } } });
    expect(await told(1, [])).toMatch(/`configs\/dev\/main\.json:\d+:\d+`: `cycle/);
  });

  test.each([
    ["html=x.html", "error: --report takes FORMAT=FILE\n  hint: formats are human, markdown, json\n"],
    ["json=nowhere/x.json", "nowhere/x.json cannot be written: ENOENT\n"],
  ])("%s is an error before any call", async (report, message) => {
    const environment = { store: servedBy("http://127.0.0.1:9") };
    const project = makeProject({ parameters: PARAMETERS, values: VALUES, environment });
    const apply = await project.env("apply", ["--auto-approve", "--report", report]);
    expect(apply).toMatchObject({ code: 1, stdout: "" });
    expect(apply.stderr).toContain(message);
  });
});
