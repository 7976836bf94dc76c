import picomatch from "picomatch";

/**
 * What goes wrong with a call.
 * - `refuse`: nothing is done, the answer is the error `code` (HTTP 400)
 * - `lose`: the call is done (`after`) or not (`before`), and its answer is lost in one of the ways of `Loss`
 * - `delay`: the answer comes `ms` later
 * - `page`: a listing comes with a third of its entries, or empty with a token, though there is more
 * - `stale`: a read sees nothing of the last `ms` milliseconds of the engine's clock
 */
export type Fault =
  | { readonly kind: "refuse"; readonly code: string }
  | { readonly kind: "lose"; readonly when: "before" | "after"; readonly loss: Loss }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "page"; readonly page: "short" | "empty" }
  | { readonly kind: "stale"; readonly ms: number };

/**
 * How an answer is lost: the connection is reset; the client is told at once that its time ran out (over HTTP it has
 * to wait for that itself); nothing ever comes; InternalServerError; ServiceUnavailable; a proxy's HTML page with
 * status 200; half of the body.
 */
export const LOSSES = ["reset", "timeout", "hang", "500", "503", "html", "truncated"] as const;
export type Loss = (typeof LOSSES)[number];

/** Which calls a fault meets: those of `operation`, on a name that `names` matches where it is given, that `which` picks. */
export interface FaultRule {
  /** An operation's name, or `*`. */
  readonly operation: string;
  readonly names?: string;
  /** Of the matching calls, counted from 1, the first and the last that the fault meets. */
  readonly which: { readonly from: number; readonly to: number };
  readonly fault: Fault;
}

export const EVERY_CALL = { from: 1, to: Number.POSITIVE_INFINITY } as const;

/** Counts calls against `rules`, and gives the faults that the next one meets. */
export function scheduleFaults(rules: readonly FaultRule[]): (operation: string, input: unknown) => Fault[] {
  const schedule = rules.map((rule) => ({ rule, count: 0, matchesName: nameTest(rule.names) }));
  return (operation, input) => {
    const faults: Fault[] = [];
    for (const entry of schedule) {
      const { operation: wanted, which, fault } = entry.rule;
      if ((wanted !== "*" && wanted !== operation) || !entry.matchesName(input)) continue;
      entry.count += 1;
      if (entry.count >= which.from && entry.count <= which.to) faults.push(fault);
    }
    return faults;
  };
}

function nameTest(glob: string | undefined): (input: unknown) => boolean {
  if (glob === undefined) return () => true;
  const matches = picomatch(glob, { dot: true, nonegate: true });
  return (input) => namesIn(input).some((name) => matches(name));
}

/** What a request names: one parameter, several, a path or a resource. */
function namesIn(input: unknown): string[] {
  if (typeof input !== "object" || input === null) return [];
  const members = new Map(Object.entries(input));
  return ["Name", "Names", "Path", "ResourceId", "KeyId"]
    .flatMap((member) => members.get(member))
    .filter((name) => typeof name === "string");
}
