import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { UserError } from "../../src/model/error.ts";
import { Secret } from "../../src/model/secret.ts";
import { approvedFingerprint, pullRequestOf } from "../../src/review/approval.ts";
import { github } from "../../src/review/github.ts";
import { gitlab } from "../../src/review/gitlab.ts";
import { BOT, type FakeGithub, fakeGithub, REPOSITORY } from "./fake-github.ts";
import { type FakeGitlab, fakeGitlab, GITLAB_AUTHOR, GITLAB_BOT, PROJECT } from "./fake-gitlab.ts";
import type { Changed } from "./fake-history.ts";

const PULL = 7;
const COMMIT = "c".repeat(40);
const FILE = `sha256:${"e".repeat(64)}`;
const BODY = `<!-- paraform:plan:prod -->
### \`prod\`: Plan

---
Environment \`${FILE}\`

Fingerprint \`fingerprint-one\`. To apply exactly this:
`;

let api: FakeGithub;
const closings: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closings.map((close) => close())));

const host = () =>
  github(
    connection("GitHub", api.url, (token) => ({ authorization: `Bearer ${token}` }), api.token),
    REPOSITORY,
    `${api.url}/graphql`,
  );

function connection(
  name: string,
  url: string,
  headers: (token: string) => Record<string, string>,
  token: string,
) {
  return {
    name,
    address: `${url}/`,
    headers,
    token: new Secret(token),
    sleep: async () => {},
    timeout: 10_000,
  };
}

const REQUEST = {
  environment: "prod",
  pullRequest: PULL,
  by: "review",
  digest: FILE,
  branch: "main",
  readFrom: ["configs/prod", "shared/figgy.json"],
} as const;
const approved = (by: "review" | "merge" = "review") => approvedFingerprint(host(), { ...REQUEST, by });
const later = () => {
  api.now += 60;
};
const refusal = (message: string) => ({ message: expect.stringContaining(message), exitCode: 3 });

beforeEach(async () => {
  const served = await fakeGithub();
  api = served;
  closings.push(() => served.close());
  api.rights.set("reviewer", "write");
  api.comment(PULL, BOT, BODY);
});

describe("what was approved on GitHub", () => {
  test("is the fingerprint of the comment that stood there when somebody who may write approved", async () => {
    later();
    api.review(PULL, "reviewer");
    later();
    api.merge(PULL, COMMIT);
    expect(await pullRequestOf(host(), COMMIT)).toBe(PULL);
    expect(await approved()).toBe("fingerprint-one");
  });

  test("is the fingerprint of a comment that its own account changed in place, and changed last", async () => {
    const { id } = api.pull(PULL).comments[0] ?? { id: 0 };
    Object.assign(api.pull(PULL).comments[0] ?? {}, { editor: "mallory" });
    await host().comments(PULL).change(id, BODY.replace("fingerprint-one", "fingerprint-two"));
    later();
    api.review(PULL, "reviewer");
    api.merge(PULL, COMMIT);
    expect(await approved()).toBe("fingerprint-two");
  });

  test("is found though GitHub fails once to say whose the token is", async () => {
    later();
    api.review(PULL, "reviewer");
    api.merge(PULL, COMMIT);
    api.mishaps.push({ on: /graphql$/, answer: { status: 502 } });
    expect(await approved()).toBe("fingerprint-one");
  });

  test.each<[string, () => void, string]>([
    ["not merged", () => {}, "is not merged"],
    ["merged without a review", () => api.merge(PULL, COMMIT), "nobody approved"],
    [
      "approved by an outsider",
      () => {
        api.review(PULL, "mallory");
        api.rights.set("mallory", "read");
        api.merge(PULL, COMMIT);
      },
      "nobody approved",
    ],
    [
      "approved by the token's own account, or by an app, which has no permission to ask for",
      () => {
        api.review(PULL, BOT);
        api.rights.set(BOT, "write");
        api.review(PULL, "some-app[bot]");
        api.merge(PULL, COMMIT);
      },
      "nobody approved",
    ],
    [
      "approved by who made one of its commits, or whose one of them is",
      () => {
        api
          .pull(PULL)
          .commits.push(
            { author: "author", committer: "web-flow" },
            { author: "reviewer", committer: "web-flow" },
            { author: null, committer: "second" },
          );
        for (const who of ["reviewer", "second"]) {
          api.rights.set(who, "write");
          api.review(PULL, who);
        }
        api.merge(PULL, COMMIT);
      },
      "nobody approved",
    ],
    [
      "of more commits than are listed",
      () => {
        const commit = { author: "author", committer: "author" };
        api.pull(PULL).commits.push(...Array.from({ length: 251 }, () => commit));
        api.review(PULL, "reviewer");
        api.merge(PULL, COMMIT);
      },
      "has more commits than GitHub lists",
    ],
    [
      "approved and then rejected by the same person",
      () => {
        api.review(PULL, "reviewer");
        api.review(PULL, "reviewer", "CHANGES_REQUESTED");
        api.merge(PULL, COMMIT);
      },
      "nobody approved",
    ],
    [
      "approved, and the approval was dismissed",
      () => {
        api.review(PULL, "reviewer");
        api.review(PULL, "reviewer", "DISMISSED");
        api.merge(PULL, COMMIT);
      },
      "nobody approved",
    ],
    [
      "approved before the comment was edited or planned anew",
      () => {
        api.review(PULL, "reviewer");
        later();
        Object.assign(api.pull(PULL).comments[0] ?? {}, { updated: api.now });
        api.merge(PULL, COMMIT);
      },
      "was changed after it was approved",
    ],
    [
      "rewritten by somebody else before it was approved",
      () => {
        Object.assign(api.pull(PULL).comments[0] ?? {}, { updated: api.now, editor: "mallory" });
        later();
        api.review(PULL, "reviewer");
        api.merge(PULL, COMMIT);
      },
      "was last changed by somebody else than its author",
    ],
    [
      "rewritten by an account that is gone",
      () => {
        Object.assign(api.pull(PULL).comments[0] ?? {}, { updated: api.now, editor: null });
        later();
        api.review(PULL, "reviewer");
        api.merge(PULL, COMMIT);
      },
      "was last changed by somebody else than its author",
    ],
    [
      "rewritten by a person who bears the name of the app",
      () => {
        Object.assign(api.pull(PULL).comments[0] ?? {}, { editor: BOT.replace("[bot]", "") });
        later();
        api.review(PULL, "reviewer");
        api.merge(PULL, COMMIT);
      },
      "was last changed by somebody else than its author",
    ],
    [
      "approved in the second in which the comment changed",
      () => {
        api.review(PULL, "reviewer");
        Object.assign(api.pull(PULL).comments[0] ?? {}, { updated: api.now });
        api.merge(PULL, COMMIT);
      },
      "was changed after it was approved",
    ],
    [
      "of another environment",
      () => {
        Object.assign(api.pull(PULL).comments[0] ?? {}, { body: BODY.replace("plan:prod", "plan:stage") });
        api.review(PULL, "reviewer");
        api.merge(PULL, COMMIT);
      },
      "has no plan of this environment",
    ],
    [
      "forged by somebody else",
      () => {
        api.pull(PULL).comments.splice(0);
        api.comment(PULL, "mallory", BODY);
        later();
        api.review(PULL, "reviewer");
        api.merge(PULL, COMMIT);
      },
      "has no plan of this environment",
    ],
    [
      "there twice",
      () => {
        api.comment(PULL, BOT, BODY);
        later();
        api.review(PULL, "reviewer");
        api.merge(PULL, COMMIT);
      },
      "has more than one plan",
    ],
    [
      "without a fingerprint, or with two",
      () => {
        Object.assign(api.pull(PULL).comments[0] ?? {}, { body: BODY + BODY });
        api.review(PULL, "reviewer");
        api.merge(PULL, COMMIT);
      },
      "carries no fingerprint",
    ],
  ])("is nothing where the plan is %s", async (_, happen, message) => {
    later();
    happen();
    await expect(approved()).rejects.toMatchObject(refusal(message));
  });

  test("is nothing for another environment.json than the one that was proposed, nor for none", async () => {
    later();
    api.review(PULL, "reviewer");
    api.merge(PULL, COMMIT);
    const another = { ...REQUEST, digest: `sha256:${"f".repeat(64)}` };
    const changed = refusal(
      "environment.json, or a SOPS file that it names, is not the one that was approved",
    );
    await expect(approvedFingerprint(host(), another)).rejects.toMatchObject(changed);
    const line = `Environment \`${FILE}\`\n`;
    for (const body of [BODY.replace(line, ""), BODY.replace(line, line + line)]) {
      Object.assign(api.pull(PULL).comments[0] ?? {}, { body });
      await expect(approved()).rejects.toMatchObject(changed);
    }
  });

  test("is nothing where it was merged into another branch than the one that is applied", async () => {
    later();
    api.review(PULL, "reviewer");
    Object.assign(api.pull(PULL), { base: "side" });
    api.merge(PULL, COMMIT);
    await expect(approved()).rejects.toMatchObject(refusal("was merged into another branch"));
    expect(await approvedFingerprint(host(), { ...REQUEST, branch: "side" })).toBe("fingerprint-one");
  });

  describe("once the branch went on", () => {
    const LATER = "1".repeat(40);
    const HISTORY = "of this environment changed since pull request 7 was merged";
    const UNTOLD = "GitHub does not tell all that changed since pull request 7 was merged";
    const merged = () => {
      later();
      api.review(PULL, "reviewer");
      api.merge(PULL, COMMIT);
    };

    test.each<[string, Changed]>([
      ["a file of the environment", { name: "configs/prod/main.json" }],
      ["a file that had another name there", { name: "configs/stage/a.json", former: "configs/prod/a.json" }],
      ["a file of another folder that it is read from", { name: "shared/figgy.json" }],
      ["a folder above it, now a link or another repository", { name: "configs" }],
    ])("is nothing where that changed %s", async (_, file) => {
      merged();
      api.written.push("main", LATER, [file]);
      await expect(approved()).rejects.toMatchObject(refusal(HISTORY));
      await expect(approved("merge")).rejects.toMatchObject(refusal(HISTORY));
    });

    test("is what it was where that changed something else, and is asked of commits, which no tag is called by", async () => {
      merged();
      const names = ["README.md", "configs/prod2/main.json", "configs/prod.md", "shared/other.json"];
      api.written.push(
        "main",
        LATER,
        names.map((name) => ({ name })),
      );
      expect(await approved()).toBe("fingerprint-one");
      expect(api.calls.filter((call) => /git\/ref|compare/.test(call))).toEqual([
        `GET /repos/${REPOSITORY}/git/ref/heads/main`,
        `GET /repos/${REPOSITORY}/compare/${COMMIT}...${LATER}?per_page=1`,
      ]);
    });

    test("is nothing where more changed than is told, or the merge was taken out of the branch", async () => {
      merged();
      const files = Array.from({ length: 300 }, (_, i) => ({ name: `docs/${i}.md` }));
      api.written.push("main", LATER, files.slice(1));
      expect(await approved()).toBe("fingerprint-one");
      api.written.push("main", "2".repeat(40), files.slice(0, 1));
      await expect(approved()).rejects.toMatchObject(refusal(UNTOLD));
      for (const status of ["behind", "diverged"]) {
        api.history = { ...api.written, since: () => ({ status, files: [] }) };
        await expect(approved()).rejects.toMatchObject(refusal(UNTOLD));
      }
    });

    test("is not told to a token that may not read the repository", async () => {
      merged();
      api.permissions = { "pull-requests": "write" };
      await expect(approved()).rejects.toMatchObject({
        message: "GitHub refuses the branch that is applied (403)",
        exitCode: 1,
      });
    });
  });

  test("by the merge is what stood there when it was merged", async () => {
    later();
    api.merge(PULL, COMMIT);
    expect(await approved("merge")).toBe("fingerprint-one");
    later();
    Object.assign(api.pull(PULL).comments[0] ?? {}, { updated: api.now });
    await expect(approved("merge")).rejects.toMatchObject(refusal("was changed after"));
  });

  test("is that of the pull request whose merge made the commit, not of one that contains it", async () => {
    api.merge(PULL, COMMIT);
    api.merge(PULL + 1, "d".repeat(40));
    Object.assign(api.pull(PULL + 1), { contains: COMMIT });
    expect(await pullRequestOf(host(), COMMIT)).toBe(PULL);
    Object.assign(api.pull(PULL), { mergeCommit: "e".repeat(40), contains: COMMIT });
    await expect(pullRequestOf(host(), COMMIT)).rejects.toMatchObject(refusal("no merged pull request"));
  });

  test("is not guessed for a commit that no merge made", async () => {
    await expect(pullRequestOf(host(), COMMIT)).rejects.toMatchObject(refusal("no merged pull request"));
  });
});

describe("what was approved on GitLab", () => {
  const gitlabHost = ({ url, token }: FakeGitlab) =>
    gitlab(
      connection("GitLab", url, (text) => ({ authorization: `Bearer ${text}` }), token),
      PROJECT,
    );

  test("is the fingerprint of the note that stood there when it was approved by a developer other than its author, also after a squash", async () => {
    const served = await fakeGitlab();
    closings.push(() => served.close());
    const request = served.request(PULL);
    request.notes.push({ id: 1, author: GITLAB_BOT, body: BODY, updated: served.now });
    Object.assign(request, { mergedAt: served.now + 120, squashCommit: COMMIT });
    served.written.push("main", COMMIT);
    const outcome = () =>
      approvedFingerprint(gitlabHost(served), REQUEST).catch((error: UserError) => error.message);
    Object.assign(served.request(PULL + 1), { mergedAt: served.now, squashCommit: "d".repeat(40) });
    expect(await pullRequestOf(gitlabHost(served), COMMIT)).toBe(PULL);
    for (const who of [GITLAB_AUTHOR, GITLAB_BOT, "reporter", "stranger"]) {
      request.approvals.push({ who, at: served.now + 60 });
    }
    served.members.set("reporter", 20);
    expect(await outcome()).toContain("nobody approved");
    request.approvals.push({ who: "reviewer", at: served.now + 60 });
    expect(await outcome()).toBe("fingerprint-one");
    request.committers.push("author", "reviewer");
    expect(await outcome()).toContain("nobody approved");
    request.committers.splice(1, 1, ...Array.from({ length: 100 }, (_, i) => `committer-${i}`));
    expect(await outcome()).toContain("the committers of a merge request");
    request.committers.splice(0);
    Object.assign(request.notes[0] ?? {}, { editor: "maintainer" });
    expect(await outcome()).toContain("was last changed by somebody else than its author");
    Object.assign(request.notes[0] ?? {}, { editor: GITLAB_BOT });
    expect(await outcome()).toBe("fingerprint-one");
    Object.assign(request.notes[0] ?? {}, { updated: served.now + 90 });
    expect(await outcome()).toContain("was changed after it was approved");
  });

  test("is nothing once the branch has other configs of the environment, or GitLab does not tell what changed", async () => {
    const served = await fakeGitlab();
    closings.push(() => served.close());
    const request = served.request(PULL);
    request.notes.push({ id: 1, author: GITLAB_BOT, body: BODY, updated: served.now });
    request.approvals.push({ who: "reviewer", at: served.now + 60 });
    Object.assign(request, { mergedAt: served.now + 120, squashCommit: COMMIT });
    const outcome = () =>
      approvedFingerprint(gitlabHost(served), REQUEST).catch((error: UserError) => error.message);
    served.written.push("main", COMMIT);
    served.written.push("main", "1".repeat(40), [{ name: "README.md" }]);
    expect(await outcome()).toBe("fingerprint-one");
    for (const files of [
      Array.from({ length: 1_000 }, (_, i) => ({ name: `docs/${i}.md` })),
      [{ name: "" }],
    ]) {
      served.history = { ...served.written, between: () => files };
      expect(await outcome()).toContain("GitLab does not tell all that changed");
    }
    served.history = served.written;
    served.mishaps.push({
      on: /repository\/compare/,
      answer: { status: 200, body: { diffs: [], compare_timeout: true } },
    });
    expect(await outcome()).toContain("GitLab does not tell all that changed");
    served.written.push("main", "2".repeat(40), [{ name: "docs/a.json", former: "configs/prod/a.json" }]);
    expect(await outcome()).toContain("of this environment changed since pull request 7 was merged");
  });
});
