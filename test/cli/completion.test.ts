import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { CLI } from "../support/binary.ts";
import { makeProject, type Project } from "../support/binary-project.ts";

const PARAMETERS = { "/dba/password": {}, "/app/a/password": { copy: "/dba/password" } };

async function completed(project: Project, ...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await project.run(["complete", "--", ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.split("\n").slice(0, -1);
}

test.concurrent("verbs, options, environments and parameters are completed from the configs alone", async () => {
  const project = makeProject({ parameters: PARAMETERS });
  const before = project.files();
  expect(await completed(project, "ex")).toEqual(["explain"]);
  expect(await completed(project, "plan", "--det")).toEqual(["--detailed-exitcode"]);
  expect(await completed(project, "plan", "--env", "")).toEqual(["dev"]);
  expect(await completed(project, "compare", "d")).toEqual(["dev"]);
  expect(await completed(project, "explain", "--env", "dev", "/d")).toEqual(["/dba/password"]);
  expect(await completed(project, "plan", "--env", "dev", "--target", "/app")).toEqual(["/app/a/password"]);
  expect(await completed(project, "explain", "--env", "nowhere", "/")).toEqual([]);
  project.write("configs/dev/main.json", "{ broken");
  expect(await completed(project, "explain", "--env", "dev", "/")).toEqual([]);
  const { "configs/dev/main.json": _, ...others } = before;
  expect(project.files()).toMatchObject(others);
});

test.concurrent("arguments and choices are completed wherever they stand", async () => {
  const project = makeProject({ parameters: PARAMETERS });
  for (const verb of ["get", "share", "history"])
    expect(await completed(project, verb, "--env", "dev", "/d")).toEqual(["/dba/password"]);
  expect(await completed(project, "plan", "--env=d")).toEqual(["--env=dev"]);
  expect(await completed(project, "plan", "--env=dev", "--target=/a")).toEqual(["--target=/app/a/password"]);
  expect(await completed(project, "plan", "--format", "m")).toEqual(["markdown"]);
  expect(await completed(project, "graph", "--format=s")).toEqual(["--format=svg"]);
  expect(await completed(project, "schema", "")).toEqual(["environment", "replication", "plan", "events"]);
  expect(await completed(project, "completion", "z")).toEqual(["zsh"]);
  expect(await completed(project, "import", "")).toEqual(["figgy", "phalanx", "vault", "live"]);
  expect(await completed(project, "import", "figgy", "--ta")).toEqual(["--table"]);
  expect(await completed(project, "plan", "--env", "=", "dev", "--target", "=", "/a")).toEqual([
    "/app/a/password",
  ]);
  expect(await completed(project, "plan", "--env", "=")).toEqual(["dev"]);
});

/** Presses Tab as each shell tells its completion function that somebody did. */
const TABS = {
  bash: 'eval "$(paraform completion bash)"; COMP_WORDS=(paraform explain --env dev /d); COMP_CWORD=4; _paraform; printf "%s\\n" "${COMPREPLY[@]}"',
  zsh: 'compdef() { :; }; compadd() { shift; print -l -- "$@"; }; eval "$(paraform completion zsh)"; words=(paraform explain --env dev /d); CURRENT=5; _paraform',
  fish: 'paraform completion fish | source; complete -C "paraform explain --env dev /d"',
};

for (const shell of ["bash", "zsh", "fish"] as const) {
  const isThere = spawnSync(shell, ["-c", "true"]).status === 0;
  if (!isThere) console.warn(`skipped: ${shell} is not there to complete with`);
  test.skipIf(!isThere)(`${shell} completes with what completion prints`, () => {
    const project = makeProject({ parameters: PARAMETERS });
    mkdirSync(project.path("bin"));
    writeFileSync(project.path("bin/paraform"), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
    chmodSync(project.path("bin/paraform"), 0o755);
    const env = { PATH: [project.path("bin"), process.env.PATH].join(delimiter), HOME: project.folder };
    const told = execFileSync(shell, ["-c", TABS[shell]], { cwd: project.folder, env, encoding: "utf8" });
    expect(told.trim()).toBe("/dba/password");
  });
}
