import type { Request } from "../values/json-server.ts";
import { type FakeApi, fakeApi, paged, timeText } from "./fake-api.ts";
import { type History, type WrittenHistory, writtenHistory } from "./fake-history.ts";

export const GITLAB_BOT = "project_7_bot";
export const PROJECT = "7";
/** Who opens every merge request. */
export const GITLAB_AUTHOR = "author";

/** Over all projects of the server, where merge requests of one are counted from 1. */
const ID_OF_FIRST = 40_000;

interface FakeNote {
  readonly id: number;
  readonly author: string;
  body: string;
  updated: number;
  /** Who changed the words last; absent where nobody did. */
  editor?: string;
}

interface FakeRequest {
  mergedAt: number | null;
  squashCommit: string | null;
  readonly notes: FakeNote[];
  readonly committers: string[];
  readonly approvals: { readonly who: string; readonly at: number }[];
}

/** GitLab's REST API, version 4, and of the GraphQL API who edited a note, as published. */
export interface FakeGitlab extends FakeApi {
  readonly token: string;
  readonly issues: { iid: number; title: string; description: string; open: boolean }[];
  /** Access levels by user name; who is not among them is no member. */
  readonly members: Map<string, number>;
  /** What lies in the repository; `written` unless a test has a real one. */
  history: History;
  readonly written: WrittenHistory;
  request(number: number): FakeRequest;
}

export async function fakeGitlab(): Promise<FakeGitlab> {
  const requests = new Map<number, FakeRequest>();
  const issues: FakeGitlab["issues"] = [];
  const members = new Map([
    ["reviewer", 30],
    [GITLAB_AUTHOR, 40],
    [GITLAB_BOT, 40],
  ]);
  const users: string[] = [];
  const userJson = (username: string) => {
    if (!users.includes(username)) users.push(username);
    return { id: users.indexOf(username) + 1, username };
  };
  const token = "dummy-token-of-a-project";
  const written = writtenHistory();
  let ids = 0;
  const list = (request: Request, entries: readonly unknown[]) =>
    paged(request, new URL(api.url).origin, entries, 100);
  const noteJson = ({ id, author, body, updated }: FakeNote) => ({
    id,
    body,
    system: author === "system",
    author: { username: author },
    updated_at: timeText(updated),
  });
  const issueJson = ({ iid, title, description, open }: FakeGitlab["issues"][number]) => ({
    iid,
    title,
    description,
    state: open ? "opened" : "closed",
    author: { username: GITLAB_BOT },
    updated_at: timeText(api.now),
  });
  const requestJson = (iid: number, { mergedAt, squashCommit }: FakeRequest) => ({
    id: ID_OF_FIRST + iid,
    iid,
    author: userJson(GITLAB_AUTHOR),
    merged_at: mergedAt === null ? null : timeText(mergedAt),
    squash_commit_sha: squashCommit,
    merge_commit_sha: null,
    target_branch: "main",
  });
  const project = `^/v4/projects/${PROJECT}`;
  const served = await fakeApi(
    "/api",
    ({ headers }) =>
      headers.authorization === `Bearer ${token}`
        ? undefined
        : { status: 401, body: { message: "401 Unauthorized" } },
    [
      [
        "POST",
        /^\/graphql$/,
        (r) => {
          const { variables } = JSON.parse(r.body) as { variables: { id: string } };
          const [, request] = /^gid:\/\/gitlab\/MergeRequest\/(\d+)$/.exec(variables.id) ?? [];
          if (request !== undefined) {
            const { committers } = api.request(Number(request) - ID_OF_FIRST);
            const nodes = committers.slice(0, 100).map((username) => ({ username }));
            const pageInfo = { hasNextPage: committers.length > nodes.length };
            return { status: 200, body: { data: { mergeRequest: { committers: { nodes, pageInfo } } } } };
          }
          const note = [...requests.values()]
            .flatMap(({ notes }) => notes)
            .find(({ id }) => variables.id === `gid://gitlab/Note/${id}`);
          return { status: 200, body: { data: { note: note === undefined ? null : editorJson(note) } } };
        },
      ],
      ["GET", /^\/v4\/user$/, () => ({ status: 200, body: { username: GITLAB_BOT } })],
      [
        "GET",
        new RegExp(`${project}/merge_requests/(\\d+)/notes$`),
        (r, n) => list(r, api.request(Number(n)).notes.map(noteJson)),
      ],
      [
        "POST",
        new RegExp(`${project}/merge_requests/(\\d+)/notes$`),
        (r, n) => {
          const { body } = JSON.parse(r.body) as { body: string };
          const note = { id: ++ids, author: GITLAB_BOT, body, updated: api.now };
          api.request(Number(n)).notes.push(note);
          return { status: 201, body: noteJson(note) };
        },
      ],
      [
        "PUT",
        new RegExp(`${project}/merge_requests/(\\d+)/notes/(\\d+)$`),
        (r, n, id) => {
          const note = api.request(Number(n)).notes.find((each) => each.id === Number(id));
          if (note === undefined) return { status: 404, body: { message: "404 Not found" } };
          const { body } = JSON.parse(r.body) as { body: string };
          Object.assign(note, { body, updated: api.now, editor: GITLAB_BOT });
          return { status: 200, body: noteJson(note) };
        },
      ],
      [
        "GET",
        new RegExp(`${project}/merge_requests/(\\d+)$`),
        (_, n) => ({ status: 200, body: requestJson(Number(n), api.request(Number(n))) }),
      ],
      [
        "GET",
        new RegExp(`${project}/merge_requests/(\\d+)/approvals$`),
        (_, n) => ({
          status: 200,
          body: {
            approved_by: api.request(Number(n)).approvals.map(({ who, at }) => ({
              user: userJson(who),
              approved_at: timeText(at),
            })),
          },
        }),
      ],
      [
        "GET",
        new RegExp(`${project}/members/all/(\\d+)$`),
        (_, id) => {
          const access = members.get(users[Number(id) - 1] ?? "");
          if (access === undefined) return { status: 404, body: { message: "404 Not found" } };
          return { status: 200, body: { id: Number(id), access_level: access } };
        },
      ],
      [
        "GET",
        new RegExp(`${project}/repository/commits/[0-9a-f]+/merge_requests$`),
        (r) =>
          list(
            r,
            [...requests].map(([iid, each]) => requestJson(iid, each)),
          ),
      ],
      [
        "GET",
        new RegExp(`${project}/repository/branches/([^/]+)$`),
        (_, name = "") => {
          const id = api.history.head(decodeURIComponent(name));
          if (id === undefined) return { status: 404, body: { message: "404 Branch Not Found" } };
          return { status: 200, body: { name: decodeURIComponent(name), commit: { id } } };
        },
      ],
      [
        "GET",
        new RegExp(`${project}/repository/compare$`),
        ({ url: { searchParams: asked } }) => {
          const [from, to] = [asked.get("from") ?? "", asked.get("to") ?? ""];
          const found =
            asked.get("straight") === "true"
              ? api.history.between(from, to)
              : api.history.since(from, to)?.files;
          if (found === undefined) return { status: 404, body: { message: "404 Ref Not Found" } };
          const diffs = found.map(({ name, former = name }) => ({
            ...{ old_path: former, new_path: name, renamed_file: name !== former },
            ...{ diff: "", collapsed: false, too_large: false },
          }));
          return {
            status: 200,
            body: { commits: [], diffs, compare_timeout: false, compare_same_ref: from === to },
          };
        },
      ],
      [
        "GET",
        new RegExp(`${project}/issues$`),
        (r) => list(r, issues.filter(({ open }) => open).map(issueJson)),
      ],
      [
        "POST",
        new RegExp(`${project}/issues$`),
        (r) => {
          const given = JSON.parse(r.body) as { title: string; description: string };
          const issue = { ...given, iid: ++ids, open: true };
          issues.push(issue);
          return { status: 201, body: issueJson(issue) };
        },
      ],
      [
        "PUT",
        new RegExp(`${project}/issues/(\\d+)$`),
        (r, iid) => {
          const issue = issues.find((each) => each.iid === Number(iid));
          if (issue === undefined) return { status: 404, body: { message: "404 Not found" } };
          const { description, state_event } = JSON.parse(r.body) as Record<string, string>;
          if (description !== undefined) issue.description = description;
          if (state_event === "close") issue.open = false;
          return { status: 200, body: issueJson(issue) };
        },
      ],
    ],
  );
  const api: FakeGitlab = Object.assign(served, {
    url: `${served.url}/v4`,
    token,
    issues,
    members,
    written,
    history: written,
    request: (number: number) => {
      const request = requests.get(number) ?? {
        mergedAt: null,
        squashCommit: null,
        notes: [],
        committers: [],
        approvals: [],
      };
      requests.set(number, request);
      return request;
    },
  });
  return api;
}

function editorJson({ author, editor, updated }: FakeNote) {
  return {
    author: { username: author },
    lastEditedAt: editor === undefined ? null : timeText(updated),
    lastEditedBy: editor === undefined ? null : { username: editor },
  };
}
