import { UserError } from "../model/error.ts";
import { type Clock, fixedClock, offsetClock, systemClock } from "./clock.ts";
import { type Denial, denial } from "./denial.ts";
import { EVERY_CALL, type Fault, type FaultRule, LOSSES } from "./fault.ts";
import { OPERATION_NAMES } from "./operations.ts";
import type { Quota } from "./quota.ts";

/** What an engine is put through: the same for tests, which build them, and for the command line, whose strings are parsed below. */
export interface Conditions {
  readonly denials: readonly Denial[];
  readonly quotas: readonly Quota[];
  readonly faults: readonly FaultRule[];
  readonly clock: Clock;
}

/** The strings of the command line's `--deny`, `--tps`, `--fault` and `--clock`. */
export interface ConditionStrings {
  readonly deny?: readonly string[];
  readonly tps?: readonly string[];
  readonly fault?: readonly string[];
  readonly clock?: string;
}

/** @throws UserError for the first string that is malformed */
export function parseConditions({ deny = [], tps = [], fault = [], clock }: ConditionStrings): Conditions {
  return {
    denials: deny.map(parseDenial),
    quotas: tps.map(parseQuota),
    faults: fault.map(parseFault),
    clock: clock === undefined ? systemClock : parseClock(clock),
  };
}

/**
 * `[ACCESS_KEY@]SERVICE:ACTION[:GLOB]`, as `ssm:GetParameter:/dba/**`, `kms:Decrypt:alias/replication`,
 * `reader@ssm:*`. ACTION may be a glob; GLOB is of a parameter's name, or of a key's alias, id or ARN.
 * @throws UserError
 */
export function parseDenial(text: string): Denial {
  const match = /^(?:([^@:]+)@)?((?:ssm|kms):[A-Za-z*]+)(?::(.+))?$/.exec(text);
  if (match === null) {
    throw malformed(
      "denial",
      "write [ACCESS_KEY@]SERVICE:ACTION[:GLOB], as in ssm:GetParameter:/dba/** or kms:Decrypt:alias/dba",
    );
  }
  const [, caller, action = "", resource] = match;
  return denial(action, resource, caller);
}

/**
 * `OPERATION[+OPERATION…]=RATE[/BURST]`, as `PutParameter=3` or `GetParameter+GetParameters=40/100`: calls per second,
 * together, and how many at once; BURST is RATE, and at least 1, unless said otherwise.
 * @throws UserError
 */
export function parseQuota(text: string): Quota {
  const match = /^([A-Za-z+]+)=(\d+(?:\.\d+)?)(?:\/(\d+))?$/.exec(text);
  const rate = Number(match?.[2]);
  const burst = match?.[3] === undefined ? Math.max(1, rate) : Number(match[3]);
  if (match === null || rate <= 0 || burst < 1) {
    throw malformed(
      "quota",
      "write OPERATION[+OPERATION]=RATE[/BURST], as in PutParameter=3 or PutParameter=3/20",
    );
  }
  return { operations: (match[1] ?? "").split("+").map(knownOperation), rate, burst };
}

/**
 * `OPERATION[@GLOB][:WHICH]:KIND`, as `PutParameter:2:after-reset` or `GetParameter@/dba/**:every:error=InternalServerError`.
 * OPERATION is a name or `*`; GLOB is of a name in the request. WHICH counts matching calls from 1: `2`, `2-4`, `2-`,
 * or `every`, which it is unless said otherwise. KIND is one of
 * - `error=CODE`: refused with that code
 * - `before-LOSS`, `after-LOSS`: not done or done, and the answer lost; LOSS is reset, timeout, hang, 500, 503, html or truncated
 * - `delay=SPAN`, `stale=SPAN`: SPAN is as `250ms` or `5s`
 * - `short-page`, `empty-page`
 * @throws UserError
 */
export function parseFault(text: string): FaultRule {
  const match = /^([A-Za-z]+|\*)(?:@([^:]+))?(?::(every|\d+(?:-\d*)?))?:([a-z0-9-]+(?:=[A-Za-z0-9]+)?)$/.exec(
    text,
  );
  const fault = match === null ? undefined : readFault(match[4] ?? "");
  const which = match === null ? undefined : readWhich(match[3] ?? "every");
  if (match === null || fault === undefined || which === undefined) {
    throw malformed(
      "fault",
      "write OPERATION[@GLOB][:WHICH]:KIND, as in PutParameter:2:after-reset or DescribeParameters:1:empty-page",
    );
  }
  const operation = match[1] === "*" ? "*" : knownOperation(match[1] ?? "");
  return { operation, ...(match[2] === undefined ? {} : { names: match[2] }), which, fault };
}

/**
 * `2026-01-31T12:00:00Z`, at which time stands still, or `+90s`, `-2h` ahead of or behind this machine's clock
 * (ms, s, m, h, d).
 * @throws UserError
 */
export function parseClock(text: string): Clock {
  const offset = /^[+-]/.test(text) ? readSpan(text.slice(1)) : undefined;
  if (offset !== undefined) return offsetClock(text.startsWith("-") ? -offset : offset);
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(instant))
    throw malformed("clock", "write a time as 2026-01-31T12:00:00Z, or an offset as +90s");
  return fixedClock(instant);
}

function readFault(text: string): Fault | undefined {
  const [kind = "", argument] = text.split("=");
  const [when, loss] = kind.split(/-(.*)/s);
  if ((when === "before" || when === "after") && argument === undefined) {
    const known = LOSSES.find((each) => each === loss);
    return known && { kind: "lose", when, loss: known };
  }
  switch (kind) {
    case "error":
      return argument === undefined ? undefined : { kind: "refuse", code: argument };
    case "delay":
    case "stale": {
      const ms = argument === undefined ? undefined : readSpan(argument);
      return ms === undefined ? undefined : { kind, ms };
    }
    case "short-page":
    case "empty-page":
      return argument === undefined
        ? { kind: "page", page: kind === "short-page" ? "short" : "empty" }
        : undefined;
    default:
      return undefined;
  }
}

function readWhich(text: string): FaultRule["which"] | undefined {
  if (text === "every") return EVERY_CALL;
  const [first = "", last] = text.split("-");
  const from = Number(first);
  const to = last === undefined ? from : last === "" ? Number.POSITIVE_INFINITY : Number(last);
  return from >= 1 && to >= from ? { from, to } : undefined;
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `250ms`, `5s`, `2m`, `1h`, `3d`. */
function readSpan(text: string): number | undefined {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ""];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}

function knownOperation(name: string): string {
  if (OPERATION_NAMES.has(name)) return name;
  throw new UserError("a condition names an operation that the embedded store does not have", {
    hint: `the operations are ${[...OPERATION_NAMES].sort().join(", ")}`,
  });
}

function malformed(what: string, hint: string): UserError {
  return new UserError(`a ${what} of the embedded store is not well-formed`, { hint });
}
