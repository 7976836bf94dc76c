import { chmodSync, cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { demonstrate } from "../demo/repository.ts";
import { CLI, startProgram } from "../support/binary.ts";
import {
  DUMMY_CREDENTIALS,
  makeInitializedProject,
  makeProject,
  scratchFolder,
} from "../support/binary-project.ts";
import { fakeGitlab, PROJECT } from "./fake-gitlab.ts";
import { ACTION, ROOT, WORKFLOW } from "./workflow.ts";

const text = (file: string) => readFileSync(join(ROOT, file), "utf8");
const closings: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closings.map((close) => close())));

/** A folder for the PATH where `paraform` is the built one, and npm does nothing but end with this code. */
function programs(npm = 0): string {
  const folder = scratchFolder();
  const shims = { paraform: `exec '${process.execPath}' '${CLI}' "$@"`, npm: `exit ${npm}` };
  for (const [name, line] of Object.entries(shims)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return `${folder}:${process.env.PATH}`;
}

/** What a package has beneath it is a package of its own. */
const notNested = (path: string) => (file: string) =>
  !file.slice(join(ROOT, path).length).includes("/node_modules");

const shell = (cwd: string, lines: readonly string[], env: Record<string, string>) =>
  startProgram("bash", ["-eo", "pipefail", "-c", lines.join("\n")], { cwd, env }).finished;

describe("action.yml", () => {
  const { steps } = ACTION.runs;
  const whole = text("action.yml");

  test("is composite, and each of its steps either uses a pinned action or runs in bash", () => {
    expect(ACTION.runs.using).toBe("composite");
    for (const step of steps) {
      if (step.uses === undefined) expect(step).toMatchObject({ shell: "bash", run: expect.any(String) });
      else expect(step.uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    }
  });

  test("is built by programs that are given no credentials, and runs no script of a dependency", async () => {
    const folder = scratchFolder();
    const npm = `#!/bin/sh\nprintf '%s %s %s %s\\n' "$*" "$AWS_SECRET_ACCESS_KEY" "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$GITHUB_ENV"\n`;
    writeFileSync(join(folder, "npm"), npm);
    chmodSync(join(folder, "npm"), 0o755);
    const prepared = await shell(folder, [steps[0]?.run ?? ""], {
      PATH: `${folder}:${process.env.PATH}`,
      RUN: "plan",
      GITHUB_ACTION_PATH: folder,
      GITHUB_ENV: "dummy",
      AWS_SECRET_ACCESS_KEY: "dummy",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "dummy",
    });
    expect(prepared.stdout.split("\n").map((line) => line.trim())).toEqual([
      "install --no-save --omit=dev --ignore-scripts --no-audit --no-fund",
      "install --no-save --prefix tools --ignore-scripts --no-audit --no-fund",
      "run build -- --command-line",
      "",
    ]);
    expect(prepared.code).toBe(0);
  });

  test("is built from what it installs: no development dependency, and esbuild as we have it", async () => {
    const folder = scratchFolder();
    for (const part of ["src", "scripts", "schemas", "package.json"]) {
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    }
    const { packages } = JSON.parse(text("package-lock.json")) as {
      packages: Record<string, { dev?: boolean; version: string }>;
    };
    for (const [path, { dev }] of Object.entries(packages)) {
      if (path === "" || dev === true || !existsSync(join(ROOT, path))) continue;
      cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter: notNested(path) });
    }
    const tools = JSON.parse(text("tools/package-lock.json")) as { packages: typeof packages };
    for (const [path, { version }] of Object.entries(tools.packages)) {
      if (path === "" || !existsSync(join(ROOT, path))) continue;
      expect(version).toBe(packages[path]?.version);
      cpSync(join(ROOT, path), join(folder, "tools", path), { recursive: true });
    }
    const built = await shell(folder, ["node scripts/build.mjs --command-line"], {
      PATH: process.env.PATH ?? "",
    });
    expect(built.code, built.stderr).toBe(0);
    const project = await makeInitializedProject({ parameters: { "/app/a": { value: "x" } } });
    const args = [join(folder, "dist/cli.js"), "plan", "--env", "dev"];
    const planned = await startProgram(process.execPath, args, { cwd: project.folder }).finished;
    expect(planned.stdout, planned.stderr).toContain("Plan: 1 to add");
  });

  test("puts no expression into a script", () => {
    expect(steps.filter(({ run = "" }) => run.includes("${{"))).toEqual([]);
  });

  test("uses the inputs and steps that it declares, and no other", () => {
    const used = [...whole.matchAll(/\binputs\.([\w-]+)/g)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(Object.keys(ACTION.inputs).sort());
    const ids = steps.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const named = [...whole.matchAll(/\bsteps\.([\w-]+)\.outputs/g)].map(([, id]) => id);
    expect(named.filter((id) => !ids.includes(id ?? ""))).toEqual([]);
  });

  test("gives the token to steps alone that run nothing of the checkout", () => {
    const holders = steps.filter(({ env = {} }) => "GITHUB_TOKEN" in env).map(({ name }) => name);
    expect(holders).toEqual(["Comment", "Find what was approved", "Keep one issue"]);
    expect(
      steps.filter(
        ({ run = "" }) => /cli\.js" (plan|apply|drift|validate)/.test(run) && run.includes("TOKEN"),
      ),
    ).toEqual([]);
  });
});

test.each([
  ["pull_request_target, which has credentials beside what an outsider wrote", "pull_request_target", "plan"],
  ["a word that is no job of its", "push", "destroy"],
])("the action refuses %s", async (_, event, run) => {
  const env = { RUN: run, GITHUB_EVENT_NAME: event, GITHUB_ACTION_PATH: ROOT };
  const { code, stdout } = await shell(ROOT, [ACTION.runs.steps[0]?.run ?? ""], env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^::error title=paraform::/) });
});

describe("the workflow of ci/github.yml", () => {
  test("is the one that docs/ci.md shows", () => {
    expect(text("docs/ci.md")).toContain(`\`\`\`yaml\n${text("ci/github.yml")}\`\`\``);
  });

  test("gives each job what it needs: who may write comments has no credentials, who plans writes nothing", () => {
    expect(
      Object.fromEntries(Object.entries(WORKFLOW.jobs).map(([name, { permissions }]) => [name, permissions])),
    ).toEqual({
      plan: { contents: "read", "id-token": "write" },
      comment: { "pull-requests": "write" },
      apply: { contents: "read", "id-token": "write", "pull-requests": "read" },
      result: { "pull-requests": "write" },
      drift: { contents: "read", "id-token": "write", issues: "write" },
    });
    expect(text("ci/github.yml")).not.toContain("pull_request_target");
  });

  test("plans a branch once, comments one after the other, and applies under the environment that guards it", () => {
    const order = ({ concurrency, environment }: (typeof WORKFLOW.jobs)[string]) => ({
      concurrency,
      environment,
    });
    expect(order(WORKFLOW.jobs.plan as never)).toEqual({
      concurrency: { group: `paraform-plan-prod-\${{ github.ref }}`, "cancel-in-progress": true },
    });
    expect(order(WORKFLOW.jobs.comment as never)).toEqual({
      concurrency: `paraform-comment-prod-\${{ github.ref }}`,
    });
    expect(order(WORKFLOW.jobs.apply as never)).toEqual({
      concurrency: "paraform-prod",
      environment: "prod",
    });
  });

  test("is prepared before credentials are in a job, and uses pinned actions beside ours", () => {
    for (const { steps } of Object.values(WORKFLOW.jobs)) {
      const uses = steps.map(({ uses = "", with: inputs }) => `${uses.split("@")[0]} ${inputs?.run ?? ""}`);
      const credentials = uses.indexOf("aws-actions/configure-aws-credentials ");
      if (credentials >= 0) expect(uses.slice(0, credentials)).toContain("your-org/paraform prepare");
      for (const { uses = "" } of steps) {
        if (!uses.startsWith("your-org/paraform@")) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      }
    }
  });

  test("gives the action inputs that it has", () => {
    const given = Object.values(WORKFLOW.jobs)
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses?.startsWith("your-org/paraform@"));
    expect(given.map(({ with: inputs }) => inputs?.run)).toEqual([
      ...["prepare", "plan", "comment", "prepare", "apply", "comment", "prepare", "drift"],
    ]);
    for (const { with: inputs = {} } of given) {
      expect(Object.keys(inputs).filter((key) => !(key in ACTION.inputs))).toEqual([]);
    }
  });
});

test("ci/gitlab.yml runs no script of a dependency where it is installed, for credentials are at hand", () => {
  const { ".paraform": base } = parse(text("ci/gitlab.yml")) as { ".paraform": { before_script: string[] } };
  expect(base.before_script).toEqual([expect.stringMatching(/ npm install --global --ignore-scripts /)]);
});

interface GitlabJob {
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[] };
}

/** What a job of ci/gitlab.yml runs: its own lines, else those of `.paraform`, which it extends. */
function gitlabLines(name: string): readonly string[] {
  const jobs = parse(text("ci/gitlab.yml")) as Record<string, GitlabJob>;
  const before = jobs[name]?.before_script ?? jobs[".paraform"]?.before_script ?? [];
  return [...before, ...(jobs[name]?.script ?? [])];
}

test.each([
  ["paraform-plan", ["plan.md", "plan.html", "paraform.json"]],
  ["paraform-apply", ["apply.md"]],
  ["paraform-drift", ["drift.md"]],
])(
  "%s of ci/gitlab.yml takes committed reports away before anything that may fail",
  async (name, reports) => {
    const folder = scratchFolder();
    for (const file of reports) writeFileSync(join(folder, file), "forged\n");
    const { code } = await shell(folder, gitlabLines(name), { PATH: programs(1), PARAFORM_VERSION: "0.1.0" });
    expect(code).toBe(1);
    expect(reports.filter((file) => existsSync(join(folder, file)))).toEqual([]);
    const { artifacts } = (parse(text("ci/gitlab.yml")) as Record<string, GitlabJob>)[name] ?? {};
    expect(artifacts?.paths ?? reports).toEqual(reports);
  },
);

test("the jobs of ci/gitlab.yml plan, comment, apply what was approved, and tell what came of it, and watch", async () => {
  const demo = await demonstrate();
  const api = await fakeGitlab();
  closings.push(() => api.close());
  api.history = demo.history;
  demo.git("checkout", "--quiet", "-b", "proposal");
  demo.write("configs/prod/more.json", { parameters: { "/app/b/host": { value: "mysql.internal" } } });
  demo.push("b has a host");
  const proposal = demo.proposal("proposal");
  const env = {
    ...DUMMY_CREDENTIALS,
    PATH: programs(),
    GITLAB_CI: "true",
    GITLAB_TOKEN: api.token,
    CI_API_V4_URL: api.url,
    CI_PROJECT_ID: PROJECT,
    PARAFORM_ENV: "prod",
    PARAFORM_VERSION: "0.1.0",
  };
  const job = (name: string, cwd: string, more: Record<string, string>) =>
    shell(cwd, gitlabLines(name), { ...env, ...more });
  const request = { CI_MERGE_REQUEST_IID: "7", CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main" };
  // What a proposal commits under the names of the reports is not posted.
  writeFileSync(join(proposal, "plan.md"), "<!-- paraform:plan:prod -->\nforged\n");
  expect(await job("paraform-plan", proposal, request)).toMatchObject({ code: 0 });
  expect(await job("paraform-comment", proposal, request)).toMatchObject({ code: 0 });
  demo.merge(7, "proposal", "squash");
  const { workspace, sha } = demo.main();
  Object.assign(api.request(7), { mergedAt: api.now + 120, squashCommit: sha });
  writeFileSync(join(workspace, "apply.md"), "<!-- paraform:apply:prod -->\nforged\n");
  expect(await job("paraform-apply", workspace, { CI_COMMIT_SHA: sha })).toMatchObject({ code: 3 });
  expect(await job("paraform-result", workspace, { CI_COMMIT_SHA: sha })).toMatchObject({ code: 0 });
  expect(api.request(7).notes.at(-1)?.body).toMatch(
    /^<!-- paraform:apply:prod -->\n### `prod`: Apply refused, nothing was written\n\n> \[!CAUTION\]\n> `nobody approved pull request 7`/,
  );
  api.request(7).approvals.push({ who: "reviewer", at: api.now + 60 });
  const applied = await job("paraform-apply", workspace, { CI_COMMIT_SHA: sha });
  expect(applied.code, applied.stderr).toBe(0);
  expect(await demo.store.value("/app/b/host")).toBe("mysql.internal");
  const result = await job("paraform-result", workspace, { CI_COMMIT_SHA: sha });
  expect(result.stdout, result.stderr).toContain("The comment of prod in pull request 7 is updated.");
  expect(api.request(7).notes.map(({ body }) => body)).toEqual([
    expect.stringContaining("<!-- paraform:plan:prod -->"),
    expect.stringMatching(/^<!-- paraform:apply:prod -->\n### `prod`: Apply complete! Parameters: 1 added/),
  ]);
  demo.write("configs/prod/more.json", { parameters: {} });
  demo.push("b has no host any more");
  const replayed = await job("paraform-apply", workspace, { CI_COMMIT_SHA: sha });
  expect([replayed.code, replayed.stderr]).toEqual([
    3,
    expect.stringContaining("the configs of this environment changed since pull request 7 was merged"),
  ]);
  await demo.store.put("/app/a/password", "dummy-of-somebody-else");
  expect((await job("paraform-drift", workspace, {})).code).toBe(2);
  expect(api.issues).toMatchObject([{ open: true, description: expect.stringContaining("/app/a/password") }]);
});

test("a pipeline of ci/gitlab.yml that is run by hand plans main anew, and applies what was expected with the guards acknowledged", async () => {
  const jobs = parse(text("ci/gitlab.yml")) as Record<
    string,
    { script: string[]; rules: { if: string }[]; environment?: string }
  >;
  const demo = await demonstrate();
  demo.write("configs/prod/more.json", {
    parameters: { "/app/b/host": { value: "mysql.internal" }, "/app/b/token": {} },
  });
  demo.push("b has a host, and a token that nobody has put");
  const { workspace } = demo.main();
  const env = { ...DUMMY_CREDENTIALS, PATH: programs(), PARAFORM_ENV: "prod" };
  const job = (name: string, more: Record<string, string>) =>
    shell(workspace, jobs[name]?.script ?? [], { ...env, ...more });
  const planned = await job("paraform-plan-again", {});
  expect(planned.code, planned.stderr).toBe(0);
  const [, fingerprint = ""] =
    /^Fingerprint `([\w-]+)`/m.exec(readFileSync(join(workspace, "plan.md"), "utf8")) ?? [];
  const expected = (allow: string) =>
    job("paraform-apply-expected", { PARAFORM_EXPECT: fingerprint, PARAFORM_ALLOW: allow });
  expect((await expected("")).code).toBe(3);
  expect((await expected("* blocked=1")).stderr).toContain("--allow takes GUARD=N");
  const applied = await expected("update=0 blocked=1");
  expect(applied.code, applied.stderr).toBe(0);
  expect(await demo.store.value("/app/b/host")).toBe("mysql.internal");
  // A push can bring variables: only who runs a pipeline on the default branch gives these.
  const byHand = /^\$CI_PIPELINE_SOURCE == "web" && \$CI_COMMIT_BRANCH == \$CI_DEFAULT_BRANCH && /;
  for (const name of ["paraform-plan-again", "paraform-apply-expected"]) {
    expect(jobs[name]?.rules).toEqual([{ if: expect.stringMatching(byHand) }]);
  }
  expect(jobs["paraform-apply-expected"]?.environment).toBe(jobs["paraform-apply"]?.environment);
});

test("the workflow of ci/atlantis.yaml plans the proposal and applies that very plan", async () => {
  const { workflows } = parse(text("ci/atlantis.yaml")) as {
    workflows: { paraform: Record<"plan" | "apply", { steps: { run: string }[] }> };
  };
  const demo = await demonstrate();
  demo.git("checkout", "--quiet", "-b", "proposal");
  demo.write("configs/prod/more.json", { parameters: { "/app/b/host": { value: "mysql.internal" } } });
  demo.push("b has a host");
  const cwd = demo.proposal("proposal");
  const env = {
    ...DUMMY_CREDENTIALS,
    PATH: programs(),
    BASE_BRANCH_NAME: "main",
    PROJECT_NAME: "prod",
    PLANFILE: join(cwd, "prod.tfplan"),
  };
  const stage = (name: "plan" | "apply") =>
    shell(
      cwd,
      workflows.paraform[name].steps.map(({ run }) => run),
      env,
    );
  expect((await stage("plan")).stdout).toContain("Plan: 1 to add, 0 to change, 0 to destroy.");
  const file = join(cwd, "configs/prod/environment.json");
  const proposed = readFileSync(file, "utf8");
  writeFileSync(file, `${proposed}\n`);
  expect((await stage("apply")).code).toBe(4);
  writeFileSync(file, proposed);
  const applied = await stage("apply");
  expect(applied.code, applied.stderr).toBe(0);
  expect(await demo.store.value("/app/b/host")).toBe("mysql.internal");
});

describe("the hook of .pre-commit-hooks.yaml", () => {
  const [hook] = parse(text(".pre-commit-hooks.yaml")) as {
    entry: string;
    files: string;
    language: string;
  }[];
  const validate = (cwd: string, ...files: string[]) =>
    shell(cwd, [[hook?.entry, ...files].join(" ")], { PATH: programs() });

  test("runs a command of the package for the configs that changed", () => {
    expect(hook?.language).toBe("node");
    const pattern = new RegExp(hook?.files ?? "");
    expect(
      ["configs/prod/a.json", "configs/common/a.json", "src/a.json"].map((file) => pattern.test(file)),
    ).toEqual([true, true, false]);
  });

  test("checks the environments of the changed files, and all for what they share", async () => {
    const project = makeProject({ parameters: { "/app/a": { value: "x" } } });
    project.write("configs/stage/environment.json", {
      ...(JSON.parse(project.read("configs/dev/environment.json")) as object),
      environment: "stage",
    });
    project.write("configs/stage/main.json", { parameters: { "/app/b": { copy: "/app/b" } } });
    expect(await validate(project.folder, "configs/dev/main.json")).toEqual({
      code: 0,
      stdout: "The configs are valid: 1 parameter, 0 references.\n",
      stderr: "",
    });
    project.write("configs/common/x.json", { parameters: {} });
    for (const files of [["configs/stage/main.json"], ["configs/common/x.json"], []]) {
      const { code, stderr } = await validate(project.folder, ...files);
      expect(code).toBe(1);
      expect(stderr).toContain("configs/stage/main.json:3:5: cycle");
    }
  });

  test("says nothing valid of a file that is not there, or that no environment reads", async () => {
    const project = makeProject({
      environment: { configs: ["./*.json", "../common/*.json"] },
      parameters: { "/app/a": { value: "x" } },
      values: {},
    });
    project.write("configs/common/a.json", { parameters: {} });
    project.write("configs/other/a.json", "no JSON at all");
    const own = ["configs/dev/environment.json", "configs/dev/values.json", "configs/common/a.json"];
    expect((await validate(project.folder, ...own)).code).toBe(0);
    for (const [file, message] of [
      ["configs/dev/nothere.json", "configs/dev/nothere.json does not exist"],
      ["configs/other/a.json", "configs/other/a.json belongs to no environment that was checked"],
    ] as const) {
      const { code, stdout, stderr } = await validate(project.folder, "configs/dev/main.json", file);
      expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(message)]);
    }
  });
});
