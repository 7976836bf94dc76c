import { EXIT, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { actionOf } from "../plan/action.ts";
import type { Keyring } from "../plan/keyring.ts";
import type { Plan } from "../plan/plan.ts";
import { isReplacing, MOST_REPLACING, readReplacing, replacingText } from "../plan/replacing.ts";
import type { Left } from "./lock-record.ts";
import { beginRun, isGenuine, isOutdated, type Run } from "./run.ts";

/** An apply that is about to begin. */
export interface Beginning {
  readonly ring: Keyring;
  readonly approved: Plan;
  /** The fingerprint that its writes bear. */
  readonly run: string;
  readonly intent: string;
  /** See `Run`; false unless said. */
  readonly blind?: boolean;
  /** What it resumes, if it does. */
  readonly resume: Run | Pick<Run, "fingerprint"> | undefined;
  /** The store's time, in milliseconds. */
  readonly now: number;
}

/**
 * What an apply leaves if it is cut: its run (of one that is resumed, as it was recorded then), and what it and those
 * before it were to replace. `before` is what the last one left.
 * @throws UserError refused (3) where that is more than a lock can say
 */
export function leftBy(beginning: Beginning, before: Left): Left {
  const { ring, approved, run, intent, blind = false, resume, now } = beginning;
  const begun =
    resume !== undefined && "mac" in resume && resume.fingerprint === run
      ? resume
      : beginRun(ring, approved, { fingerprint: run, intent, started: now, blind });
  return {
    run: isKept(ring, before.run, begun) ? before.run : begun,
    replacing: replacingToo(ring, approved, before),
  };
}

/** What a finished apply leaves: of what was to be replaced, that which the config declares and is still `absent`. */
export function leftWhenDone(ring: Keyring, { replacing }: Left, absent: readonly ParameterName[]): Left {
  const marks = readReplacing(ring, replacing ?? "");
  const still = absent.filter((name) => isReplacing(ring, marks, name));
  return { run: null, replacing: replacingText(ring, new Set(), still) };
}

/** Whether `before` goes on as `run`: one that is too old and has written nothing has the same fingerprint, too. */
function isKept(ring: Keyring, before: Run | null, run: Run): boolean {
  return (
    before?.fingerprint === run.fingerprint && isGenuine(ring, before) && !isOutdated(before, run.started)
  );
}

function replacingToo(ring: Keyring, { resource_changes }: Plan, { replacing }: Left): string | null {
  const names = resource_changes.flatMap((change) =>
    actionOf(change) === "replace" ? [change.address as ParameterName] : [],
  );
  const marks = readReplacing(ring, replacing ?? "");
  const others = names.filter((name) => !isReplacing(ring, marks, name));
  const count = marks.size + others.length;
  if (others.length > 0 && count > MOST_REPLACING) {
    throw new UserError(
      `${count} parameters would be replaced at once, and the lock keeps no more than ${MOST_REPLACING} in mind`,
      { hint: "nothing was written: replace fewer at a time, with --target", exitCode: EXIT.refused },
    );
  }
  return replacingText(ring, marks, others);
}
