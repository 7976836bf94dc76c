import { z } from "zod";
import { canonicalJson } from "../model/canonical-json.ts";
import { actionOf } from "../plan/action.ts";
import { type Keyring, planHash, sameMac } from "../plan/keyring.ts";
import type { Plan } from "../plan/plan.ts";

export const runSchema = z.object({
  fingerprint: z.string(),
  /** A keyed hash of config, supplied values and inputs: the same intent may be resumed as approved. */
  intent: z.string(),
  /** The store's time when the run first took the lock, in milliseconds. */
  started: z.number(),
  /** What its guards counted when it passed them: finishing it may count less, never more. */
  counts: z.record(z.string(), z.number()),
  /** How many changes it has to make. */
  changes: z.number(),
  /** What it replaces and somewhere moves to: absent, it is half replaced and waits for no move. */
  replaces: z.array(z.string()).optional(),
  /** True where what it carries out is what metadata alone decides: so it is finished, by whoever may read more. */
  blind: z.boolean().optional(),
  /** Over all of it, under a key derived from the digest key: whoever may write the lock cannot make up a run. */
  mac: z.string(),
});

/** An apply that has begun: until it is finished, what it wrote counts as planned. */
export type Run = z.infer<typeof runSchema>;

/** The run that carries out an approved plan. `started` is in milliseconds of the store's time. */
export function beginRun(
  ring: Keyring,
  { guards, resource_changes }: Pick<Plan, "guards" | "resource_changes">,
  run: Pick<Run, "fingerprint" | "intent" | "started"> & {
    readonly blind: boolean;
    readonly replaces: readonly string[];
  },
): Run {
  const { blind, replaces, ...rest } = run;
  const counts = Object.fromEntries(guards.map(({ name, count }) => [name, count]));
  const changes = resource_changes.filter((change) => actionOf(change) !== "no-op").length;
  const unsigned = {
    ...rest,
    counts,
    changes,
    ...(replaces.length === 0 ? {} : { replaces: [...replaces] }),
    ...(blind ? { blind } : {}),
  };
  return { ...unsigned, mac: macOf(ring, unsigned) };
}

/** How long a rotation that was cut may be resumed, in milliseconds: who asks for one a day later means another. */
const SAME_ROTATION = 24 * 60 * 60 * 1000;

/** Whether a run regenerates and began too long ago to be resumed. `now` is in milliseconds of the store's time. */
export function isOutdated({ counts, started }: Run, now: number): boolean {
  return (counts.regenerate ?? 0) > 0 && now - started > SAME_ROTATION;
}

/** The names that a plan replaces. */
export function replacedBy({ resource_changes }: Pick<Plan, "resource_changes">): readonly string[] {
  return resource_changes.flatMap((change) => (actionOf(change) === "replace" ? [change.address] : []));
}

/** The same run, which by now replaces these. */
export function replacingToo(ring: Keyring, { mac: _, ...run }: Run, replaces: readonly string[]): Run {
  const unsigned = { ...run, replaces: [...replaces] };
  return { ...unsigned, mac: macOf(ring, unsigned) };
}

/** What a run that was cut may have deleted and not made again, whoever goes on; nothing of one that is made up. */
export function halfReplaced(ring: Keyring, run: Run | undefined): readonly string[] {
  return run !== undefined && isGenuine(ring, run) ? (run.replaces ?? []) : [];
}

/** Whether a run was recorded by who has the environment's digest key. */
export function isGenuine(ring: Keyring, { mac, ...unsigned }: Run): boolean {
  return sameMac(macOf(ring, unsigned), mac);
}

function macOf(ring: Keyring, unsigned: Omit<Run, "mac">): string {
  return planHash(ring, "run", [canonicalJson(unsigned)]);
}
