import { UserError } from "../model/error.ts";
import { AnswerLost } from "./api.ts";
import type { Board, CodeHost, Post } from "./code-host.ts";
import { identityOf, type ReportKind, readIdentity } from "./identity.ts";

/** A text that is posted once and then changed in place. */
export interface Report {
  /** Its first line: one of each stands on a board. */
  readonly identity: string;
  /** `plan`, `apply` or `drift`, and the environment as the identity spells it. */
  readonly kind: string;
  readonly environment: string;
  readonly body: string;
}

const TRIES = 3;

/** What a pipeline means to post. */
export type Meant = { readonly kind: ReportKind; readonly environment: string };

/**
 * The file that is posted lies where others may write, and what is posted speaks for the token's account: so it is
 * what its caller means, or nothing. @throws UserError for any other text
 */
export function readReport(text: string, { kind, environment }: Meant): Report {
  const body = text.replaceAll("\r\n", "\n");
  const identity = firstLine(body);
  const read = readIdentity(identity);
  if (read === undefined) {
    throw new UserError("this file is no report to post", {
      hint: "write it with plan or apply --report markdown=FILE, or with drift --format markdown",
    });
  }
  if (identity !== identityOf(kind, environment)) {
    throw new UserError("this file is another report than --kind and --env say", {
      hint: "somebody may have put it there: look where it comes from",
    });
  }
  // GitLab carries out a line such as `/approve`; no line of ours begins with a slash.
  if (/^\//m.test(body)) {
    throw new UserError("this file has a line that begins with a slash, which no report has", {
      hint: "GitLab may take it for a command: look where the file comes from",
    });
  }
  return { identity, ...read, body };
}

export type Placed = "created" | "updated" | "unchanged" | "closed" | "absent";

/**
 * Makes `report` the one post of its identity that the token's own account has on the board. What others wrote is never
 * touched, whatever it begins with, and a post that says this already is left alone: the time of its last change is
 * what an approval is held against. But a plan that somebody else changed last, and be it back to these words, is
 * posted anew, for it could never be approved; to write the same words again might not count as a change.
 * @throws UserError
 */
export async function putReport(host: CodeHost, board: Board, report: Report): Promise<Placed> {
  if ([...report.body].length > host.longest) {
    throw new UserError(`the report is longer than ${host.name} takes`, {
      hint: `${host.longest} characters are the limit: the HTML report has room for all`,
    });
  }
  const me = await host.me();
  for (let tries = 1; ; tries += 1) {
    const [first, ...others] = await ownPosts(board, me, report.identity);
    for (const { id } of others) await board.take(id);
    if (first !== undefined && !sameText(first.body, report.body)) {
      await board.change(first.id, report.body);
      return "updated";
    }
    if (first !== undefined) {
      if (report.kind !== "plan" || !(await host.isRewritten(first.id))) return "unchanged";
      await board.take(first.id);
    }
    try {
      await board.add(report.body);
      return "created";
    } catch (error) {
      if (!(error instanceof AnswerLost) || tries === TRIES) throw error;
    }
  }
}

/** Takes the report's own posts from the board. @throws UserError */
export async function takeReport(host: CodeHost, board: Board, report: Report): Promise<Placed> {
  const posts = await ownPosts(board, await host.me(), report.identity);
  for (const { id } of posts) await board.take(id);
  return posts.length === 0 ? "absent" : "closed";
}

/** The posts of `me` that begin with `identity`, the oldest first. */
export async function ownPosts(board: Board, me: string, identity: string): Promise<readonly Post[]> {
  const posts = await board.posts();
  return posts
    .filter(({ author, body }) => author === me && firstLine(body.replaceAll("\r\n", "\n")) === identity)
    .sort((one, other) => one.id - other.id);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** Code hosts trim what they keep, and give lines other ends. */
function sameText(kept: string, text: string): boolean {
  return kept.replaceAll("\r\n", "\n").trim() === text.trim();
}
