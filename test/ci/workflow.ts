import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { startProgram } from "../support/binary.ts";
import { DUMMY_CREDENTIALS, scratchFolder } from "../support/binary-project.ts";
import { type Contexts, fill, holds } from "./expression.ts";
import { type FakeGithub, type Permissions, REPOSITORY } from "./fake-github.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface Job {
  readonly if?: string;
  readonly permissions: Permissions;
  readonly needs?: string;
  readonly environment?: string;
  readonly concurrency?: string | Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}

export const ACTION = parse(readFileSync(join(ROOT, "action.yml"), "utf8")) as Action;
export const WORKFLOW = parse(readFileSync(join(ROOT, "ci/github.yml"), "utf8")) as Workflow;

/** What happened, as GitHub tells a workflow. */
export interface Occasion {
  /** The checkout. */
  readonly workspace: string;
  readonly event: "pull_request" | "push" | "schedule" | "pull_request_target" | "workflow_dispatch";
  readonly sha: string;
  readonly pullRequest?: number;
  /** The repository that proposes; ours unless said. */
  readonly head?: string;
  /** The branch that it is proposed to; main unless said. */
  readonly base?: string;
  /** What somebody filled in who runs the workflow by hand. */
  readonly dispatch?: Readonly<Record<string, string>>;
  /** Over the action's inputs. */
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface Annotation {
  readonly level: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface JobRun {
  readonly code: number;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly annotations: readonly Annotation[];
  readonly summary: string;
}

/** Runs the jobs of the documented workflow as GitHub's runner does: steps, contexts, files, commands in the log, artifacts. */
export class Runner {
  readonly #api: FakeGithub;
  readonly #artifacts = scratchFolder();

  constructor(api: FakeGithub) {
    this.#api = api;
  }

  /** `undefined` for a job whose condition does not hold. */
  async job(name: string, occasion: Occasion, needs: Contexts = {}): Promise<JobRun | undefined> {
    const job = WORKFLOW.jobs[name];
    if (job === undefined) throw new Error(`the workflow has no job ${name}`);
    const temp = scratchFolder();
    const { dispatch = {} } = occasion;
    const contexts = {
      github: githubContext(occasion),
      needs,
      runner: { temp },
      steps: {},
      inputs: dispatch,
    };
    if (!holds(job.if, contexts)) return undefined;
    this.#api.permissions = job.permissions;
    const run: MutableRun = { code: 0, log: "", annotations: [], summary: "", outputs: {} };
    const steps: Record<string, { outputs: Readonly<Record<string, string>> }> = {};
    let credentials = {};
    for (const step of job.steps) {
      const known = { ...contexts, steps };
      if (run.code !== 0 || !holds(step.if, known)) continue;
      if (step.uses?.startsWith("aws-actions/configure-aws-credentials@")) credentials = DUMMY_CREDENTIALS;
      if (!step.uses?.startsWith("your-org/paraform@")) continue;
      const own = Object.entries(step.with ?? {}).map(([key, value]) => [key, fill(value, known)]);
      const given = { ...(Object.fromEntries(own) as Record<string, string>), ...occasion.inputs };
      const outputs = await this.#action(given, occasion, { ...contexts, credentials }, run);
      if (step.id !== undefined) steps[step.id] = { outputs };
      Object.assign(run.outputs, outputs);
    }
    for (const [key, value] of Object.entries(job.outputs ?? {})) run.outputs[key] = fill(value, { steps });
    return run;
  }

  async #action(
    given: Readonly<Record<string, string>>,
    occasion: Occasion,
    { credentials, ...outer }: Contexts & { readonly runner: { readonly temp: string }; credentials: object },
    run: MutableRun,
  ): Promise<Readonly<Record<string, string>>> {
    const { temp } = outer.runner;
    const inputs = Object.fromEntries(
      Object.entries(ACTION.inputs).map(([key, input]) => [
        key,
        given[key] ?? fill(input.default ?? "", { github: { token: this.#api.token } }),
      ]),
    );
    const steps: Record<string, { outputs: Record<string, string> }> = {};
    const contexts = { ...outer, inputs, steps };
    for (const [index, step] of ACTION.runs.steps.entries()) {
      const isLate = step.if?.includes("cancelled()") === true;
      if ((run.code !== 0 && !isLate) || !holds(step.if, contexts)) continue;
      if (step.uses !== undefined) {
        this.#artifact(step, contexts);
        continue;
      }
      const files = { output: join(temp, `output-${index}`), summary: join(temp, `summary-${index}`) };
      for (const file of Object.values(files)) writeFileSync(file, "");
      const script = join(temp, `step-${index}.sh`);
      writeFileSync(script, step.run ?? "");
      const own = Object.entries(step.env ?? {}).map(([key, value]) => [key, fill(value, contexts)]);
      const env = {
        ...(credentials as Record<string, string>),
        ...runnerVariables(occasion, this.#api),
        RUNNER_TEMP: temp,
        GITHUB_OUTPUT: files.output,
        GITHUB_STEP_SUMMARY: files.summary,
        ...(Object.fromEntries(own) as Record<string, string>),
      };
      const bash = ["--noprofile", "--norc", "-eo", "pipefail", script];
      const { code, stdout, stderr } = await startProgram("bash", bash, { cwd: occasion.workspace, env })
        .finished;
      run.code ||= code;
      run.log += stdout + stderr;
      run.annotations.push(...commandsIn(stdout), ...commandsIn(stderr));
      run.summary += readFileSync(files.summary, "utf8");
      if (step.id !== undefined) steps[step.id] = { outputs: outputsIn(readFileSync(files.output, "utf8")) };
    }
    return Object.fromEntries(
      Object.entries(ACTION.outputs).map(([key, { value }]) => [key, fill(value, contexts)]),
    );
  }

  #artifact({ uses, with: given = {} }: Step, contexts: Contexts): void {
    const path = fill(given.path ?? "", contexts);
    const kept = join(this.#artifacts, fill(given.name ?? "", contexts));
    const [from, to] = uses?.startsWith("actions/upload-artifact@") ? [path, kept] : [kept, path];
    if (!existsSync(from)) return;
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to, { recursive: true });
    cpSync(from, to, { recursive: true });
  }
}

type MutableRun = { -readonly [Key in keyof JobRun]: JobRun[Key] } & {
  readonly outputs: Record<string, string>;
  readonly annotations: Annotation[];
};

function githubContext({ event, pullRequest, head = REPOSITORY, base = "main", sha }: Occasion) {
  const isProposal = event.startsWith("pull_request");
  const repository = { default_branch: "main" };
  return {
    event_name: event,
    ref: refOf(pullRequest),
    repository: REPOSITORY,
    sha,
    base_ref: isProposal ? base : "",
    event: isProposal
      ? { repository, pull_request: { number: pullRequest, head: { repo: { full_name: head } } } }
      : { repository },
  };
}

function refOf(pullRequest: number | undefined): string {
  return pullRequest === undefined ? "refs/heads/main" : `refs/pull/${pullRequest}/merge`;
}

function runnerVariables({ event, pullRequest, sha, workspace }: Occasion, api: FakeGithub) {
  return {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION_PATH: ROOT,
    GITHUB_API_URL: api.url,
    GITHUB_GRAPHQL_URL: `${api.url}/graphql`,
    GITHUB_EVENT_NAME: event,
    GITHUB_REF: refOf(pullRequest),
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_SHA: sha,
    GITHUB_WORKSPACE: workspace,
  };
}

/** The runner's own reading of $GITHUB_OUTPUT: `name=value` lines, and `name<<DELIMITER` up to a line of the delimiter. */
export function outputsIn(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  while (lines.length > 0) {
    const line = lines.shift() ?? "";
    const [, name, delimiter] = /^([^=]*?)<<(.+)$/.exec(line) ?? [];
    if (name !== undefined && delimiter !== undefined) {
      const end = lines.indexOf(delimiter);
      if (end < 0) throw new Error(`the output ${name} has no end`);
      outputs[name] = lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join("\n");
    } else if (line !== "") {
      const [key = "", ...value] = line.split("=");
      outputs[key] = value.join("=");
    }
  }
  return outputs;
}

/** The runner's own reading of a log: `::command key=value,…::text` at the start of a line, also after blanks; `##[command]` anywhere. */
export function commandsIn(log: string): Annotation[] {
  return log.split(/\r\n|\n|\r/).flatMap((line) => {
    const [, level = "", properties = "", text = ""] =
      /^\s*::([\w-]+)(?: (.*?))?::(.*)$/.exec(line) ?? /##\[(\w+)(?: ([^\]]*))?\](.*)$/.exec(line) ?? [];
    if (level === "") return [];
    const pairs = properties.split(",").map((pair) => pair.split("="));
    const read = Object.fromEntries(pairs.map(([key = "", value = ""]) => [key, decode(value)]));
    return [{ level, properties: read, text: decode(text) }];
  });
}

function decode(text: string): string {
  const codes: Record<string, string> = { "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%" };
  return text.replaceAll(/%(?:0D|0A|3A|2C|25)/g, (code) => codes[code] ?? code);
}
