import { chmodSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { type FakeGithub, fakeGithub, REPOSITORY } from "../ci/fake-github.ts";
import { type FakeGitlab, fakeGitlab, PROJECT } from "../ci/fake-gitlab.ts";
import { makeProject, type Project, servedBy } from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";
import { canary, expectNoneInFiles, foundIn } from "./canary.ts";

const BIRDS = {
  file: canary("File"),
  dotenv: canary("Dotenv"),
  variable: canary("Variable"),
  command: canary("Command"),
  stdin: canary("Stdin"),
  phalanx: canary("Phalanx"),
  put: canary("Put"),
  foreign: canary("Foreign"),
  outside: canary("Outside"),
  deleted: canary("Deleted"),
};
const ALL = Object.values(BIRDS);

const PARAMETERS = {
  "/dba/file": { description: "from a file" },
  "/dba/dotenv": {},
  "/dba/variable": {},
  "/dba/command": {},
  "/dba/stdin": {},
  "/dba/phalanx": {},
  "/dba/put": {},
  "/dba/made": { generate: { type: "password" } },
  "/app/a/file": { copy: "/dba/file" },
  "/app/a/put": { copy: "/dba/put" },
  "/app/a/url": {
    merge: ["x://", "${/dba/file:uri}", ":", "${/dba/variable:base64}", "@", "${/dba/command:json}"],
  },
  "/app/b/url": { merge: ["${/dba/stdin:rfc3986}", "/", "${/dba/phalanx}", "/", "${/dba/dotenv:base64}"] },
};
const GONE = { "/dba/deleted": {}, "/dba/old": {} };
const LIFE = { moved: [{ from: "/dba/old", to: "/dba/new" }] };

const SOURCES = [
  { kind: "file", path: "values.json" },
  { kind: "dotenv", path: "values.env", prefix: "X_" },
  { kind: "phalanx", path: "values.phalanx.yaml", names: "/{application}/{key}" },
  { kind: "command", command: ["/bin/sh", "answer.sh"] },
  { kind: "environment" },
  { kind: "stdin" },
];
/** What holds values by right. */
const HOLDERS = ["values.json", "values.env", "values.phalanx.yaml", "answer.sh"].flatMap((file) => [
  `configs/dev/${file}`,
  file,
]);
const STDIN = JSON.stringify({ "/dba/stdin": BIRDS.stdin.value });
const FORMATS = ["human", "json", "markdown", "html"];
const reports = (name: string, formats: readonly string[]) =>
  formats.flatMap((format) => ["--report", `${format}=${name}.${format}`]);

const closings: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closings.map((close) => close())));

function aviary(url: string): Project {
  const environment = { store: servedBy(url), sources: SOURCES };
  const project = makeProject({ parameters: { ...PARAMETERS, ...GONE }, environment });
  const quoted = (text: string) => JSON.stringify(text);
  project.write("configs/dev/values.json", {
    "/dba/file": BIRDS.file.value,
    "/dba/deleted": BIRDS.deleted.value,
    "/dba/old": BIRDS.deleted.value,
  });
  project.write("configs/dev/values.env", `X_DBA_DOTENV='${BIRDS.dotenv.value}'\n`);
  project.write(
    "configs/dev/values.phalanx.yaml",
    `applications: {dba: {phalanx: {value: ${quoted(BIRDS.phalanx.value)}}}}\n`,
  );
  const answer = JSON.stringify({ "/dba/command": BIRDS.command.value });
  project.write("answer.sh", `cat > /dev/null\ncat <<'END'\n${answer}\nEND\n`);
  project.write("configs/dev/answer.sh", project.read("answer.sh"));
  chmodSync(project.path("answer.sh"), 0o700);
  return project;
}

test("no format, file, event, comment, output, summary or annotation holds a byte of any value", async () => {
  const server = await startLocalServer();
  const live = server.inRegion("eu-west-1");
  const [github, gitlab] = [await fakeGithub(), await fakeGitlab()];
  closings.push(github.close, gitlab.close);
  const project = aviary(server.url);
  const variables = {
    PARAFORM_VALUE_DBA_VARIABLE: BIRDS.variable.value,
    GITHUB_OUTPUT: project.path("output"),
    GITHUB_STEP_SUMMARY: project.path("summary"),
    GITHUB_WORKSPACE: project.folder,
  };
  const heard: string[] = [];
  const run = async (args: readonly string[], codes: number | readonly number[] = 0, input = STDIN) => {
    const finished = await project.run(args, { env: { ...variables, ...hosts(github, gitlab) }, input });
    heard.push(finished.stdout, finished.stderr);
    expect([codes].flat(), `${args.join(" ")}\n${finished.stderr}`).toContain(finished.code);
  };
  const dev = ["--env", "dev"];
  const told = [...dev, "--github-output"];

  await run(["validate", ...told]);
  await run(["init", ...dev]);
  await run(["apply", ...told, "--auto-approve", "--allow", "blocked=2", ...reports("first", RESULTS)]);
  await run(["put", "/dba/put", ...dev], 0, BIRDS.put.value);
  await run(["apply", ...told, "--auto-approve", "--json", ...reports("second", RESULTS)]);
  for (const [name, bird] of [
    ["/app/a/url", BIRDS.file],
    ["/app/a/put", BIRDS.put],
    ["/dba/stdin", BIRDS.stdin],
  ] as const) {
    expect(foundIn((await live.value(name)) ?? "", [bird]), name).not.toEqual([]);
  }

  await live.put("/app/a/file", BIRDS.outside.value);
  await live.put("/app/a/foreign", BIRDS.foreign.value, { Description: "somebody else's" });
  project.write("configs/dev/values.json", { "/dba/file": `${BIRDS.file.value}, changed` });
  project.write("configs/dev/main.json", { parameters: { ...PARAMETERS, "/dba/new": {} }, ...LIFE });
  await run(["plan", ...told, "--delete", "--out", "p.json", "--verbose", ...reports("plan", FORMATS)]);
  await run(["plan", ...told, "--delete", "--json", "--deep"]);
  await run(["plan", ...dev, "--delete", "--concise"]);
  for (const format of FORMATS) await run(["show", "p.json", "--verbose", "--format", format]);
  await run(["verify", "p.json"]);
  await run(["explain", "/app/a/url", ...dev]);
  await run(["explain", "/app/a/file", ...dev, "--format", "json"]);
  for (const format of ["human", "markdown", "json"]) {
    await run(["drift", ...told, "--format", format, "--detailed-exitcode"], 2);
  }
  project.write("drift.md", heard.at(-4) ?? "");
  for (const format of ["dot", "mermaid", "svg", "json"]) await run(["graph", ...dev, "--format", format]);
  await run(["audit", ...dev], [0, 1, 2, 3]);
  await run(["doctor", ...dev], [0, 1]);

  await run(["comment", "--kind", "plan", ...dev, "--report", "plan.markdown"]);
  await run(["apply", "p.json", "--github-output", "--format", "json", ...reports("result", RESULTS)]);
  await run(["comment", "--kind", "apply", ...dev, "--report", "result.markdown"]);
  await run(["comment", "--issue", "--kind", "drift", ...dev, "--report", "drift.md"]);
  const asGitlab = { GITLAB_CI: "true" };
  for (const [kind, report] of [
    ["plan", "plan.markdown"],
    ["apply", "result.markdown"],
  ] as const) {
    const posted = await project.run(["comment", "--kind", kind, ...dev, "--report", report], {
      env: { ...hosts(github, gitlab), ...asGitlab },
    });
    expect(posted.code, posted.stderr).toBe(0);
    heard.push(posted.stdout, posted.stderr);
  }
  await run(["undelete", ...dev]);
  await run(["undelete", "/dba/deleted", ...dev]);

  await run(["put", "/dba/put", ...dev], 0, `${BIRDS.put.value}, changed`);
  for (const format of ["human", "json"]) {
    await run(["history", "/dba/put", ...dev, "--format", format]);
    await run(["undelete", ...dev]);
  }
  const back = ["rollback", "/dba/put", "--to-version", "1", ...told, "--out", "b.json"];
  await run([...back, "--json", ...reports("back", FORMATS)]);
  await run(["apply", "b.json", "--json", "--github-output", ...reports("back-result", RESULTS)]);

  const environment = JSON.parse(project.read("configs/dev/environment.json")) as object;
  project.write("configs/stage/environment.json", {
    ...environment,
    environment: "stage",
    store: servedBy(server.url, "us-west-2"),
    sources: [],
  });
  project.write("configs/stage/main.json", { parameters: { "/dba/file": {}, "/app/a/file": {} } });
  await server.inRegion("us-west-2").put("/dba/file", BIRDS.outside.value);
  await run(["init", "--env", "stage"]);
  for (const format of ["human", "json"]) await run(["compare", "dev", "stage", "--format", format]);
  await run(["static-template", ...dev]);
  await run(["share", "/dba/file", "/app/c/file", ...dev], [0, 1]);

  // And where it fails: what is foreign is taken, a plan is stale, a run is refused.
  project.write("configs/dev/main.json", {
    parameters: { ...PARAMETERS, "/app/a/foreign": { copy: "/dba/put" } },
  });
  await run(["plan", ...told, "--detailed-exitcode", "--json", ...reports("refused", FORMATS)], 3);
  await run(["apply", ...told, "--auto-approve", ...reports("refused-result", RESULTS)], 3);
  await run(["apply", "p.json", "--github-output", ...reports("stale-result", RESULTS)], [1, 4]);

  project.write("configs/dev/main.json", { parameters: PARAMETERS });
  await run(["import", "live", "/app/a", ...dev]);

  const sent = [
    ...[...github.pull(7).comments, ...github.issues].map(({ body }) => body),
    ...gitlab.request(7).notes.map(({ body }) => body),
  ];
  expect(sent).toHaveLength(5);
  for (const text of [...heard, ...sent]) expect(foundIn(text, ALL)).toEqual([]);
  expectNoneInFiles(project, ALL, HOLDERS);
}, 300_000);

const RESULTS = ["human", "json", "markdown"];

/** The variables of a job on either host. */
function hosts(github: FakeGithub, gitlab: FakeGitlab): Record<string, string> {
  return {
    GITHUB_TOKEN: github.token,
    GITHUB_API_URL: github.url,
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_REF: "refs/pull/7/merge",
    GITLAB_TOKEN: gitlab.token,
    CI_API_V4_URL: gitlab.url,
    CI_PROJECT_ID: PROJECT,
    CI_MERGE_REQUEST_IID: "7",
  };
}
