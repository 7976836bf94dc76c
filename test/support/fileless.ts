import { meetsExpectation } from "../../src/apply/expectation.ts";
import { unfinishedRun } from "../../src/apply/lock.ts";
import type { ApplyResult } from "../../src/apply/outcome.ts";
import { applyEnvironment, planEnvironment } from "../../src/pipeline.ts";
import type { PlanInputs } from "../../src/plan/plan.ts";
import { NO_INPUTS, type World } from "./world.ts";

export interface FilelessOptions {
  readonly expect?: string;
  /** The process that applies; each is the only one alive. */
  readonly pid?: number;
  readonly stopAfter?: number;
}

/** `apply --env … --auto-approve`: plans, resumes what an earlier one left, carries out. `"unexpected"` where the fingerprint is not the expected one. */
export async function applyFileless(
  world: World,
  inputs: Partial<PlanInputs>,
  { expect, pid = 1, stopAfter }: FilelessOptions = {},
): Promise<ApplyResult | "unexpected"> {
  const { session } = world;
  const cut = await unfinishedRun(session.store, "test");
  const request = {
    inputs: { ...NO_INPUTS, ...inputs },
    deep: false,
    ...(cut === undefined ? {} : { resume: cut }),
  };
  const result = await planEnvironment(session, request);
  if (!result.complete) throw result.failure;
  if (expect !== undefined && !meetsExpectation(expect, cut, result)) return "unexpected";
  let steps = 0;
  return applyEnvironment(session, {
    approved: result.planned.plan,
    request,
    run: result.run,
    intent: result.intent,
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
