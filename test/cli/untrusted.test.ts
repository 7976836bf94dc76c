import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, rmSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeInitializedProject, makeProject, type Project } from "../support/binary-project.ts";

const PASSWORD = "dummy-password-of-dev";
const PARAMETERS = {
  "/dba/mysql/password": {},
  "/app/a/host": { value: "mysql.internal" },
  "/app/a/password": { copy: "/dba/mysql/password" },
};

function git(project: Project, ...args: readonly string[]): string {
  const identity = [
    "-c",
    "user.name=dummy",
    "-c",
    "user.email=dummy@example.com",
    "-c",
    "commit.gpgsign=false",
  ];
  const env = { PATH: process.env.PATH ?? "", HOME: project.folder };
  return execFileSync("git", [...identity, "-C", project.folder, ...args], { env, encoding: "utf8" });
}

/** A repository whose `main` is trusted and applied, and in whose working tree somebody proposes something. */
async function proposal(environment: Record<string, unknown> = {}): Promise<Project> {
  const project = await makeInitializedProject({
    parameters: PARAMETERS,
    values: { "/dba/mysql/password": PASSWORD },
    environment,
  });
  project.write(".gitignore", "values.json\n.paraform/\n");
  git(project, "init", "--quiet", "--initial-branch=main");
  git(project, "add", "configs/dev/environment.json", "configs", ".gitignore");
  git(project, "commit", "--quiet", "-m", "trusted");
  expect((await project.env("apply", ["--auto-approve"])).code).toBe(0);
  git(project, "checkout", "--quiet", "-b", "proposal");
  return project;
}

function environmentOf(project: Project): Record<string, unknown> {
  return JSON.parse(project.read("configs/dev/environment.json")) as Record<string, unknown>;
}

async function planned(project: Project, ...rest: readonly string[]) {
  const finished = await project.env("plan", ["--untrusted", "main", "--format", "json", ...rest]);
  expect(finished.stdout + finished.stderr).not.toContain(PASSWORD);
  return finished;
}

async function planOf(project: Project) {
  const { stdout } = await planned(project);
  return JSON.parse(stdout) as { proposed?: { digest: string; changes: string[] } };
}

function documentIn(stdout: string) {
  return JSON.parse(stdout) as {
    readonly complete: boolean;
    readonly environment: { readonly endpoint?: string };
    readonly resource_changes: readonly {
      readonly address: string;
      readonly change: {
        readonly actions: readonly string[];
        readonly after: { readonly value?: unknown } | null;
      };
    }[];
    readonly diagnostics: readonly {
      readonly code: string;
      readonly file?: string;
      readonly line?: number;
    }[];
    readonly blocked: readonly { readonly address: string; readonly reason: string }[];
  };
}

test("a proposal is planned with the environment of the trusted revision", async () => {
  const project = await proposal();
  project.write("configs/dev/main.json", {
    parameters: { ...PARAMETERS, "/app/b/password": { copy: "/dba/mysql/password" } },
  });
  const { code, stdout } = await planned(project);
  expect(code).toBe(0);
  const changed = documentIn(stdout).resource_changes.filter(({ change }) => change.actions[0] !== "no-op");
  expect(changed.map(({ address }) => address)).toEqual(["/app/b/password"]);
  expect(documentIn(stdout).diagnostics).toEqual([]);
});

test("a public glob that the proposal adds shows nothing, and the plan says that the file is another", async () => {
  const project = await proposal();
  project.write("configs/dev/environment.json", { ...environmentOf(project), public: ["/**"] });
  const { code, stdout } = await planned(project);
  expect(code).toBe(0);
  expect(documentIn(stdout).diagnostics).toMatchObject([
    { code: "environment_proposed", file: "configs/dev/environment.json", line: 1 },
  ]);
  project.write("configs/dev/values.json", { "/dba/mysql/password": "another-dummy-of-dev" });
  expect((await planned(project)).stdout).not.toContain("another-dummy-of-dev");
  expect((await project.env("plan", ["--format", "json"])).stdout).toContain("another-dummy-of-dev");
});

test("another store and another endpoint of the proposal are not spoken to", async () => {
  const project = await proposal();
  const elsewhere = {
    kind: "parameter-store",
    account: "210987654321",
    region: "eu-central-1",
    endpoint: "http://127.0.0.1:9",
  };
  project.write("configs/dev/environment.json", { ...environmentOf(project), store: elsewhere });
  const { code, stdout } = await planned(project);
  expect(code).toBe(0);
  expect(documentIn(stdout)).toMatchObject({ complete: true });
  expect(documentIn(stdout).environment.endpoint).toBeUndefined();
});

test("a program that the trusted environment names is not run, nor a variable or a person asked, and the plan says so", async () => {
  const sources = [
    { kind: "command", command: ["./supply"] },
    { kind: "environment" },
    { kind: "prompt" },
    { kind: "file", path: "values.json" },
  ];
  const project = await makeInitializedProject({
    parameters: PARAMETERS,
    values: { "/dba/mysql/password": PASSWORD },
    environment: { sources },
  });
  project.write("configs/dev/supply", "#!/bin/sh\ntouch ran\necho '{}'\n");
  chmodSync(project.path("configs/dev/supply"), 0o755);
  project.write(".gitignore", "values.json\n.paraform/\n");
  git(project, "init", "--quiet", "--initial-branch=main");
  git(project, "add", ".");
  git(project, "commit", "--quiet", "-m", "trusted");
  const untrusted = await project.env("plan", ["--untrusted", "main", "--format", "json"], {
    env: { PARAFORM_VALUE_DBA_MYSQL_PASSWORD: "dummy-of-the-machine" },
  });
  expect(untrusted.code).toBe(0);
  expect(documentIn(untrusted.stdout).diagnostics.map(({ code }) => code)).toEqual(
    Array.from({ length: 3 }, () => "source_left_out"),
  );
  expect(Object.keys(project.files())).not.toContain("configs/dev/ran");
  await project.env("plan");
  expect(Object.keys(project.files())).toContain("configs/dev/ran");
});

test("no question that a proposal asks of a secret is answered by its plan", async () => {
  const project = await proposal();
  const questions = {
    pattern: { copy: "/dba/mysql/password", allowedPattern: "^dummy" },
    first: { copy: "/dba/mysql/password", allowedPattern: "^[a-c]" },
    second: { copy: "/dba/mysql/password", allowedPattern: "^[d-f]" },
    large: { merge: ["x".repeat(4_096), "${/dba/mysql/password}"], tier: "Standard" },
    tier: { merge: ["x".repeat(4_090), "${/dba/mysql/password}"] },
    nested: { merge: ["{{", "${/dba/mysql/password}", "}}"] },
  };
  const asked = Object.entries(questions).map(([key, entry]) => [`/app/q/${key}`, entry]);
  // A static value that is at hand is asked too.
  const supplied = { "/dba/mysql/password": { allowedPattern: "^[a-c]", description: "asked" } };
  project.write("configs/dev/main.json", {
    parameters: { ...PARAMETERS, ...Object.fromEntries(asked), ...supplied },
  });
  const { code, stdout } = await planned(project, "--deep");
  expect(code).toBe(0);
  const { blocked, resource_changes, diagnostics } = documentIn(stdout);
  expect(blocked).toEqual([]);
  const created = resource_changes.filter(({ change }) => change.actions[0] === "create");
  expect(created.map(({ address }) => address)).toEqual(asked.map(([name]) => name).sort());
  for (const { address, change } of created) {
    expect(change.after).not.toHaveProperty("value");
    if (address !== "/app/q/large") expect(change.after).not.toHaveProperty("tier");
  }
  expect(diagnostics.filter(({ code }) => code === "values_unchecked")).toHaveLength(1);
  const trusted = documentIn((await project.env("plan", ["--format", "json"])).stdout);
  expect(trusted.blocked).toContainEqual({
    address: "/dba/mysql/password",
    reason: "value_refused",
    on: null,
  });
});

test("a proposal whose values fit has the fingerprint that the trusted plan has after the merge", async () => {
  const project = await proposal();
  project.write("configs/dev/main.json", {
    parameters: {
      ...PARAMETERS,
      "/app/b/password": { copy: "/dba/mysql/password", allowedPattern: "^dummy" },
    },
  });
  const fingerprintIn = (text: string) => (JSON.parse(text) as { fingerprint: string }).fingerprint;
  const { stdout } = await planned(project);
  const merged = await project.env("plan", ["--format", "json"]);
  expect(fingerprintIn(stdout)).toBe(fingerprintIn(merged.stdout));
});

test("a secret that a proposal guesses in a name is not the one that is blacked out", async () => {
  const project = await proposal({ scopes: ["/dba/", { path: "/app/", exclusive: true }] });
  const guesses = ["dummy-guess-of-dev", PASSWORD, "another-guess-of-dev"];
  project.write("configs/dev/main.json", {
    parameters: PARAMETERS,
    removed: guesses.map((guess) => ({ name: `/app/g/${guess}`, destroy: false })),
  });
  const { stdout } = await project.env("plan", ["--untrusted", "main", "--format", "json"]);
  expect(stdout).not.toContain("(sensitive value)");
  for (const guess of guesses) expect(stdout).toContain(`/app/g/${guess}`);
});

test("what a proposal changes in environment.json is named, and bound to its plan", async () => {
  const project = await proposal();
  const proposedIn = async () => (await planOf(project)).proposed;
  const unchanged = await proposedIn();
  expect(unchanged).toEqual({ digest: expect.stringMatching(/^sha256:/), changes: [] });
  const file = environmentOf(project);
  project.write("configs/dev/environment.json", {
    ...file,
    sources: [{ kind: "command", command: ["./evil"] }],
    public: ["/**"],
    "![image](https://evil.example)": 1,
  });
  const changed = await proposedIn();
  expect(changed?.changes.toSorted()).toEqual(["public", "sources", "unknown keys"]);
  expect(changed?.digest).not.toBe(unchanged?.digest);
  project.write("configs/dev/environment.json", JSON.stringify(file));
  expect((await proposedIn())?.changes).toEqual(["its layout"]);
  project.write("configs/dev/environment.json", "{");
  expect((await proposedIn())?.changes).toEqual(["everything"]);
});

test("a saved plan is applied with the environment.json that was proposed alone, and no program of another runs", async () => {
  const project = await proposal();
  project.write("configs/dev/main.json", { parameters: { ...PARAMETERS, "/app/b/host": { value: "x" } } });
  const proposed = { ...environmentOf(project), guards: { delete: { count: 1 } } };
  project.write("configs/dev/environment.json", proposed);
  await planned(project, "--out", "p.json");
  const command = ["node", "-e", "require('fs').writeFileSync('ran', '')"];
  project.write("configs/dev/environment.json", { ...proposed, sources: [{ kind: "command", command }] });
  for (const verb of ["verify", "apply"]) {
    const { code, stdout, stderr } = await project.run([verb, "p.json"]);
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr).toMatch(
      /^error: the plan is stale: environment\.json, or a SOPS file that it names, is not the one that was proposed\n {2}hint: nothing was written/,
    );
  }
  expect(Object.keys(project.files())).not.toContain("ran");
  project.write("configs/dev/environment.json", proposed);
  for (const verb of ["verify", "apply"])
    expect(await project.run([verb, "p.json"])).toMatchObject({ code: 0 });
});

describe("a SOPS file that environment.json names", () => {
  const FILE = "configs/dev/values.sops.json";
  const asked = (address: string) => ({ sops: { hc_vault: [{ vault_address: address }] } });
  const sopsProposal = async () => {
    const project = await makeInitializedProject({
      parameters: { "/app/a/host": { value: "mysql.internal" } },
      environment: { sources: [{ kind: "sops", path: "values.sops.json" }] },
    });
    project.write(FILE, asked("https://vault.internal"));
    project.write(".gitignore", ".paraform/\n");
    git(project, "init", "--quiet", "--initial-branch=main");
    git(project, "add", ".");
    git(project, "commit", "--quiet", "-m", "trusted");
    return project;
  };

  test("is bound to the plan with it, and that it is another one is named and warned of", async () => {
    const project = await sopsProposal();
    const unchanged = (await planOf(project)).proposed;
    expect(unchanged?.changes).toEqual([]);
    project.write(FILE, asked("https://vault.evil.example"));
    const { stdout } = await planned(project, "--report", "markdown=plan.md");
    const { proposed } = JSON.parse(stdout) as Awaited<ReturnType<typeof planOf>>;
    expect(proposed?.changes).toEqual(["SOPS files"]);
    expect(proposed?.digest).not.toBe(unchanged?.digest);
    expect(stdout).toContain('"sops_proposed"');
    expect(stdout).not.toContain("evil.example");
    const page = project.read("plan.md");
    expect(page).toMatch(
      /\n\n> \[!WARNING\]\n> \*\*This proposal changes a SOPS file that an apply decrypts:/,
    );
    expect(page).toContain(`\nEnvironment \`${proposed?.digest}\`\n`);
    rmSync(project.path(FILE));
    expect((await planOf(project)).proposed?.changes).toEqual(["SOPS files"]);
    project.write("configs/dev/environment.json", {
      ...environmentOf(project),
      sources: [{ kind: "sops", path: "others.sops.yaml" }],
    });
    project.write("configs/dev/others.sops.yaml", asked("https://vault.evil.example"));
    git(project, "add", "configs/dev/others.sops.yaml");
    expect((await planOf(project)).proposed?.changes).toEqual(["sources", "SOPS files"]);
  });

  test("that is a link, or lies behind one, is refused alike, whatever it leads to", async () => {
    const project = await sopsProposal();
    symlinkSync("/etc", project.path("configs/dev/linked"));
    const answers = new Set<string>();
    for (const path of ["link", "linked/hostname", "linked/not-there"]) {
      for (const target of ["/etc/hostname", "/etc/not-there", project.path(FILE)]) {
        rmSync(project.path("configs/dev/link"), { force: true });
        symlinkSync(target, project.path("configs/dev/link"));
        project.write("configs/dev/environment.json", {
          ...environmentOf(project),
          sources: [{ kind: "sops", path }],
        });
        const { code, stdout, stderr } = await planned(project);
        answers.add(JSON.stringify([code, stdout, stderr]));
      }
    }
    expect([...answers]).toEqual([
      expect.stringContaining("the file of a sops source is no file of the repository itself"),
    ]);
  });

  test("that git does not track is this machine's: its digest is not told", async () => {
    const project = await sopsProposal();
    project.write(".gitignore", ".paraform/\nvalues.yaml\n");
    project.write("configs/dev/environment.json", {
      ...environmentOf(project),
      sources: [{ kind: "sops", path: "values.yaml" }],
    });
    const absent = (await planOf(project)).proposed;
    for (const value of [PASSWORD, "another-dummy"]) {
      project.write("configs/dev/values.yaml", { "/dba/mysql/password": value });
      expect((await planOf(project)).proposed).toEqual(absent);
    }
    git(project, "add", "--force", "configs/dev/values.yaml");
    expect((await planOf(project)).proposed?.digest).not.toBe(absent?.digest);
  });

  test("that lies outside of the repository is nobody's to propose: nothing is told of it", async () => {
    const project = await sopsProposal();
    const digests = [];
    for (const path of ["/etc/hostname", "/etc/not-there"]) {
      project.write("configs/dev/environment.json", {
        ...environmentOf(project),
        sources: [{ kind: "sops", path }],
      });
      const { proposed } = await planOf(project);
      expect(proposed?.changes).toEqual(["sources"]);
      digests.push(proposed?.digest);
    }
    expect(new Set(digests).size).toBe(2);
  });
});

test("an import that leads out of the repository is refused alike, whether or not a file is there", async () => {
  const project = await proposal();
  const other = makeProject();
  symlinkSync(other.folder, project.path("configs/dev/linked"));
  symlinkSync(other.path("configs/dev/main.json"), project.path("configs/dev/there"));
  symlinkSync(other.path("configs/dev/not-there.json"), project.path("configs/dev/not-there"));
  const outside = [
    ...[other.path("configs/dev/main.json"), other.path("configs/dev/not-there.json")],
    ...["linked/configs/dev/main.json", "linked/configs/dev/not-there.json", "linked/a/b.json"],
    ...["there", "not-there"],
  ];
  for (const file of outside) {
    project.write("configs/dev/imports.json", { twig: "/app/q", import: [file] });
    const { code, stdout, stderr } = await planned(project);
    expect([code, stdout, stderr]).toEqual([
      1,
      "",
      expect.stringMatching(/^\S+:1:1: this file leads out of the repository\n/),
    ]);
  }
  project.write("configs/dev/imports.json", { twig: "/app/q", import: ["./gone.json"] });
  expect((await planned(project)).stderr).toContain("the imported file is not there");
});

test("a plan that fails says so in the report, in the place of an earlier plan and its fingerprint", async () => {
  const project = await proposal();
  project.write("configs/dev/main.json", {
    parameters: { "/app/b": { copy: "/app/b" } },
  });
  const { code } = await project.env("plan", ["--untrusted", "main", "--report", "markdown=plan.md"]);
  expect(code).toBe(1);
  const page = project.read("plan.md");
  expect(page).toMatch(/^<!-- paraform:plan:dev -->\n### `dev`: Plan failed!\n/);
  expect(page).toContain("cycle");
  expect(page).not.toContain("Fingerprint");
});

test("a type that would print a secret shows as what it is and prints nothing", async () => {
  const project = await proposal({ public: ["/app/*/public/**"] });
  project.write("configs/dev/main.json", {
    parameters: {
      "/dba/mysql/password": { type: "String" },
      "/app/a/host": { value: "mysql.internal" },
      "/app/a/password": { copy: "/dba/mysql/password" },
      "/app/a/public/password": { copy: "/dba/mysql/password" },
    },
  });
  const { stdout } = await planned(project, "--deep", "--detailed-exitcode");
  expect(stdout).toMatch(/"name": "exposure",\s+"limit": 0,\s+"count": [1-9]\d*,\s+"tripped": true/);
});

test("an environment.json that is a link is refused: its digest would tell of any file", async () => {
  for (const target of ["values.json", "/etc/hostname", "/dev/zero"]) {
    const project = await proposal();
    const file = project.path("configs/dev/environment.json");
    rmSync(file);
    symlinkSync(target.startsWith("/") ? target : project.path(`configs/dev/${target}`), file);
    const { code, stdout, stderr } = await planned(project);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("configs/dev/environment.json is no file of the repository itself");
  }
});

test("a link that leads out of the repository is refused, whatever it leads to", async () => {
  const project = await proposal();
  const other = makeProject({ parameters: { "/app/a/outside": { value: "read from outside" } } });
  symlinkSync(other.path("configs/dev/main.json"), project.path("configs/dev/more.json"));
  const file = await planned(project);
  expect(file).toMatchObject({ code: 1, stdout: "" });
  expect(file.stderr).toContain("configs/dev/more.json:1:1: this file leads out of the repository");
  rmSync(project.path("configs/dev/more.json"));
  rmSync(project.path("configs"), { recursive: true });
  symlinkSync(other.path("configs"), project.path("configs"));
  const folder = await planned(project);
  expect(folder.code).toBe(1);
  expect(folder.stderr).toContain("configs/dev/environment.json is no file of the repository itself");
});

test("a revision that is none, or looks like an option, is refused before anything is read", async () => {
  const project = await proposal();
  for (const revision of ["gone", "main --help", "$(touch ran)"]) {
    const { code, stderr } = await project.env("plan", ["--untrusted", revision]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: the revision of --untrusted is not in this repository\n/);
    expect(stderr).not.toContain(revision);
  }
  expect(Object.keys(project.files())).not.toContain("ran");
});

test("a tag that bears the name of a branch does not take its place", async () => {
  const project = await proposal();
  const trusted = git(project, "rev-parse", "main").trim();
  project.write("configs/dev/environment.json", { ...environmentOf(project), public: ["/**"] });
  git(project, "commit", "--quiet", "--all", "-m", "planted");
  git(project, "update-ref", "refs/remotes/origin/main", trusted);
  git(project, "tag", "main");
  git(project, "tag", "origin/main");
  git(project, "tag", "refs/remotes/origin/gone");
  const proposed = { stdout: expect.stringContaining("environment_proposed") };
  const planWith = (revision: string) => project.env("plan", ["--untrusted", revision, "--format", "json"]);
  for (const name of ["refs/heads/main", "refs/remotes/origin/main", trusted]) {
    expect(await planWith(name)).toMatchObject({ code: 0, ...proposed });
  }
  for (const name of ["main", "origin/main"]) {
    const { code, stderr } = await planWith(name);
    expect(code).toBe(1);
    expect(stderr).toContain("the revision of --untrusted is the name of more than one branch or tag");
  }
  for (const name of ["refs/heads/main~0", "HEAD^", "HEAD~1", trusted.slice(0, 12)]) {
    expect(await planWith(name)).toMatchObject({ code: 0, ...proposed });
  }
  git(project, "tag", "only-a-tag");
  git(project, "tag", trusted.slice(0, 9));
  expect((await planWith(trusted.slice(0, 9))).stderr).toContain("the name of more than one branch or tag");
  for (const name of ["only-a-tag", "only-a-tag~0", "refs/remotes/origin/gone"]) {
    expect((await planWith(name)).stderr).toContain("the revision of --untrusted is not in this repository");
  }
  git(project, "tag", "--delete", "origin/main");
  expect(await planWith("origin/main")).toMatchObject({ code: 0, ...proposed });
});

test("an environment that the trusted revision does not have is not planned", async () => {
  const project = await proposal();
  project.write("configs/evil/environment.json", { ...environmentOf(project), environment: "evil" });
  const { code, stderr } = await project.run(["plan", "--env", "evil", "--untrusted", "main"]);
  expect(code).toBe(1);
  expect(stderr).toContain("configs/evil/environment.json is not in the revision of --untrusted");
});

test("outside a repository it is refused", async () => {
  const project = makeProject({ parameters: PARAMETERS });
  const { code, stderr } = await project.env("plan", ["--untrusted", "main"]);
  expect(code).toBe(1);
  expect(stderr).toContain("--untrusted needs a git repository around the configs");
});

describe("a folder that a proposal makes look like a repository of its own", () => {
  /** What git takes for a repository without a `.git`, and what anybody can commit: its `main` is the outsider's. */
  function plant(project: Project, folder: string, environment: Record<string, unknown>): void {
    const evil = makeProject({ environment });
    git(evil, "init", "--quiet", "--initial-branch=main");
    git(evil, "add", ".");
    git(evil, "commit", "--quiet", "-m", "planted");
    for (const part of ["HEAD", "objects", "refs"]) {
      cpSync(evil.path(`.git/${part}`), project.path(`${folder}/${part}`), { recursive: true });
    }
    project.write(
      `${folder}/config`,
      "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n",
    );
  }

  test("says nothing of the trusted environment", async () => {
    const project = await proposal();
    plant(project, ".", { public: ["/**"] });
    const { code, stdout } = await planned(project);
    expect(code).toBe(0);
    expect(documentIn(stdout).diagnostics).toEqual([]);
  });

  test("does not hide that git tracks a file of values", async () => {
    const project = await makeInitializedProject({
      parameters: PARAMETERS,
      values: { "/dba/mysql/password": PASSWORD },
    });
    git(project, "init", "--quiet", "--initial-branch=main");
    git(project, "add", ".");
    git(project, "commit", "--quiet", "-m", "values and all");
    plant(project, "configs/dev", {});
    const { code, stderr } = await project.env("plan");
    expect(code).toBe(1);
    expect(stderr).toContain("configs/dev/values.json:1:1: git tracks this file, and it holds values");
  });
});

test("a value that no proposal's plan has is refused at apply, with what to do instead", async () => {
  const project = await makeInitializedProject({
    parameters: { "/app/a/host": { value: "mysql.internal" } },
    environment: { sources: [{ kind: "environment" }] },
  });
  git(project, "init", "--quiet", "--initial-branch=main");
  git(project, "add", "configs");
  git(project, "commit", "--quiet", "-m", "trusted");
  project.write("configs/dev/main.json", { parameters: { "/app/b/token": {} } });
  const env = { PARAFORM_VALUE_APP_B_TOKEN: PASSWORD };
  const proposed = await project.env("plan", ["--untrusted", "main", "--format", "json"], { env });
  const fingerprintOf = (stdout: string) => (JSON.parse(stdout) as { fingerprint: string }).fingerprint;
  const expecting = (fingerprint: string) =>
    project.env("apply", ["--auto-approve", "--expect", fingerprint], { env });
  const refused = await expecting(fingerprintOf(proposed.stdout));
  expect(refused.code).toBe(4);
  expect(refused.stderr).toMatch(
    /a plan of a proposal never has what a source of kind environment supplies here: plan the trusted branch/,
  );
  const trusted = await project.env("plan", ["--format", "json"], { env });
  expect((await expecting(fingerprintOf(trusted.stdout))).code).toBe(0);
  const other = await expecting("pl1-another-decision");
  expect(other.code).toBe(4);
  expect(other.stderr).not.toContain("of a proposal");
});

test("the command that shows all of a shortened comment runs no program of the proposal either", async () => {
  const project = await proposal();
  const many = Array.from({ length: 400 }, (_, i) => [`/app/service-${i}/address-of-it`, { value: "dummy" }]);
  project.write("configs/dev/main.json", { parameters: { ...PARAMETERS, ...Object.fromEntries(many) } });
  const command = { kind: "command", command: ["touch", `${project.folder}/ran`] };
  project.write("configs/dev/environment.json", { ...environmentOf(project), sources: [command] });
  const plan = ["plan", "--env", "dev", "--untrusted", "main"];
  expect((await project.run([...plan, "--report", "markdown=plan.md"])).code).toBe(0);
  const [, words = ""] = /`paraform (plan [^`]*)`/.exec(project.read("plan.md")) ?? [];
  const shown = await project.run(words.split(" "));
  expect(shown.code, shown.stderr).toBe(0);
  expect(project.read("plan.html")).toContain("/app/service-399/address-of-it");
  expect(existsSync(`${project.folder}/ran`)).toBe(false);
});
