import { randomUUID } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import type { ApplyResult } from "../apply/outcome.ts";
import { ConfigError, type ExitCode, UserError } from "../model/error.ts";
import { redact } from "../model/known-secrets.ts";
import type { Problem } from "../model/problem.ts";
import type { Plan } from "../plan/plan.ts";
import { type DeclaredAt, planAnnotations } from "../render/plan-annotations.ts";
import {
  type Annotation,
  renderAnnotation,
  renderOutputs,
  type StepReport,
} from "../render/workflow-command.ts";
import type { Host } from "./host.ts";
import type { RunnerOptions } from "./options.ts";

/**
 * Does `work`; with `--github-output` what it tells `tellRunner` goes where GitHub Actions looks: outputs with `exitcode` to
 * $GITHUB_OUTPUT, the summary to $GITHUB_STEP_SUMMARY, annotations to stderr. A failure is told too. The output
 * `exitcode` is what the work told, else its exit code, so that no pipeline needs exit codes to go on.
 */
export async function underRunner(
  host: Host,
  { githubOutput, chdir }: RunnerOptions & { readonly chdir: string | undefined },
  work: (host: Host) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (!githubOutput) return work(host);
  const { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, GITHUB_WORKSPACE } = host.environmentVariables;
  if (GITHUB_OUTPUT === undefined || GITHUB_OUTPUT === "") {
    throw new UserError("--github-output needs GITHUB_OUTPUT, which is not set", {
      hint: "it is for GitHub Actions, whose runner names the file in it",
    });
  }
  const told: StepReport[] = [];
  const end = async (exitCode: ExitCode) => {
    const folder = resolve(host.cwd, chdir ?? ".");
    for (const annotation of told.flatMap(({ annotations = [] }) => annotations)) {
      annotate(host, renderAnnotation(inRepository(annotation, folder, GITHUB_WORKSPACE)));
    }
    const outputs = Object.assign({ exitcode: String(exitCode) }, ...told.map((report) => report.outputs));
    await append(GITHUB_OUTPUT, renderOutputs(outputs, `paraform-${randomUUID()}`));
    const summary = told.flatMap((report) => report.summary ?? []).join("\n");
    if (summary !== "" && GITHUB_STEP_SUMMARY !== undefined) await append(GITHUB_STEP_SUMMARY, summary);
  };
  let exitCode: ExitCode;
  try {
    exitCode = await work({ ...host, tellRunner: (report) => told.push(report) });
  } catch (error) {
    if (error instanceof UserError) {
      told.push({ outputs: { exitcode: String(error.exitCode) }, annotations: failureAnnotations(error) });
      await end(error.exitCode);
    }
    throw error;
  }
  await end(exitCode);
  return exitCode;
}

/** To stderr, also where `--json` says all else on stdout: the runner reads both. */
function annotate(host: Host, text: string): void {
  if (host.emit === undefined) host.say(text);
  else host.stderr.write(redact(text));
}

/** A plan's counts, and its findings beside the lines of the configs. `exitCode` is that of `--detailed-exitcode`. */
export function planReport(
  plan: Plan,
  exitCode: ExitCode,
  summary: string,
  declaredAt: DeclaredAt,
): StepReport {
  const { add, change, destroy, replace, blocked, conflict } = plan.summary;
  const counts = { add, change, destroy, replace, blocked, conflict };
  return {
    outputs: {
      ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)])),
      applyable: String(plan.applyable),
      complete: String(plan.complete),
      fingerprint: plan.fingerprint,
      exitcode: String(exitCode),
    },
    summary,
    annotations: planAnnotations(plan, declaredAt),
  };
}

/** How many changes of an apply came to what. */
export function applyReport({ fingerprint, outcomes }: ApplyResult): StepReport {
  const count = (...kinds: readonly string[]) =>
    String(outcomes.filter(({ outcome }) => kinds.includes(outcome.kind)).length);
  return {
    outputs: {
      fingerprint,
      applied: count("applied", "done"),
      failed: count("failed"),
      skipped: count("skipped"),
    },
  };
}

export function problemAnnotation({ severity, file, line, column, summary }: Problem): Annotation {
  return { level: severity, file, line, column, text: summary };
}

function failureAnnotations(error: UserError): Annotation[] {
  const problems = error instanceof ConfigError ? error.problems.map(problemAnnotation) : [];
  const hint = error.hint === undefined ? "" : ` (${error.hint})`;
  return [...problems, { level: "error", text: `${error.message}${hint}` }];
}

/** GitHub finds a file from the top of the checkout. */
function inRepository(annotation: Annotation, folder: string, workspace: string | undefined): Annotation {
  if (annotation.file === undefined || workspace === undefined) return annotation;
  return { ...annotation, file: relative(workspace, resolve(folder, annotation.file)) };
}

async function append(file: string, text: string): Promise<void> {
  try {
    await appendFile(file, redact(text));
  } catch {
    throw new UserError("the file that GitHub's runner names cannot be written", {
      hint: "GITHUB_OUTPUT and GITHUB_STEP_SUMMARY must name files in a folder that exists",
    });
  }
}
