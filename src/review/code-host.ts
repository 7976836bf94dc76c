/** A text that stands on a board: a comment of a pull request, or an issue. */
export interface Post {
  readonly id: number;
  /** The name of the account that wrote it. */
  readonly author: string;
  readonly body: string;
  /** Milliseconds since 1970 of its last change, by whomever. */
  readonly changed: number;
}

/** Where posts stand: below one pull request, or as the open issues of a repository. */
export interface Board {
  /** As errors name it. */
  readonly what: string;
  /** All of them, of everybody. */
  posts(): Promise<readonly Post[]>;
  /** @throws AnswerLost where it may stand there or not */
  add(body: string): Promise<void>;
  change(id: number, body: string): Promise<void>;
  /** Deletes a comment, closes an issue. */
  take(id: number): Promise<void>;
}

/** A pull request that was merged; GitLab says merge request. */
export interface Merged {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The branch that it was merged into. */
  readonly into: string;
  /** The commit by which it came there. */
  readonly commit: string;
}

/** Where proposals are reviewed. Every method throws UserError in our words for what it could not learn or do. */
export interface CodeHost {
  readonly name: string;
  /** The most characters of a post. */
  readonly longest: number;
  /** The account that the token speaks for. */
  me(): Promise<string>;
  comments(pullRequest: number): Board;
  /** Whether a comment's words were last changed by another account than the one that wrote them. */
  isRewritten(comment: number): Promise<boolean>;
  issues(title: string): Board;
  /** The merged pull requests whose merge made this commit. */
  mergedAs(commit: string): Promise<readonly Merged[]>;
  /** `undefined` for what is not merged. */
  merged(pullRequest: number): Promise<Merged | undefined>;
  /** When each approval that stands was given, by people who may write to the repository and have no commit in it; milliseconds since 1970. */
  approvals(pullRequest: number): Promise<readonly number[]>;
  /**
   * The files that differ between a commit of a branch and what that branch is now, under both names where one was
   * renamed. `undefined` where they are more than are told, or the branch does not have the commit any more.
   */
  changedSince(commit: string, branch: string): Promise<readonly string[] | undefined>;
}
