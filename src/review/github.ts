import { EXIT, UserError } from "../model/error.ts";
import { type Api, callApi, listAll, notItsOwn } from "./api.ts";
import type { Board, CodeHost, Merged, Post } from "./code-host.ts";
import { fieldOf, numberOf, textOf, timeOf } from "./field.ts";

/** Apps bear another login here than in the REST API, so both sides are asked for here. */
const EDITOR = `query ($id: ID!) {
  node(id: $id) { ... on IssueComment { author { __typename login } lastEditedAt editor { __typename login } } }
}`;

/** As many commits as are listed of a pull request; it is not said that there are more. */
const MOST_COMMITS = 250;

/** As many files as a comparison tells; it does not say that there are more. */
const MOST_COMPARED = 300;

/**
 * GitHub by its REST API (version 2022-11-28). `repository` is `owner/name`; `graphql` is the address of the GraphQL
 * API, which alone tells a workflow's token whom it speaks for, and who edited a comment.
 */
export function github(api: Api, repository: string, graphql: string): CodeHost {
  const repo = `repos/${repository}`;
  const me = async () => {
    const what = "the token's own account";
    const body = { query: "query { viewer { login } }" };
    const answer = await callApi(api, { method: "POST", path: graphql, body, what, isRead: true });
    const login = textOf(answer.body, "data", "viewer", "login");
    if (login === undefined) throw notItsOwn(api, what);
    return login;
  };
  return {
    name: api.name,
    longest: 65_536,
    me,
    comments: (pullRequest) =>
      board(api, `the comments of pull request ${pullRequest}`, {
        list: `${repo}/issues/${pullRequest}/comments?per_page=100`,
        add: { path: `${repo}/issues/${pullRequest}/comments` },
        one: (id) => `${repo}/issues/comments/${id}`,
        id: "id",
      }),
    isRewritten: async (comment) => {
      const what = "the editor of the plan's comment";
      const rest = { method: "GET", path: `${repo}/issues/comments/${comment}`, what } as const;
      const variables = { id: textOf((await callApi(api, rest)).body, "node_id") };
      const body = { query: EDITOR, variables };
      const answer = await callApi(api, { method: "POST", path: graphql, body, what, isRead: true });
      const found = fieldOf(answer.body, "data", "node");
      if (fieldOf(found, "lastEditedAt") === undefined) throw notItsOwn(api, what);
      if (timeOf(found, "lastEditedAt") === undefined) return false;
      return ["__typename", "login"].some(
        (key) => textOf(found, "editor", key) !== textOf(found, "author", key),
      );
    },
    issues: (title) =>
      board(api, "the issues", {
        list: `${repo}/issues?state=open&per_page=100`,
        add: { path: `${repo}/issues`, title },
        one: (id) => `${repo}/issues/${id}`,
        id: "number",
      }),
    mergedAs: async (commit) => {
      const what = "the pull requests of a commit";
      const pulls = await listAll(api, `${repo}/commits/${commit}/pulls?per_page=100`, what);
      return pulls.filter((pull) => textOf(pull, "merge_commit_sha") === commit).flatMap(mergedOf);
    },
    merged: async (number) => {
      const call = {
        method: "GET",
        path: `${repo}/pulls/${number}`,
        what: `pull request ${number}`,
      } as const;
      return mergedOf((await callApi(api, call)).body)[0];
    },
    approvals: async (number) => approvals(api, repo, number, await me()),
    changedSince: async (commit, branch) => {
      const head = await headOf(api, repo, branch);
      const what = "what changed since a commit";
      // The files are on the first page, whatever a page has of the commits.
      const path = `${repo}/compare/${commit}...${head}?per_page=1`;
      const { body } = await callApi(api, { method: "GET", path, what });
      // What it compares is the newest commit that both have in common with the second.
      const [status, files] = [textOf(body, "status"), fieldOf(body, "files")];
      if (status === undefined || !Array.isArray(files)) throw notItsOwn(api, what);
      if (!["ahead", "identical"].includes(status) || files.length >= MOST_COMPARED) return undefined;
      return files.flatMap((file: unknown) => {
        const [name, former] = [textOf(file, "filename"), textOf(file, "previous_filename")];
        if (name === undefined) throw notItsOwn(api, what);
        return former === undefined ? [name] : [name, former];
      });
    },
  };
}

/** By its full name: a tag may bear the branch's. @throws UserError */
async function headOf(api: Api, repo: string, branch: string): Promise<string> {
  const what = "the branch that is applied";
  const name = branch.split("/").map(encodeURIComponent).join("/");
  const { body } = await callApi(api, { method: "GET", path: `${repo}/git/ref/heads/${name}`, what });
  const head = textOf(body, "object", "sha");
  if (head === undefined || textOf(body, "ref") !== `refs/heads/${branch}`) throw notItsOwn(api, what);
  return head;
}

interface Places {
  readonly list: string;
  readonly add: { readonly path: string; readonly title?: string };
  readonly one: (id: number) => string;
  /** The member of a post that `one` takes. */
  readonly id: string;
}

function board(api: Api, what: string, { list, add, one, id: idKey }: Places): Board {
  const { path, title } = add;
  const isIssue = title !== undefined;
  return {
    what,
    posts: async () =>
      (await listAll(api, list, what))
        // The list of issues has the pull requests too.
        .filter((entry) => fieldOf(entry, "pull_request") === undefined)
        .flatMap((entry): Post[] => {
          const [id, author] = [numberOf(entry, idKey), textOf(entry, "user", "login")];
          const changed = timeOf(entry, "updated_at");
          if (id === undefined || author === undefined || changed === undefined) return [];
          return [{ id, author, changed, body: textOf(entry, "body") ?? "" }];
        }),
    add: async (body) => {
      await callApi(api, { method: "POST", path, what, body: isIssue ? { title, body } : { body } });
    },
    change: async (id, body) => {
      await callApi(api, { method: "PATCH", path: one(id), what, body: { body } });
    },
    take: async (id) => {
      const call = isIssue
        ? ({ method: "PATCH", body: { state: "closed" } } as const)
        : ({ method: "DELETE" } as const);
      await callApi(api, { ...call, path: one(id), what });
    },
  };
}

function mergedOf(pull: unknown): Merged[] {
  const [number, at] = [numberOf(pull, "number"), timeOf(pull, "merged_at")];
  const [into, commit] = [textOf(pull, "base", "ref"), textOf(pull, "merge_commit_sha")];
  if (number === undefined || at === undefined || into === undefined || commit === undefined) return [];
  return [{ number, at, into, commit }];
}

/** Whose commits they are, and who made them, as far as they are accounts. @throws UserError where not all can be known */
async function committersOf(api: Api, repo: string, number: number): Promise<readonly string[]> {
  const path = `${repo}/pulls/${number}/commits?per_page=100`;
  const commits = await listAll(api, path, `the commits of pull request ${number}`);
  if (commits.length >= MOST_COMMITS) {
    throw new UserError(`pull request ${number} has more commits than ${api.name} lists`, {
      hint: "who approved may have made one of them: give the fingerprint of what is right by hand",
      exitCode: EXIT.refused,
    });
  }
  return commits.flatMap((commit) =>
    ["author", "committer"].flatMap((key) => textOf(commit, key, "login") ?? []),
  );
}

/**
 * Of each reviewer but `me` the last review that decides; anybody may review a public repository, so each one's right is
 * asked. An app that is no collaborator has none, which GitHub tells by a 404. Authors cannot approve what is theirs, but
 * others who committed to it can, which does not count.
 */
async function approvals(api: Api, repo: string, number: number, me: string): Promise<readonly number[]> {
  const parties = new Set([me, ...(await committersOf(api, repo, number))]);
  const what = `the reviews of pull request ${number}`;
  const reviews = await listAll(api, `${repo}/pulls/${number}/reviews?per_page=100`, what);
  const standing = new Map<string, number>();
  for (const review of reviews) {
    const [who, state] = [textOf(review, "user", "login"), textOf(review, "state")];
    const at = timeOf(review, "submitted_at");
    if (who === undefined || parties.has(who)) continue;
    if (state === "APPROVED" && at !== undefined) standing.set(who, at);
    if (state === "CHANGES_REQUESTED" || state === "DISMISSED") standing.delete(who);
  }
  const times: number[] = [];
  for (const [who, at] of standing) {
    const path = `${repo}/collaborators/${encodeURIComponent(who)}/permission`;
    const what = "a reviewer's permission";
    const { body } = await callApi(api, { method: "GET", path, what, mayLack: true });
    if (["admin", "write"].includes(textOf(body, "permission") ?? "")) times.push(at);
  }
  return times;
}
