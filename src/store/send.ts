import { UserError } from "../model/error.ts";
import { isClockCorrected, type Mishap, mishapOf } from "./failure.ts";
import type { Operation } from "./rates.ts";
import type { Throttle } from "./throttle.ts";

/** What came of a request, however often it had to be sent. */
export type Reply<Answer> =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "mishap"; readonly mishap: Mishap };

export interface SendOptions {
  /** Whether doing it twice is no more than doing it once. */
  readonly repeatable: boolean;
}

/** How long one request is sent again after throttles, in milliseconds; a deleted name rests 30 seconds. */
const PATIENCE = 60_000;
const TRIES_WHEN_LOST = 4;
const LONGEST_PAUSE = 8_000;
/** First pauses, doubled each time: the bucket already paces what was throttled, a busy parameter needs a second. */
const FIRST_PAUSE = { throttled: 250, busy: 1_000, lost: 100 } as const;

/**
 * Sends `request` at its turn. What was certainly not done is sent again until the patience ends; what may have
 * been done only where `repeatable`. Where the clock of this machine had it refused, it is sent once more.
 * @throws UserError when the transport itself gave up with words of ours
 */
export async function send<Answer>(
  operation: Operation,
  request: () => Promise<Answer>,
  pace: Throttle,
  { repeatable }: SendOptions,
): Promise<Reply<Answer>> {
  let corrected = false;
  let lost = 0;
  let refusals = 0;
  let firstRefusal = 0;
  for (;;) {
    const turn = await pace.turn(operation, lost + refusals > 0);
    const outcome = await settle(request);
    if (outcome.kind === "answer") {
      turn.accepted();
      return outcome;
    }
    const { mishap } = outcome;
    if (outcome.clockCorrected && !corrected) {
      corrected = true;
      continue;
    }
    if (mishap.kind === "throttled") turn.throttled();
    if (mishap.kind === "throttled" || mishap.kind === "busy") {
      if (refusals === 0) firstRefusal = pace.clock.now();
      const pause = pauseBefore(FIRST_PAUSE[mishap.kind], refusals);
      if (pace.clock.now() - firstRefusal + pause > PATIENCE) return outcome;
      refusals += 1;
      pace.paused?.({ cause: mishap.kind, operation, milliseconds: pause });
      await pace.clock.sleep(pause);
    } else if (mishap.kind === "lost" && mishap.passing && repeatable && lost + 1 < TRIES_WHEN_LOST) {
      const pause = pauseBefore(FIRST_PAUSE.lost, lost);
      pace.paused?.({ cause: mishap.kind, operation, milliseconds: pause });
      await pace.clock.sleep(pause);
      lost += 1;
    } else {
      return outcome;
    }
  }
}

/** Doubles with every pause before it; spread, so that clients who were refused together do not come back together. */
function pauseBefore(first: number, pauses: number): number {
  return Math.min(LONGEST_PAUSE, first * 2 ** pauses) * (0.5 + Math.random() / 2);
}

type Settled<Answer> =
  | (Reply<Answer> & { kind: "answer" })
  | (Reply<Answer> & { kind: "mishap"; readonly clockCorrected: boolean });

async function settle<Answer>(request: () => Promise<Answer>): Promise<Settled<Answer>> {
  try {
    return { kind: "answer", answer: await request() };
  } catch (error) {
    if (error instanceof UserError) throw error;
    return { kind: "mishap", mishap: mishapOf(error), clockCorrected: isClockCorrected(error) };
  }
}
