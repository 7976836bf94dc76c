import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { type FakeGithub, fakeGithub } from "../ci/fake-github.ts";
import { gitHistory, type History } from "../ci/fake-history.ts";
import { Runner } from "../ci/workflow.ts";
import { run } from "../support/binary.ts";
import { ACCOUNT, DUMMY_CREDENTIALS, scratchFolder, servedBy } from "../support/binary-project.ts";
import { type Onlooker, startLocalServer } from "../support/local-server.ts";

const REGION = "eu-west-1";
export const PASSWORD = "dummy-password-of-prod";

/** A repository of configs with its store, the people who work on it, and the CI that serves it. */
export interface Demonstration {
  readonly api: FakeGithub;
  /** Of what was pushed. */
  readonly history: History;
  readonly runner: Runner;
  readonly store: Onlooker;
  /** Where a developer works, on `main` at first. */
  readonly folder: string;
  git(...args: readonly string[]): string;
  write(file: string, content: unknown): void;
  /** `paraform ARGS` of somebody who may do everything. */
  paraform(args: readonly string[], input?: string): ReturnType<typeof run>;
  /** Commits all that was written and pushes the branch. */
  push(message: string): void;
  /** What GitHub checks out for a pull request of this branch: merged into main, by nobody yet. */
  proposal(branch: string): string;
  /** What it checks out for main. */
  main(): { readonly workspace: string; readonly sha: string };
  merge(pullRequest: number, branch: string, how: "merge" | "squash"): void;
}

/** `prod` in sync with its configs: one password, a copy of it, and a literal. */
export async function demonstrate(): Promise<Demonstration> {
  const server = await startLocalServer();
  const api = await fakeGithub();
  api.rights.set("reviewer", "write");
  const origin = scratchFolder();
  const folder = scratchFolder();
  const git = (cwd: string, ...args: readonly string[]) => {
    const identity = ["user.name=dummy", "user.email=dummy@example.com", "commit.gpgsign=false"];
    const flags = ["-c", "init.defaultBranch=main", ...identity.flatMap((each) => ["-c", each])];
    const env = { PATH: process.env.PATH ?? "", HOME: folder };
    return execFileSync("git", [...flags, "-C", cwd, ...args], {
      env,
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  };
  const write = (file: string, content: unknown) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(
      join(folder, file),
      typeof content === "string" ? content : JSON.stringify(content, null, 2),
    );
  };
  const paraform = (args: readonly string[], input = "") =>
    run(args, { cwd: folder, env: DUMMY_CREDENTIALS, input });
  git(origin, "init", "--quiet", "--bare");
  git(folder, "init", "--quiet");
  git(folder, "remote", "add", "origin", origin);
  const checkout = () => {
    const workspace = scratchFolder();
    git(workspace, "clone", "--quiet", origin, ".");
    return workspace;
  };
  const history = gitHistory(origin);
  api.history = history;
  const demo: Demonstration = {
    api,
    history,
    runner: new Runner(api),
    store: server.inRegion(REGION),
    folder,
    git: (...args) => git(folder, ...args),
    write,
    paraform,
    push: (message) => {
      git(folder, "add", "--all");
      git(folder, "commit", "--quiet", "-m", message);
      git(folder, "push", "--quiet", "origin", "HEAD");
    },
    proposal: (branch) => {
      const workspace = checkout();
      git(workspace, "checkout", "--quiet", "--detach");
      git(workspace, "merge", "--quiet", "--no-ff", "-m", "merge ref", `origin/${branch}`);
      return workspace;
    },
    main: () => {
      const workspace = checkout();
      return { workspace, sha: git(workspace, "rev-parse", "HEAD") };
    },
    merge: (pullRequest, branch, how) => {
      git(folder, "checkout", "--quiet", "main");
      git(folder, "pull", "--quiet", "origin", "main");
      if (how === "merge") git(folder, "merge", "--quiet", "--no-ff", "-m", `Merge #${pullRequest}`, branch);
      else {
        git(folder, "merge", "--quiet", "--squash", branch);
        git(folder, "commit", "--quiet", "-m", `Squash #${pullRequest}`);
      }
      git(folder, "push", "--quiet", "origin", "main");
      api.now += 60;
      api.merge(pullRequest, git(folder, "rev-parse", "HEAD"));
    },
  };
  write("configs/prod/environment.json", {
    environment: "prod",
    store: servedBy(server.url, REGION, ACCOUNT),
    owner: "platform",
    scopes: ["/dba/", "/app/"],
    keys: [{ path: "/**", key: "alias/owner" }],
    replicationKey: "alias/replication",
    digestKey: { kmsKey: "alias/paraform" },
  });
  write("configs/prod/main.json", { parameters: PARAMETERS });
  demo.push("prod as it is");
  expect((await paraform(["init", "--env", "prod"])).code).toBe(0);
  expect((await paraform(["put", "/dba/mysql/password", "--env", "prod"], PASSWORD)).code).toBe(0);
  expect((await paraform(["apply", "--env", "prod", "--auto-approve"])).code).toBe(0);
  return demo;
}

export const PARAMETERS = {
  "/dba/mysql/password": {},
  "/app/a/host": { value: "mysql.internal" },
  "/app/a/password": { copy: "/dba/mysql/password" },
};
