import type { ApplyResult } from "../../src/apply/outcome.ts";
import { EXIT, UserError } from "../../src/model/error.ts";
import { applyEnvironment, proposeApply } from "../../src/pipeline.ts";
import type { PlanInputs } from "../../src/plan/plan.ts";
import { NO_INPUTS, type World } from "./world.ts";

export interface FilelessOptions {
  readonly expect?: string;
  /** The process that applies; each is the only one alive. */
  readonly pid?: number;
  readonly stopAfter?: number;
}

/**
 * `apply --env … --auto-approve`: plans, resumes what an earlier one left, carries out. `"unexpected"` where the
 * fingerprint is not the expected one.
 * @throws UserError where a guard or a conflict refuses it
 */
export async function applyFileless(
  world: World,
  inputs: Partial<PlanInputs>,
  { expect, pid = 1, stopAfter }: FilelessOptions = {},
): Promise<ApplyResult | "unexpected"> {
  const { session } = world;
  const asked = { inputs: { ...NO_INPUTS, ...inputs }, deep: false, expect };
  const proposal = await proposeApply(session, asked).catch(unexpected);
  if (proposal === "unexpected") return proposal;
  if (!proposal.complete) throw proposal.failure;
  if (proposal.refused !== undefined) throw proposal.refused;
  let steps = 0;
  return applyEnvironment(session, {
    ...proposal,
    asked: new Map(),
    holder: { host: "here", pid, who: `process ${pid}`, isAlive: (other) => other === pid },
    monotonic: () => world.engine.now().getTime(),
    stopped: () => (stopAfter !== undefined && steps >= stopAfter ? "interrupted" : null),
    waiting: () => {},
    purge: false,
    sleep: async (milliseconds) => world.pass(milliseconds),
    report: () => {
      steps += 1;
    },
  });
}

function unexpected(error: unknown): "unexpected" {
  if (error instanceof UserError && error.exitCode === EXIT.stale) return "unexpected";
  throw error;
}
