import { type Api, callApi, listAll, notItsOwn } from "./api.ts";
import type { Board, CodeHost, Merged, Post } from "./code-host.ts";
import { fieldOf, numberOf, textOf, timeOf } from "./field.ts";

/** The access level of a developer, the least that may push: https://docs.gitlab.com/api/members/#roles */
const DEVELOPER = 30;

const COMMITTERS = `query ($id: MergeRequestID!) {
  mergeRequest(id: $id) { committers(first: 100) { nodes { username } pageInfo { hasNextPage } } }
}`;

/** As many files as GitLab compares unless its administrator says otherwise. */
const MOST_COMPARED = 1_000;

/** The commits that a merge makes, the one that the branch then points to first: of a merge, of a squash, or its own. */
const MADE = ["merge_commit_sha", "squash_commit_sha", "sha"] as const;

const EDITOR = `query ($id: NoteID!) {
  note(id: $id) { author { username } lastEditedAt lastEditedBy { username } }
}`;

/**
 * GitLab by its REST API, version 4, and by the GraphQL API beside it, which alone tells who edited a note. `project` is
 * the id of the project that the merge requests are made to.
 */
export function gitlab(api: Api, project: string): CodeHost {
  const base = `projects/${encodeURIComponent(project)}`;
  const request = (number: number) => `${base}/merge_requests/${number}`;
  const me = async () => {
    const what = "the token's own account";
    const { body } = await callApi(api, { method: "GET", path: "user", what });
    const name = textOf(body, "username");
    if (name === undefined) throw notItsOwn(api, what);
    return name;
  };
  const requestOf = async (number: number) => {
    const call = { method: "GET", path: request(number), what: `merge request ${number}` } as const;
    return (await callApi(api, call)).body;
  };
  return {
    name: api.name,
    longest: 1_000_000,
    me,
    comments: (number) => notes(api, `${request(number)}/notes`, `the notes of merge request ${number}`),
    isRewritten: async (note) => {
      const what = "the editor of the plan's note";
      const body = { query: EDITOR, variables: { id: `gid://gitlab/Note/${note}` } };
      const path = "../graphql";
      const answer = await callApi(api, { method: "POST", path, body, what, isRead: true });
      const found = fieldOf(answer.body, "data", "note");
      if (fieldOf(found, "lastEditedAt") === undefined) throw notItsOwn(api, what);
      if (timeOf(found, "lastEditedAt") === undefined) return false;
      return textOf(found, "lastEditedBy", "username") !== textOf(found, "author", "username");
    },
    issues: (title) => issues(api, `${base}/issues`, title),
    mergedAs: async (commit) => {
      const what = "the merge requests of a commit";
      const path = `${base}/repository/commits/${commit}/merge_requests?per_page=100`;
      return (await listAll(api, path, what))
        .filter((entry) => MADE.some((key) => textOf(entry, key) === commit))
        .flatMap(mergedOf);
    },
    merged: async (number) => mergedOf(await requestOf(number))[0],
    approvals: async (number) => {
      const request = await requestOf(number);
      const [author, id] = [textOf(request, "author", "username"), numberOf(request, "id")];
      if (author === undefined || id === undefined) throw notItsOwn(api, `merge request ${number}`);
      return approvals(api, base, number, [author, await me(), ...(await committersOf(api, id))]);
    },
    changedSince: async (commit, branch) => {
      // By its commit: a tag may bear the branch's name.
      const found = { path: `${base}/repository/branches/${encodeURIComponent(branch)}` };
      const applied = "the branch that is applied";
      const head = textOf(
        (await callApi(api, { method: "GET", ...found, what: applied })).body,
        "commit",
        "id",
      );
      if (head === undefined) throw notItsOwn(api, applied);
      const what = "what changed since a commit";
      const path = `${base}/repository/compare?from=${commit}&to=${head}&straight=true`;
      const { body } = await callApi(api, { method: "GET", path, what });
      const [isCut, diffs] = [fieldOf(body, "compare_timeout"), fieldOf(body, "diffs")];
      if (typeof isCut !== "boolean" || !Array.isArray(diffs)) throw notItsOwn(api, what);
      const told = diffs.flatMap((diff) => ["new_path", "old_path"].map((key) => textOf(diff, key) ?? ""));
      const isWhole = !isCut && diffs.length < MOST_COMPARED && !told.includes("");
      return isWhole ? told : undefined;
    },
  };
}

/** Who committed to a merge request, which the REST API tells by names alone that anybody can give themselves. @throws UserError */
async function committersOf(api: Api, id: number): Promise<readonly string[]> {
  const what = "the committers of a merge request";
  const body = { query: COMMITTERS, variables: { id: `gid://gitlab/MergeRequest/${id}` } };
  const answer = await callApi(api, { method: "POST", path: "../graphql", body, what, isRead: true });
  const found = fieldOf(answer.body, "data", "mergeRequest", "committers");
  const nodes = fieldOf(found, "nodes");
  if (!Array.isArray(nodes) || fieldOf(found, "pageInfo", "hasNextPage") !== false)
    throw notItsOwn(api, what);
  return nodes.flatMap((node) => textOf(node, "username") ?? []);
}

/**
 * When each approval was given that stands, but for those by `parties` to it. A project may let authors and committers approve, and
 * whoever may only report: so each one's access is asked, which a 404 denies.
 */
async function approvals(api: Api, base: string, number: number, parties: readonly string[]) {
  const what = `the approvals of merge request ${number}`;
  const path = `${base}/merge_requests/${number}/approvals`;
  const given = fieldOf((await callApi(api, { method: "GET", path, what })).body, "approved_by");
  if (!Array.isArray(given)) throw notItsOwn(api, what);
  const times: number[] = [];
  for (const approval of given as readonly unknown[]) {
    const [id, who] = [numberOf(approval, "user", "id"), textOf(approval, "user", "username")];
    const at = timeOf(approval, "approved_at");
    if (id === undefined || who === undefined || at === undefined || parties.includes(who)) continue;
    const member = { path: `${base}/members/all/${id}`, what: "an approver's access" };
    const { body } = await callApi(api, { method: "GET", ...member, mayLack: true });
    if ((numberOf(body, "access_level") ?? 0) >= DEVELOPER) times.push(at);
  }
  return times;
}

function notes(api: Api, path: string, what: string): Board {
  return {
    what,
    posts: async () =>
      (await listAll(api, `${path}?per_page=100`, what)).flatMap((note) =>
        fieldOf(note, "system") === true ? [] : postOf(note, "id", "body"),
      ),
    add: async (body) => {
      await callApi(api, { method: "POST", path, what, body: { body } });
    },
    change: async (id, body) => {
      await callApi(api, { method: "PUT", path: `${path}/${id}`, what, body: { body } });
    },
    take: async (id) => {
      await callApi(api, { method: "DELETE", path: `${path}/${id}`, what });
    },
  };
}

function issues(api: Api, path: string, title: string): Board {
  const what = "the issues";
  const change = async (id: number, body: Record<string, string>) => {
    await callApi(api, { method: "PUT", path: `${path}/${id}`, what, body });
  };
  return {
    what,
    posts: async () =>
      (await listAll(api, `${path}?state=opened&scope=all&per_page=100`, what)).flatMap((issue) =>
        postOf(issue, "iid", "description"),
      ),
    add: async (description) => {
      await callApi(api, { method: "POST", path, what, body: { title, description } });
    },
    change: (id, description) => change(id, { description }),
    take: (id) => change(id, { state_event: "close" }),
  };
}

function postOf(entry: unknown, idKey: string, bodyKey: string): Post[] {
  const [id, author] = [numberOf(entry, idKey), textOf(entry, "author", "username")];
  const changed = timeOf(entry, "updated_at");
  if (id === undefined || author === undefined || changed === undefined) return [];
  return [{ id, author, changed, body: textOf(entry, bodyKey) ?? "" }];
}

function mergedOf(request: unknown): Merged[] {
  const [number, at] = [numberOf(request, "iid"), timeOf(request, "merged_at")];
  const into = textOf(request, "target_branch");
  const [commit] = MADE.flatMap((key) => textOf(request, key) ?? []);
  if (number === undefined || at === undefined || into === undefined || commit === undefined) return [];
  return [{ number, at, into, commit }];
}
