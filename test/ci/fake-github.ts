import type { Request } from "../values/json-server.ts";
import { type FakeAnswer, type FakeApi, fakeApi, paged, timeText } from "./fake-api.ts";
import { type History, type WrittenHistory, writtenHistory } from "./fake-history.ts";

export const BOT = "github-actions[bot]";
export const REPOSITORY = "your-org/your-configs";

export interface FakeComment {
  readonly id: number;
  readonly author: string;
  body: string;
  updated: number;
  /** Who changed the words last; absent where nobody did. */
  editor?: string | null;
}

interface FakePull {
  mergedAt: number | null;
  mergeCommit: string | null;
  /** The branch that it is made to; main unless said. */
  base?: string;
  /** A commit that it has, and that its merge did not make. */
  contains?: string;
  readonly comments: FakeComment[];
  /** Accounts; `null` where an address is nobody's. */
  readonly commits: { author: string | null; committer: string | null }[];
  readonly reviews: { who: string; state: string; at: number }[];
}

interface FakeIssue extends FakeComment {
  title: string;
  open: boolean;
  readonly isPull: boolean;
}

/** What a job's token may do, as `permissions` of a workflow spells it. */
export type Permissions = Readonly<Record<string, string>>;

/** GitHub's REST API (2022-11-28) and, of the GraphQL API, who a token's account and a comment's editor are, as published. */
export interface FakeGithub extends FakeApi {
  readonly token: string;
  permissions: Permissions;
  readonly issues: FakeIssue[];
  readonly rights: Map<string, string>;
  /** What lies in the repository; `written` unless a test has a real one. */
  history: History;
  /** Every merge is there. */
  readonly written: WrittenHistory;
  pull(number: number): FakePull;
  comment(number: number, author: string, body: string): FakeComment;
  review(number: number, who: string, state?: string): void;
  merge(number: number, commit: string): void;
}

/** The API's limit on a body, in characters. */
const LONGEST_BODY = 65_536;
/** And on the commits of a pull request, of which it lists no more. */
const MOST_COMMITS = 250;
/** And on the files of a comparison, of which it tells no more. */
const MOST_FILES = 300;

export async function fakeGithub(): Promise<FakeGithub> {
  const pulls = new Map<number, FakePull>();
  const issues: FakeIssue[] = [];
  const rights = new Map<string, string>();
  const token = "dummy-token-of-a-job";
  const written = writtenHistory();
  let ids = 1000;
  const list = (request: Request, entries: readonly unknown[]) =>
    paged(request, new URL(api.url).origin, entries, 100);
  const unfit = ({ body }: Request): FakeAnswer | undefined => {
    const text = (JSON.parse(body) as { body?: string }).body ?? "";
    return [...text].length > LONGEST_BODY
      ? {
          status: 422,
          body: { message: "Validation Failed: body is too long (maximum is 65536 characters)" },
        }
      : undefined;
  };
  const commentJson = ({ id, author, body, updated }: FakeComment) => ({
    id,
    node_id: `IC_${id}`,
    body,
    user: { login: author, type: author.endsWith("[bot]") ? "Bot" : "User" },
    created_at: timeText(updated),
    updated_at: timeText(updated),
  });
  const issueJson = (issue: FakeIssue) => ({
    ...commentJson(issue),
    number: issue.id,
    title: issue.title,
    state: issue.open ? "open" : "closed",
    ...(issue.isPull ? { pull_request: {} } : {}),
  });
  const pullJson = (number: number, pull: FakePull) => ({
    number,
    merged_at: pull.mergedAt === null ? null : timeText(pull.mergedAt),
    merge_commit_sha: pull.mergeCommit,
    base: { ref: pull.base ?? "main" },
  });
  const found = (id: string) =>
    [...pulls.values()].flatMap(({ comments }) => comments).find((each) => each.id === Number(id));
  const add = (number: number, author: string, body: string): FakeComment => {
    const comment = { id: ++ids, author, body, updated: api.now };
    api.pull(number).comments.push(comment);
    return comment;
  };
  const repo = `/repos/${REPOSITORY}`;
  const on = (rest: string) => new RegExp(`^${repo}${rest}$`);
  const served = await fakeApi("", (request) => refused(request, token, api.permissions), [
    [
      "POST",
      /^\/graphql$/,
      (r) => {
        const { query, variables } = JSON.parse(r.body) as { query: string; variables?: { id: string } };
        if (/^query \{ viewer \{ login \} \}$/.test(query))
          return { status: 200, body: { data: { viewer: { login: BOT } } } };
        const comment = found(variables?.id.replace(/^IC_/, "") ?? "");
        return { status: 200, body: { data: { node: comment === undefined ? null : editorJson(comment) } } };
      },
    ],
    [
      "GET",
      on("/issues/comments/(\\d+)"),
      (_, id = "") => {
        const comment = found(id);
        if (comment === undefined) return { status: 404, body: { message: "Not Found" } };
        return { status: 200, body: commentJson(comment) };
      },
    ],
    ["GET", on("/issues/(\\d+)/comments"), (r, n) => list(r, api.pull(Number(n)).comments.map(commentJson))],
    [
      "POST",
      on("/issues/(\\d+)/comments"),
      (r, n) => unfit(r) ?? { status: 201, body: commentJson(add(Number(n), BOT, bodyOf(r))) },
    ],
    [
      "PATCH",
      on("/issues/comments/(\\d+)"),
      (r, id = "") => {
        const comment = found(id);
        if (comment === undefined) return { status: 404, body: { message: "Not Found" } };
        const bad = unfit(r);
        if (bad === undefined) Object.assign(comment, { body: bodyOf(r), updated: api.now, editor: BOT });
        return bad ?? { status: 200, body: commentJson(comment) };
      },
    ],
    [
      "DELETE",
      on("/issues/comments/(\\d+)"),
      (_, id = "") => {
        for (const { comments } of pulls.values()) {
          const index = comments.findIndex((each) => each.id === Number(id));
          if (index >= 0) comments.splice(index, 1);
        }
        return { status: 204 };
      },
    ],
    ["GET", on("/issues"), (r) => list(r, issues.filter(({ open }) => open).map(issueJson))],
    [
      "POST",
      on("/issues"),
      (r) => {
        const { title, body } = JSON.parse(r.body) as { title: string; body: string };
        const issue = { id: ++ids, author: BOT, title, body, updated: api.now, open: true, isPull: false };
        issues.push(issue);
        return unfit(r) ?? { status: 201, body: issueJson(issue) };
      },
    ],
    [
      "PATCH",
      on("/issues/(\\d+)"),
      (r, id) => {
        const issue = issues.find((each) => each.id === Number(id));
        const { body, state } = JSON.parse(r.body) as { body?: string; state?: string };
        if (issue === undefined) return { status: 404, body: { message: "Not Found" } };
        if (body !== undefined) issue.body = body;
        if (state === "closed") issue.open = false;
        return { status: 200, body: issueJson(issue) };
      },
    ],
    [
      "GET",
      on("/commits/([0-9a-f]+)/pulls"),
      (r, sha) =>
        list(
          r,
          // Also those that only contain it: by the documentation all that are associated with it.
          [...pulls]
            .filter(([, { mergeCommit, contains }]) => mergeCommit === sha || contains === sha)
            .map(([n, pull]) => pullJson(n, pull)),
        ),
    ],
    [
      "GET",
      on("/git/ref/(heads/.+)"),
      (_, name = "") => {
        const ref = `refs/${decodeURIComponent(name)}`;
        const sha = api.history.head(ref.slice("refs/heads/".length));
        if (sha === undefined) return { status: 404, body: { message: "Not Found" } };
        return { status: 200, body: { ref, object: { type: "commit", sha } } };
      },
    ],
    [
      "GET",
      on("/compare/([0-9a-f]+)\\.\\.\\.([0-9a-f]+)"),
      (_, from = "", to = "") => {
        const found = api.history.since(from, to);
        if (found === undefined) return { status: 404, body: { message: "Not Found" } };
        const files = found.files.slice(0, MOST_FILES).map(({ name, former }) => ({
          filename: name,
          status: former === undefined ? "modified" : "renamed",
          ...(former === undefined ? {} : { previous_filename: former }),
        }));
        return { status: 200, body: { status: found.status, commits: [], files } };
      },
    ],
    ["GET", on("/pulls/(\\d+)"), (_, n) => ({ status: 200, body: pullJson(Number(n), api.pull(Number(n))) })],
    [
      "GET",
      on("/pulls/(\\d+)/commits"),
      (r, n) => {
        const user = (login: string | null) => (login === null ? null : { login });
        const commits = api
          .pull(Number(n))
          .commits.map(({ author, committer }) => ({ author: user(author), committer: user(committer) }));
        return list(r, commits.slice(0, MOST_COMMITS));
      },
    ],
    [
      "GET",
      on("/pulls/(\\d+)/reviews"),
      (r, n) =>
        list(
          r,
          api.pull(Number(n)).reviews.map(({ who, state, at }) => ({
            user: { login: who },
            state,
            submitted_at: timeText(at),
          })),
        ),
    ],
    [
      "GET",
      on("/collaborators/([^/]+)/permission"),
      (_, who = "") => {
        const permission = rights.get(decodeURIComponent(who));
        if (permission === undefined) return { status: 404, body: { message: "Not Found" } };
        return { status: 200, body: { permission } };
      },
    ],
  ]);
  const api: FakeGithub = Object.assign(served, {
    token,
    permissions: { "pull-requests": "write", issues: "write", contents: "read" },
    issues,
    rights,
    written,
    history: written,
    pull: (number: number) => {
      const pull = pulls.get(number) ?? {
        mergedAt: null,
        mergeCommit: null,
        comments: [],
        commits: [],
        reviews: [],
      };
      pulls.set(number, pull);
      return pull;
    },
    comment: add,
    review: (number: number, who: string, state = "APPROVED") => {
      api.pull(number).reviews.push({ who, state, at: api.now });
    },
    merge: (number: number, commit: string) => {
      Object.assign(api.pull(number), { mergedAt: api.now, mergeCommit: commit });
      written.push(api.pull(number).base ?? "main", commit);
    },
  });
  return api;
}

/** An actor of the GraphQL API, where an app bears its name alone; an account that is gone is none. */
function actorJson(name: string | null) {
  if (name === null) return null;
  const isApp = name.endsWith("[bot]");
  return { __typename: isApp ? "Bot" : "User", login: name.replace(/\[bot\]$/, "") };
}

function editorJson({ author, editor, updated }: FakeComment) {
  return {
    author: actorJson(author),
    lastEditedAt: editor === undefined ? null : timeText(updated),
    editor: editor === undefined ? null : actorJson(editor),
  };
}

/** What the token is told that is unknown, or may not do this. */
function refused(request: Request, token: string, permissions: Permissions): FakeAnswer | undefined {
  if (request.headers.authorization !== `Bearer ${token}`) {
    return { status: 401, body: { message: "Bad credentials" } };
  }
  const path = request.url.pathname;
  if (path === "/graphql" || /\/collaborators\//.test(path)) return undefined;
  const isRead = request.method === "GET";
  const scopes = /\/issues(\/\d+)?$/.test(path)
    ? ["issues"]
    : /\/(compare|git)\//.test(path)
      ? ["contents"]
      : /\/commits\//.test(path)
        ? ["contents", "pull-requests"]
        : ["pull-requests", "issues"];
  const isGiven = scopes.some(
    (scope) => permissions[scope] === "write" || (isRead && permissions[scope] === "read"),
  );
  if (isGiven) return undefined;
  return { status: 403, body: { message: "Resource not accessible by integration" } };
}

function bodyOf({ body }: Request): string {
  return (JSON.parse(body) as { body: string }).body;
}
