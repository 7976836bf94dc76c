import { execFileSync } from "node:child_process";

/** A file that changed; `former` where it had another name. */
export interface Changed {
  readonly name: string;
  readonly former?: string;
}

/** The commits of a repository, as a code host knows them. */
export interface History {
  head(branch: string): string | undefined;
  /** `from...to`: how the second stands to the first, and what it changed since both were one; `undefined` for a commit that is not there. */
  since(
    from: string,
    to: string,
  ): { readonly status: string; readonly files: readonly Changed[] } | undefined;
  /** `from..to`: what differs between both, however they are related. */
  between(from: string, to: string): readonly Changed[] | undefined;
}

/** Branches of commits that a test writes down, one after the other. */
export interface WrittenHistory extends History {
  push(branch: string, commit: string, files?: readonly Changed[]): void;
}

export function writtenHistory(): WrittenHistory {
  const branches = new Map<string, { readonly commit: string; readonly files: readonly Changed[] }[]>();
  const between = (from: string, to: string) => {
    for (const commits of branches.values()) {
      const [first, last] = [from, to].map((sha) => commits.findIndex(({ commit }) => commit === sha));
      if (first === undefined || last === undefined || first < 0 || last < first) continue;
      return commits.slice(first + 1, last + 1).flatMap(({ files }) => files);
    }
    return undefined;
  };
  return {
    push: (branch, commit, files = []) => {
      branches.set(branch, [...(branches.get(branch) ?? []), { commit, files }]);
    },
    head: (branch) => branches.get(branch)?.at(-1)?.commit,
    between,
    since: (from, to) => {
      const files = between(from, to);
      return files === undefined ? undefined : { status: from === to ? "identical" : "ahead", files };
    },
  };
}

/** That of a real repository. */
export function gitHistory(folder: string): History {
  const git = (...args: readonly string[]) => {
    try {
      return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
    } catch {
      return undefined;
    }
  };
  const files = (range: string) =>
    git("diff", "--find-renames", "--name-status", range)
      ?.split("\n")
      .filter((line) => line !== "")
      .map((line): Changed => {
        const [, name = "", renamed] = line.split("\t");
        return renamed === undefined ? { name } : { name: renamed, former: name };
      });
  return {
    head: (branch) => git("rev-parse", "--verify", "--quiet", `refs/heads/${branch}`),
    between: (from, to) => files(`${from}..${to}`),
    since: (from, to) => {
      const base = git("merge-base", from, to);
      const changed = files(`${from}...${to}`);
      if (base === undefined || changed === undefined) return undefined;
      const status =
        from === to ? "identical" : base === from ? "ahead" : base === to ? "behind" : "diverged";
      return { status, files: changed };
    },
  };
}
