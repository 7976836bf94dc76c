import { endpointProblem } from "../model/endpoint.ts";
import { UserError } from "../model/error.ts";
import type { Api } from "../review/api.ts";
import type { CodeHost } from "../review/code-host.ts";
import { github } from "../review/github.ts";
import { gitlab } from "../review/gitlab.ts";
import { tokenOf } from "../values/token.ts";
import type { Host } from "./host.ts";
import { wholeNumber } from "./options.ts";

const TIMEOUT = 20_000;

/** Where a pipeline runs, by the variables that it sets. */
export interface Pipeline {
  readonly codeHost: CodeHost;
  /** The pull request that the run belongs to. */
  readonly pullRequest: number | undefined;
  readonly commit: string | undefined;
  /** The branch whose push it runs for. */
  readonly branch: string | undefined;
}

/** GitLab where GITLAB_CI says so, else GitHub. @throws UserError for what is not set or cannot be trusted with a token */
export function pipelineOf(host: Host): Pipeline {
  return host.environmentVariables.GITLAB_CI === "true" ? gitlabPipeline(host) : githubPipeline(host);
}

function githubPipeline({ environmentVariables: variables, sleep }: Host): Pipeline {
  const address = addressIn("GITHUB_API_URL", variables.GITHUB_API_URL ?? "https://api.github.com");
  const graphql = addressIn("GITHUB_GRAPHQL_URL", variables.GITHUB_GRAPHQL_URL ?? `${address}graphql`);
  if (new URL(graphql).origin !== new URL(address).origin) {
    throw new UserError("GITHUB_GRAPHQL_URL is on another host than GITHUB_API_URL", {
      hint: "the token is sent to one host only",
    });
  }
  const repository = variables.GITHUB_REPOSITORY ?? "";
  if (!/^[\w-][\w.-]*\/[\w.-]*[\w-][\w.-]*$/.test(repository)) {
    throw new UserError("GITHUB_REPOSITORY does not name a repository", { hint: "write it as owner/name" });
  }
  const api: Api = {
    name: "GitHub",
    address,
    token: tokenOf("GITHUB_TOKEN", "GitHub", variables),
    headers: (token) => ({
      authorization: `Bearer ${token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
    }),
    sleep,
    timeout: TIMEOUT,
  };
  const [, number] = /^refs\/pull\/(\d{1,15})\//.exec(variables.GITHUB_REF ?? "") ?? [];
  return {
    codeHost: github(api, repository, graphql.slice(0, -1)),
    pullRequest: number === undefined ? undefined : Number(number),
    commit: variables.GITHUB_SHA,
    branch: /^refs\/heads\/(.+)$/.exec(variables.GITHUB_REF ?? "")?.[1],
  };
}

function gitlabPipeline({ environmentVariables: variables, sleep }: Host): Pipeline {
  const project = variables.CI_MERGE_REQUEST_PROJECT_ID ?? variables.CI_PROJECT_ID ?? "";
  if (!/^\d{1,15}$/.test(project)) {
    throw new UserError("CI_PROJECT_ID does not name a project", { hint: "GitLab sets it in every job" });
  }
  const api: Api = {
    name: "GitLab",
    address: addressIn("CI_API_V4_URL", variables.CI_API_V4_URL ?? ""),
    token: tokenOf("GITLAB_TOKEN", "GitLab", variables),
    headers: (token) => ({ authorization: `Bearer ${token}` }),
    sleep,
    timeout: TIMEOUT,
  };
  const number = variables.CI_MERGE_REQUEST_IID;
  return {
    codeHost: gitlab(api, project),
    pullRequest: number === undefined ? undefined : wholeNumber("pull-request", number, [1, 10 ** 14]),
    commit: variables.CI_COMMIT_SHA,
    branch: variables.CI_COMMIT_BRANCH,
  };
}

/** With a slash at its end. @throws UserError for where a token may not be sent */
function addressIn(variable: string, text: string): string {
  const problem = endpointProblem(text);
  if (problem !== undefined) throw new UserError(`${variable} ${problem.summary}`, { hint: problem.hint });
  return text.replace(/\/*$/, "/");
}
