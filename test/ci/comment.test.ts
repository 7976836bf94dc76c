import { afterAll, describe, expect, test } from "vitest";
import { run } from "../support/binary.ts";
import { makeProject } from "../support/binary-project.ts";
import { BOT, type FakeGithub, fakeGithub, REPOSITORY } from "./fake-github.ts";
import { fakeGitlab, GITLAB_BOT, PROJECT } from "./fake-gitlab.ts";

const IDENTITY = "<!-- paraform:plan:prod -->";
const FOLDER = makeProject();
const closings: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closings.map((close) => close())));

async function github(): Promise<FakeGithub> {
  const api = await fakeGithub();
  closings.push(() => api.close());
  return api;
}

function variables({ url, token }: FakeGithub): Record<string, string> {
  return {
    GITHUB_TOKEN: token,
    GITHUB_API_URL: url,
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_REF: "refs/pull/7/merge",
  };
}

let files = 0;

/** Of the kind and environment that the text itself says, as a pipeline would that wrote it. */
function meant(text: string): readonly string[] {
  const [, kind = "plan", env = "prod"] = /^<!-- paraform:(\w+):(\w+) -->/.exec(text) ?? [];
  return ["--kind", kind, "--env", env];
}

/** `paraform comment` of a report with this text. */
async function post(
  api: FakeGithub,
  text: string,
  rest: readonly string[] = [],
  env: Record<string, string> = {},
) {
  files += 1;
  FOLDER.write(`report-${files}.md`, text);
  const finished = await FOLDER.run(["comment", ...meant(text), "--report", `report-${files}.md`, ...rest], {
    env: { ...variables(api), ...env },
  });
  expect(finished.stdout + finished.stderr).not.toContain(api.token);
  return finished;
}

describe("on GitHub", () => {
  test("a plan is posted once, changed in place and left alone where it says this already", async () => {
    const api = await github();
    const first = await post(api, `${IDENTITY}\nfirst\n`);
    expect(first).toEqual({
      code: 0,
      stdout: "The comment of prod in pull request 7 is created.\n",
      stderr: "",
    });
    api.now += 10;
    expect((await post(api, `${IDENTITY}\nsecond\n`)).stdout).toContain("is updated");
    api.now += 10;
    expect((await post(api, `${IDENTITY}\nsecond\n`)).stdout).toContain("is unchanged");
    expect(api.pull(7).comments).toMatchObject([
      { author: BOT, body: `${IDENTITY}\nsecond\n`, updated: api.now - 10 },
    ]);
  });

  test("a plan that somebody edited and put back is posted anew, so that it can be approved", async () => {
    const api = await github();
    await post(api, `${IDENTITY}\nplan\n`);
    const [edited] = api.pull(7).comments;
    Object.assign(edited ?? {}, { editor: "mallory" });
    api.now += 10;
    expect((await post(api, `${IDENTITY}\nplan\n`)).stdout).toContain("is created");
    expect(api.pull(7).comments).toMatchObject([
      { author: BOT, body: `${IDENTITY}\nplan\n`, updated: api.now },
    ]);
    expect(api.pull(7).comments[0]).not.toHaveProperty("editor");
    expect((await post(api, `${IDENTITY}\nplan\n`)).stdout).toContain("is unchanged");
  });

  test("each environment has a comment of its own", async () => {
    const api = await github();
    await post(api, `${IDENTITY}\nplan\n`);
    await post(api, "<!-- paraform:plan:stage -->\nplan\n");
    expect(api.pull(7).comments).toHaveLength(2);
  });

  test("it is found behind hundreds of others, and what others forged before it stays as it is", async () => {
    const api = await github();
    const forged = api.comment(7, "mallory", `${IDENTITY}\nforged\n`);
    for (let i = 0; i < 230; i += 1) api.comment(7, "somebody", `comment ${i}`);
    const own = api.comment(7, BOT, `${IDENTITY}\r\nold\r\n`);
    const quoted = api.comment(7, BOT, `another tool's words\n${IDENTITY}\n`);
    await post(api, `${IDENTITY}\nnew\n`);
    expect(own.body).toBe(`${IDENTITY}\nnew\n`);
    expect([forged.body, quoted.body]).toEqual([
      `${IDENTITY}\nforged\n`,
      `another tool's words\n${IDENTITY}\n`,
    ]);
    expect(api.calls.filter((call) => call.startsWith("GET"))).toHaveLength(3);
  });

  test("two that were posted at once become one", async () => {
    const api = await github();
    api.comment(7, BOT, `${IDENTITY}\none\n`);
    api.comment(7, BOT, `${IDENTITY}\ntwo\n`);
    await post(api, `${IDENTITY}\nthree\n`);
    expect(api.pull(7).comments.map(({ body }) => body)).toEqual([`${IDENTITY}\nthree\n`]);
  });

  test.each([
    ["a 502 after it was carried out", { status: 502 }],
    ["a lost connection after it was carried out", "lost"],
  ] as const)("%s does not make a second comment", async (_, answer) => {
    const api = await github();
    api.mishaps.push({ on: /^POST .*comments/, answer, after: true });
    const { code, stdout } = await post(api, `${IDENTITY}\nplan\n`);
    expect([code, stdout]).toEqual([0, expect.stringContaining("is unchanged")]);
    expect(api.pull(7).comments).toHaveLength(1);
  });

  test.each([
    ["a 503", { on: /^GET .*comments/, answer: { status: 503 }, times: 2 }],
    [
      "a primary rate limit",
      { on: /^GET/, answer: limited({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" }) },
    ],
    ["a secondary rate limit", { on: /^POST .*comments/, answer: limited({ "retry-after": "1" }) }],
    ["a 429", { on: /^POST .*comments/, answer: { status: 429, headers: { "retry-after": "0" } } }],
  ])("%s passes", async (_, mishap) => {
    const api = await github();
    api.mishaps.push(mishap);
    expect((await post(api, `${IDENTITY}\nplan\n`)).code).toBe(0);
    expect(api.pull(7).comments).toHaveLength(1);
  });

  test.each([
    [
      "a rate limit of an hour",
      403,
      { "retry-after": "3600" },
      /takes no more requests for now.*\n {2}hint: its rate limit lifts in 3600s/,
    ],
    [
      "a token that may not",
      403,
      {},
      /refuses the comments of pull request 7 \(403\)\n {2}hint: the token may not read/,
    ],
    ["an unknown repository", 404, {}, /refuses the comments of pull request 7 \(404\)/],
    ["a locked discussion", 422, {}, /for invalid \(422\)/],
    ["a redirect", 301, { location: "http://127.0.0.1:9/elsewhere" }, /redirects elsewhere \(301\)/],
    ["a server that stays down", 500, {}, /answers 500 .*, 4 times/],
  ] as const)("%s is one error, in words of ours", async (_, status, headers, message) => {
    const api = await github();
    const body = { message: "canary-of-the-server" };
    api.mishaps.push({ on: /^GET/, answer: { status, headers, body }, times: 10 });
    const { code, stdout, stderr } = await post(api, `${IDENTITY}\nplan\n`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("canary-of-the-server");
    expect(api.pull(7).comments).toEqual([]);
  });

  test("the next page is asked of the same server only", async () => {
    const [api, thief] = [await github(), await github()];
    const headers = { link: `<${thief.url}/repos/${REPOSITORY}/issues/7/comments?page=2>; rel="next"` };
    api.mishaps.push({ on: /^GET/, answer: { status: 200, body: [], headers } });
    const { code, stderr } = await post(api, `${IDENTITY}\nplan\n`);
    expect([code, stderr]).toEqual([1, expect.stringContaining("is somewhere else")]);
    expect(thief.calls).toEqual([]);
  });

  test.each([
    ["another host for GraphQL", { GITHUB_GRAPHQL_URL: "https://thief.example/graphql" }, "on another host"],
    ["plain http", { GITHUB_API_URL: "http://thief.example" }, "plain http"],
    ["a repository that is a path", { GITHUB_REPOSITORY: "a/../../user" }, "does not name a repository"],
    ["no token", { GITHUB_TOKEN: "" }, "GITHUB_TOKEN, which is not set"],
    ["no pull request", { GITHUB_REF: "refs/heads/main" }, "belongs to no pull request"],
  ])("%s is refused before any call", async (_, env, message) => {
    const api = await github();
    const { code, stderr } = await post(api, `${IDENTITY}\nplan\n`, [], env);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(api.calls).toEqual([]);
  });

  test("a report of another kind or environment than the caller's, which somebody put there, is not posted", async () => {
    const api = await github();
    for (const identity of ["<!-- paraform:apply:prod -->", "<!-- paraform:plan:stage -->"]) {
      FOLDER.write("forged.md", `${identity}\n### \`prod\`: Apply complete\n`);
      const { code, stderr } = await FOLDER.run(
        ["comment", "--kind", "plan", "--env", "prod", "--report", "forged.md"],
        { env: variables(api) },
      );
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("another report than --kind and --env say"),
      ]);
    }
    expect((await post(api, `${IDENTITY}\nfine\n\n/approve\n`)).stderr).toContain("begins with a slash");
    expect(api.calls).toEqual([]);
  });

  test("what is no report, or longer than GitHub takes, is not posted", async () => {
    const api = await github();
    expect((await post(api, "words\n")).stderr).toContain("this file is no report to post");
    const long = await post(api, `${IDENTITY}\n${"x".repeat(65_536)}\n`);
    expect(long.stderr).toContain("the report is longer than GitHub takes");
    expect(api.calls).toEqual([]);
    // Characters are counted as GitHub counts them, not bytes.
    expect((await post(api, `${IDENTITY}\n${"🔑".repeat(65_000)}`)).code).toBe(0);
  });

  test("drift is one issue, changed in place and closed", async () => {
    const api = await github();
    api.issues.push({
      id: 5,
      author: BOT,
      title: "",
      body: "<!-- paraform:drift:prod -->\na pull request",
      updated: 1,
      open: true,
      isPull: true,
    });
    const report = "<!-- paraform:drift:prod -->\n";
    expect((await post(api, `${report}one\n`, ["--issue"])).stdout).toBe("The issue of prod is created.\n");
    await post(api, `${report}two\n`, ["--issue"]);
    expect(api.issues.slice(1)).toMatchObject([
      { title: "paraform: drift of prod", body: `${report}two\n`, open: true },
    ]);
    expect((await post(api, `${report}none\n`, ["--issue", "--resolved"])).stdout).toContain("is closed");
    expect(api.issues.map(({ open }) => open)).toEqual([true, false]);
    expect((await post(api, `${report}none\n`, ["--issue", "--resolved"])).stdout).toContain("is absent");
  });
});

describe("on GitLab", () => {
  test("a plan is one note, drift is one issue", async () => {
    const api = await fakeGitlab();
    closings.push(() => api.close());
    for (let i = 0; i < 120; i += 1) {
      api
        .request(7)
        .notes.push({ id: -i, author: i % 2 ? "system" : "somebody", body: IDENTITY, updated: 1 });
    }
    const env = {
      GITLAB_CI: "true",
      GITLAB_TOKEN: api.token,
      CI_API_V4_URL: api.url,
      CI_PROJECT_ID: PROJECT,
      CI_MERGE_REQUEST_IID: "7",
    };
    const cwd = FOLDER.folder;
    const postAs = async (text: string, ...rest: string[]) => {
      FOLDER.write("note.md", text);
      return (await run(["comment", ...meant(text), "--report", "note.md", ...rest], { cwd, env })).stdout;
    };
    expect(await postAs(`${IDENTITY}\none\n`)).toContain("is created");
    expect(await postAs(`${IDENTITY}\ntwo\n`)).toContain("is updated");
    expect(api.request(7).notes.filter(({ author }) => author === GITLAB_BOT)).toMatchObject([
      { body: `${IDENTITY}\ntwo\n` },
    ]);
    expect(await postAs("<!-- paraform:drift:prod -->\none\n", "--issue")).toContain("is created");
    expect(await postAs("<!-- paraform:drift:prod -->\ntwo\n", "--issue")).toContain("is updated");
    expect(await postAs("<!-- paraform:drift:prod -->\n", "--issue", "--resolved")).toContain("is closed");
    expect(api.issues).toMatchObject([{ description: "<!-- paraform:drift:prod -->\ntwo\n", open: false }]);
  });
});

function limited(headers: Record<string, string>) {
  return { status: 403, headers, body: { message: "You have exceeded a rate limit" } };
}
