import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BOT } from "../ci/fake-github.ts";
import type { JobRun, Occasion } from "../ci/workflow.ts";
import { type Demonstration, demonstrate, PARAMETERS, PASSWORD } from "./repository.ts";

const PULL = 7;
const COPY = "/app/b/password";

/** The jobs of a pull request, in the order of the workflow. */
async function propose(demo: Demonstration, branch = "proposal"): Promise<JobRun> {
  const occasion: Occasion = {
    workspace: demo.proposal(branch),
    event: "pull_request",
    sha: "0".repeat(40),
    pullRequest: PULL,
  };
  const planned = await demo.runner.job("plan", occasion);
  if (planned === undefined) throw new Error("the plan job does not run");
  expect(planned.log).not.toContain(PASSWORD);
  const comment = await demo.runner.job("comment", occasion, { plan: { outputs: planned.outputs } });
  expect(comment?.code, `${planned.log}${comment?.log}`).toBe(0);
  return planned;
}

/** The jobs of a push to main: who applies writes no comment, who comments has no credentials. */
async function deploy(demo: Demonstration, inputs: Record<string, string> = {}): Promise<JobRun> {
  const occasion: Occasion = { ...demo.main(), event: "push", inputs };
  const applied = await demo.runner.job("apply", occasion);
  if (applied === undefined) throw new Error("the apply job does not run");
  const told = await demo.runner.job(
    "result",
    { ...occasion, inputs: {} },
    { apply: { outputs: applied.outputs } },
  );
  expect(told === undefined, told?.log).toBe(applied.outputs.exitcode === "");
  expect(told?.code ?? 0, told?.log).toBe(0);
  return applied;
}

/** Somebody runs the workflow by hand, on main. */
async function dispatch(
  demo: Demonstration,
  given: Record<string, string>,
  at: Pick<Occasion, "workspace" | "sha" | "pullRequest"> = demo.main(),
): Promise<{ plan: JobRun | undefined; apply: JobRun | undefined }> {
  const occasion: Occasion = { ...at, event: "workflow_dispatch", dispatch: given };
  const plan = await demo.runner.job("plan", occasion);
  const needs = { plan: { outputs: plan?.outputs ?? {} } };
  expect(await demo.runner.job("comment", occasion, needs)).toBeUndefined();
  const apply = await demo.runner.job("apply", occasion);
  const told = await demo.runner.job("result", occasion, { apply: { outputs: apply?.outputs ?? {} } });
  expect(told?.code ?? 0, told?.log).toBe(0);
  return { plan, apply };
}

/** A pull request that adds a copy, planned and commented. */
async function opened(): Promise<{ demo: Demonstration; planned: JobRun }> {
  const demo = await demonstrate();
  demo.git("checkout", "--quiet", "-b", "proposal");
  demo.write("configs/prod/main.json", {
    parameters: { ...PARAMETERS, [COPY]: { copy: "/dba/mysql/password" } },
  });
  demo.push("b reads the password");
  return { demo, planned: await propose(demo) };
}

function changeEnvironment(demo: Demonstration, parts: object): void {
  const file = "configs/prod/environment.json";
  const content = JSON.parse(readFileSync(join(demo.folder, file), "utf8")) as object;
  demo.write(file, { ...content, ...parts });
  demo.push("another environment");
}

function approve({ api }: Demonstration): void {
  api.now += 60;
  api.review(PULL, "reviewer");
}

const commentOf = ({ api }: Demonstration, kind: "plan" | "apply" = "plan") => {
  const [comment, ...others] = api
    .pull(PULL)
    .comments.filter(
      ({ author, body }) => author === BOT && body.startsWith(`<!-- paraform:${kind}:prod -->`),
    );
  if (comment === undefined || others.length > 0) throw new Error("there is not one comment of the bot");
  return comment;
};

describe("a pull request", () => {
  test.each(["merge", "squash"] as const)(
    "opened, updated, approved and merged (%s) is applied as approved",
    async (how) => {
      const { demo, planned } = await opened();
      expect(planned.outputs).toMatchObject({ add: "1", change: "0", applyable: "true", exitcode: "2" });
      const comment = commentOf(demo);
      expect(comment.body).toContain(`Fingerprint \`${planned.outputs.fingerprint}\``);
      expect(planned.summary).toContain(COPY);
      const { id, body } = { ...comment };

      demo.api.now += 60;
      demo.write("configs/prod/main.json", {
        parameters: {
          ...PARAMETERS,
          [COPY]: { copy: "/dba/mysql/password" },
          "/app/b/host": { value: "mysql.internal" },
        },
      });
      demo.push("and where it is");
      const updated = await propose(demo);
      expect(updated.outputs.fingerprint).not.toBe(planned.outputs.fingerprint);
      expect(commentOf(demo).id).toBe(id);
      expect(commentOf(demo).body).not.toBe(body);
      expect(commentOf(demo).body).toContain(`Fingerprint \`${updated.outputs.fingerprint}\``);

      approve(demo);
      demo.api.now += 60;
      // Planned again with the same decision, it stays approved.
      expect((await propose(demo)).outputs.fingerprint).toBe(updated.outputs.fingerprint);
      demo.merge(PULL, "proposal", how);
      const applied = await deploy(demo);
      expect(applied.code, applied.log).toBe(0);
      expect(applied.outputs).toMatchObject({ fingerprint: updated.outputs.fingerprint, exitcode: "0" });
      expect(await demo.store.value(COPY)).toBe(PASSWORD);
      const result = commentOf(demo, "apply").body;
      expect(result).toContain("### `prod`: Apply complete! Parameters: 2 added, 0 changed, 0 destroyed.");
      expect(result).toContain(`the fingerprint \`${updated.outputs.fingerprint}\``);
      expect(result).toContain(
        "#### Who reads what was written (1)\n\n- `/app/b`: service to redeploy, 2 values; gains `/dba/mysql/password`",
      );
      expect(applied.summary).toBe(result);
      expect(commentOf(demo).body).toContain(`Fingerprint \`${updated.outputs.fingerprint}\``);
    },
  );

  test("whose environment.json changes after the approval is not applied, and no program of it runs", async () => {
    const { demo, planned } = await opened();
    expect(commentOf(demo).body).not.toContain("This proposal changes");
    approve(demo);
    changeEnvironment(demo, { sources: [{ kind: "command", command: ["touch", "ran"] }] });
    demo.merge(PULL, "proposal", "merge");
    const { workspace, sha } = demo.main();
    const applied = await demo.runner.job("apply", { workspace, sha, event: "push" });
    expect(applied?.code).toBe(3);
    expect(applied?.log).toContain(
      "environment.json, or a SOPS file that it names, is not the one that was approved",
    );
    expect(existsSync(join(workspace, "configs/prod/ran"))).toBe(false);
    expect(await demo.store.value(COPY)).toBeUndefined();
    expect(planned.outputs.fingerprint).toBeDefined();
  });

  test("whose SOPS file changes after the approval is not applied, and nobody is asked for its key", async () => {
    const demo = await demonstrate();
    const sops = (address: string) =>
      demo.write("configs/prod/values.sops.json", { sops: { hc_vault: [{ vault_address: address }] } });
    sops("https://vault.internal");
    changeEnvironment(demo, { sources: [{ kind: "sops", path: "values.sops.json" }] });
    demo.git("checkout", "--quiet", "-b", "proposal");
    demo.write("configs/prod/more.json", { parameters: { "/app/b/host": { value: "mysql.internal" } } });
    demo.push("b has a host");
    const planned = await propose(demo);
    expect(commentOf(demo).body).not.toContain("This proposal changes");
    approve(demo);
    const approved = { ...commentOf(demo) };
    sops("https://vault.evil.example");
    demo.push("somebody else is asked");
    demo.merge(PULL, "proposal", "merge");
    const applied = await demo.runner.job("apply", { ...demo.main(), event: "push" });
    expect(applied?.code).toBe(3);
    expect(applied?.log).toContain("a SOPS file that it names, is not the one that was approved");
    expect(applied?.log).not.toContain("install sops");
    demo.git("checkout", "--quiet", "proposal");
    expect((await propose(demo)).outputs.fingerprint).toBe(planned.outputs.fingerprint);
    expect(commentOf(demo).body).not.toBe(approved.body);
  });

  test("that is taken back by a later one is not applied by running its job again; one that failed may be", async () => {
    const { demo } = await opened();
    demo.merge(PULL, "proposal", "merge");
    const first: Occasion = { ...demo.main(), event: "push" };
    expect((await demo.runner.job("apply", first))?.code).toBe(3);
    approve(demo);
    demo.write("README.md", "# Configs\n");
    demo.write("configs/stage/main.json", { parameters: {} });
    demo.push("elsewhere");
    const again = await demo.runner.job("apply", first);
    expect(again?.code, again?.log).toBe(0);
    expect(await demo.store.value(COPY)).toBe(PASSWORD);
    demo.write("configs/prod/main.json", { parameters: PARAMETERS });
    demo.push("b reads it no more");
    const taken = ["apply", "--env", "prod", "--auto-approve", `--delete=${COPY}`];
    expect((await demo.paraform(taken)).code).toBe(0);
    const replayed = await demo.runner.job("apply", first);
    expect(replayed?.code).toBe(3);
    expect(replayed?.log).toContain(
      "the configs of this environment changed since pull request 7 was merged",
    );
    expect(await demo.store.value(COPY)).toBeUndefined();
  });

  test("that changes environment.json says so first, and an approval of the same fingerprint lapses", async () => {
    const { demo, planned } = await opened();
    approve(demo);
    demo.api.now += 60;
    changeEnvironment(demo, { public: ["/**"] });
    expect((await propose(demo)).outputs.fingerprint).toBe(planned.outputs.fingerprint);
    expect(commentOf(demo).body).toMatch(
      /^<!--.*\n###.*\n\n.*\n\n> \[!WARNING\]\n> \*\*This proposal changes `environment.json`:\*\* `public`\./,
    );
    demo.merge(PULL, "proposal", "merge");
    const applied = await demo.runner.job("apply", { ...demo.main(), event: "push" });
    expect(applied?.code).toBe(3);
    expect(applied?.log).toContain("was changed after it was approved");
  });

  test("whose plan fails has no plan to approve any more", async () => {
    const { demo } = await opened();
    approve(demo);
    demo.api.now += 60;
    demo.write("configs/prod/broken.json", { parameters: { "/app/c": { copy: "/app/c" } } });
    demo.push("a cycle");
    const occasion: Occasion = {
      workspace: demo.proposal("proposal"),
      event: "pull_request",
      sha: "0".repeat(40),
      pullRequest: PULL,
    };
    const failed = await demo.runner.job("plan", occasion);
    expect(failed?.code).toBe(1);
    const told = await demo.runner.job("comment", occasion, { plan: { outputs: failed?.outputs ?? {} } });
    expect(told?.code, told?.log).toBe(0);
    expect(commentOf(demo).body).toContain("### `prod`: Plan failed!");
    expect(commentOf(demo).body).not.toContain("Fingerprint");
  });

  test("whose value changes after the approval is not applied, though no line did", async () => {
    const { demo } = await opened();
    approve(demo);
    demo.merge(PULL, "proposal", "squash");
    const put = ["put", "/dba/mysql/password", "--env", "prod"];
    expect((await demo.paraform(put, "dummy-password-another")).code).toBe(0);
    const applied = await deploy(demo);
    expect(applied).toMatchObject({ code: 4, outputs: { exitcode: "4" } });
    expect(applied.annotations).toMatchObject([{ level: "error", properties: { title: "paraform" } }]);
    expect(await demo.store.value(COPY)).toBeUndefined();
    expect(await demo.store.value("/app/a/password")).toBe(PASSWORD);
    expect(commentOf(demo, "apply").body).toContain("### `prod`: The plan is stale, nothing was written\n");
  });

  test("that a guard stops is acknowledged by hand after the merge, as it was approved", async () => {
    const demo = await demonstrate();
    demo.git("checkout", "--quiet", "-b", "proposal");
    demo.write("configs/prod/main.json", {
      parameters: { ...PARAMETERS, "/app/b/token": {}, "/app/b/host": { value: "mysql.internal" } },
    });
    demo.push("b has a host, and a token that nobody has put");
    const planned = await propose(demo);
    expect(planned.annotations).toContainEqual({
      level: "error",
      properties: { file: "configs/prod/main.json", line: "10", title: "paraform" },
      text: "/app/b/token: it does not exist and no source has its value",
    });
    approve(demo);
    demo.merge(PULL, "proposal", "merge");
    const stopped = await deploy(demo);
    expect(stopped).toMatchObject({ code: 3, outputs: { exitcode: "3" } });
    const told = commentOf(demo, "apply").body;
    expect(told).toContain("refused by blocked parameters: 1, at most 0");
    expect(told).toContain("if exactly that is meant, add --allow blocked=1");
    const wrong = await dispatch(demo, { expect: planned.outputs.fingerprint ?? "", allow: "blocked=2" });
    expect(wrong.apply).toMatchObject({ code: 3 });
    const { plan, apply } = await dispatch(demo, {
      expect: planned.outputs.fingerprint ?? "",
      allow: "update=0 blocked=1",
    });
    expect(plan).toBeUndefined();
    expect(apply?.code, apply?.log).toBe(0);
    expect(await demo.store.value("/app/b/host")).toBe("mysql.internal");
    expect(commentOf(demo, "apply").body).toContain("Apply complete! Parameters: 1 added");
  });

  test("that went stale is planned anew on main by hand, and applied by the fingerprint of that plan", async () => {
    const { demo } = await opened();
    approve(demo);
    demo.merge(PULL, "proposal", "squash");
    const put = ["put", "/dba/mysql/password", "--env", "prod"];
    expect((await demo.paraform(put, "dummy-password-another")).code).toBe(0);
    expect(await deploy(demo)).toMatchObject({ code: 4 });
    const looked = await dispatch(demo, { expect: "", allow: "" });
    expect(looked.apply).toBeUndefined();
    expect(looked.plan?.code, looked.plan?.log).toBe(0);
    const fingerprint = looked.plan?.outputs.fingerprint ?? "";
    expect(looked.plan?.summary).toContain(`Fingerprint \`${fingerprint}\``);
    const { apply } = await dispatch(demo, { expect: fingerprint, allow: "" });
    expect(apply?.code, apply?.log).toBe(0);
    expect(await demo.store.value(COPY)).toBe("dummy-password-another");
  });

  test("is neither planned nor applied by hand from another branch than main", async () => {
    const { demo, planned } = await opened();
    const elsewhere = { ...demo.main(), pullRequest: PULL };
    const { plan, apply } = await dispatch(demo, { expect: planned.outputs.fingerprint ?? "" }, elsewhere);
    expect([plan, apply]).toEqual([undefined, undefined]);
    expect((await dispatch(demo, { expect: "" }, elsewhere)).plan).toBeUndefined();
  });

  test("whose comment was edited after the approval is not applied", async () => {
    const { demo } = await opened();
    approve(demo);
    demo.api.now += 60;
    commentOf(demo).updated = demo.api.now;
    demo.merge(PULL, "proposal", "merge");
    const applied = await deploy(demo);
    expect(applied).toMatchObject({ code: 3, outputs: { fingerprint: "", exitcode: "3" } });
    expect(applied.log).toContain("the plan's comment was changed after it was approved");
    const told = commentOf(demo, "apply").body;
    expect(told).toContain("### `prod`: Apply refused, nothing was written\n");
    expect(told).toContain("> `the plan's comment was changed after it was approved in pull request 7`");
    expect(told).toContain("> hint: `approve it as the comment stands now and run the apply again, or");
    expect(await demo.store.value(COPY)).toBeUndefined();
  });

  test("whose words somebody else changed before the approval is not applied", async () => {
    const { demo } = await opened();
    const comment = commentOf(demo);
    Object.assign(comment, { body: comment.body.replace(COPY, "/app/b/harmless"), editor: "mallory" });
    approve(demo);
    demo.merge(PULL, "proposal", "merge");
    const applied = await deploy(demo);
    expect(applied).toMatchObject({ code: 3, outputs: { fingerprint: "", exitcode: "3" } });
    expect(applied.log).toContain("was last changed by somebody else than its author");
    expect(await demo.store.value(COPY)).toBeUndefined();
  });

  test("of a fork gets no credentials: its configs are checked and nothing is planned", async () => {
    const { demo } = await opened();
    const occasion: Occasion = {
      workspace: demo.proposal("proposal"),
      event: "pull_request",
      sha: "0".repeat(40),
      pullRequest: 8,
      head: "mallory/your-configs",
    };
    const planned = await demo.runner.job("plan", occasion);
    expect(planned).toMatchObject({ code: 0, outputs: { planned: "false", fingerprint: "" } });
    expect(planned?.annotations).toMatchObject([{ level: "notice" }]);
    const needs = { plan: { outputs: planned?.outputs } };
    expect(await demo.runner.job("comment", occasion, needs)).toBeUndefined();
  });

  test("to a branch that is not applied is not planned: its environment.json would be what is trusted", async () => {
    const { demo } = await opened();
    const occasion: Occasion = {
      workspace: demo.proposal("proposal"),
      event: "pull_request",
      sha: "0".repeat(40),
      pullRequest: 9,
      base: "side",
    };
    const planned = await demo.runner.job("plan", occasion);
    expect(planned).toMatchObject({ code: 0, outputs: { planned: "false", fingerprint: "" } });
    expect(planned?.annotations).toMatchObject([{ level: "notice" }]);
    const needs = { plan: { outputs: planned?.outputs } };
    expect(await demo.runner.job("comment", occasion, needs)).toBeUndefined();
  });

  test("with a mistake has it beside its line", async () => {
    const demo = await demonstrate();
    demo.git("checkout", "--quiet", "-b", "proposal");
    demo.write(
      "configs/prod/main.json",
      '{\n  "parameters": {\n    "/app/x": { "copy": "/app/x" }\n  }\n}\n',
    );
    demo.push("a circle");
    const occasion: Occasion = {
      workspace: demo.proposal("proposal"),
      event: "pull_request",
      sha: "0".repeat(40),
      pullRequest: PULL,
    };
    const planned = await demo.runner.job("plan", occasion);
    expect(planned).toMatchObject({ code: 1, outputs: { exitcode: "1" } });
    expect(planned?.annotations).toContainEqual({
      level: "error",
      properties: { file: "configs/prod/main.json", line: "3", col: expect.any(String), title: "paraform" },
      text: expect.stringContaining("/app/x"),
    });
  });
});

test("drift opens one issue, which is kept up to date and closed", async () => {
  const demo = await demonstrate();
  const watch = () => demo.runner.job("drift", { ...demo.main(), event: "schedule" });
  expect(await watch()).toMatchObject({ code: 0, outputs: { drifted: "0", exitcode: "0" } });
  expect(demo.api.issues).toEqual([]);
  await demo.store.put("/app/a/password", "dummy-of-somebody-else");
  for (const time of ["first", "second"]) {
    const watched = await watch();
    expect(watched, time).toMatchObject({ code: 0, outputs: { drifted: "1", exitcode: "2" } });
    expect(watched?.log).not.toContain("dummy-of-somebody-else");
    expect(watched?.annotations).toMatchObject([{ level: "warning" }]);
  }
  expect(demo.api.issues).toMatchObject([
    {
      open: true,
      body: expect.stringMatching(
        /^<!-- paraform:drift:prod -->\n[\s\S]*`\/app\/a\/password` was changed outside/,
      ),
    },
  ]);
  expect((await demo.paraform(["apply", "--env", "prod", "--auto-approve"])).code).toBe(0);
  expect(await watch()).toMatchObject({ code: 0, outputs: { drifted: "0" } });
  expect(demo.api.issues).toMatchObject([{ open: false }]);
});

test("a value is rolled back by a plan of its own, and its copies follow", async () => {
  const demo = await demonstrate();
  const prod = ["--env", "prod"];
  expect((await demo.paraform(["put", "/dba/mysql/password", ...prod], "dummy-password-another")).code).toBe(
    0,
  );
  expect((await demo.paraform(["apply", ...prod, "--auto-approve"])).code).toBe(0);
  expect(await demo.store.value("/app/a/password")).toBe("dummy-password-another");
  const history = await demo.paraform(["history", "/dba/mysql/password", ...prod]);
  expect(history.code, history.stderr).toBe(0);
  const back = ["rollback", "/dba/mysql/password", ...prod, "--to-version", "1", "--out", "back.plan.json"];
  const planned = await demo.paraform(back);
  expect(planned.code, planned.stderr).toBe(0);
  expect(planned.stdout).toContain("Plan: 0 to add, 2 to change, 0 to destroy.");
  const applied = await demo.paraform(["apply", "back.plan.json"]);
  expect(applied.code, applied.stderr).toBe(0);
  expect(await demo.store.value("/dba/mysql/password")).toBe(PASSWORD);
  expect(await demo.store.value("/app/a/password")).toBe(PASSWORD);
  expect(history.stdout + planned.stdout + applied.stdout).not.toMatch(/dummy-password/);
});
