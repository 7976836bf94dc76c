import { randomUUID } from "node:crypto";
import { type ChangeEvent, changeEvent } from "./change-event.ts";
import { systemClock } from "./clock.ts";
import type { Conditions } from "./conditions.ts";
import { type Context, parameterArn } from "./context.ts";
import { type Database, openDatabase } from "./database.ts";
import { deleteExpired, hasExpired } from "./delete-parameters.ts";
import { type Fault, type Loss, scheduleFaults } from "./fault.ts";
import type { Authority } from "./identities.ts";
import { type MasterKey, openMasterKey } from "./master-key.ts";
import { OPERATIONS, type Service } from "./operations.ts";
import { meterCalls } from "./quota.ts";
import { ServiceError } from "./service-error.ts";

export interface EngineOptions extends Partial<Conditions> {
  /** The SQLite file; it is made where there is none, with its key file `<path>.key`. `:memory:` lives in this process only. */
  readonly path: string;
  /** 12 digits; `123456789012` unless said otherwise. */
  readonly account?: string;
  /** Of calls that name none; `us-east-1` unless said otherwise. */
  readonly region?: string;
  /** KMS keys must be made before they are used; otherwise an alias comes into being on first use. */
  readonly strictKeys?: boolean;
  /** Whether an overwrite may change a parameter's type: AWS's documents say no, its behaviour says yes. `allow` unless said otherwise. */
  readonly typeChange?: "allow" | "refuse";
  /** Decides calls by policies; denials come on top. Without one everybody may do everything. */
  readonly authority?: Authority;
  /** Told of every call after it was answered, throttled and lost ones included. */
  readonly observe?: (call: Call, answer: Answer) => void;
  /** Told of every change that this engine made, once it is on the disk and before its call is answered. */
  readonly announce?: (event: ChangeEvent) => void;
}

/** One API call, as the wire carries it. */
export interface Call {
  readonly service: Service;
  readonly operation: string;
  /** The request's members, of whatever shape a client sent. */
  readonly input: unknown;
  readonly accessKeyId?: string;
  readonly region?: string;
}

/** What the store made of a call: its result, or a refusal under AWS's error code. */
export type Outcome =
  | { readonly kind: "done"; readonly body: object }
  | { readonly kind: "refused"; readonly status: number; readonly code: string; readonly message: string };

/** An outcome, and what happens to it on its way to the caller. */
export interface Answer {
  readonly outcome: Outcome;
  readonly requestId: string;
  /** The caller gets something else than the outcome, or nothing. */
  readonly loss: Loss | undefined;
  /** Milliseconds by which the answer comes later. */
  readonly delay: number;
}

/**
 * A strict Parameter Store in one SQLite file, with as much of STS and KMS as its clients need. Several engines, also
 * of several processes, may be open on one file. What was answered is on the disk.
 */
export interface Engine {
  readonly account: string;
  readonly region: string;
  /** AWS's errors are answers. @throws UserError when the file or its disk fails; then nothing was written. */
  handle(call: Call): Answer;
  /** By the engine's clock. */
  now(): Date;
  /** Another number once another engine, also of another process, has written to the file. */
  writesElsewhere(): number;
  /** Puts these conditions in the place of those before; counts and quotas begin anew. */
  impose(conditions: Partial<Conditions>): void;
  close(): void;
}

const DEFAULT_ACCESS_KEY = "embedded";

/** @throws UserError when the file cannot be opened, is no store, or its key file is missing or another store's. */
export function openEngine(options: EngineOptions): Engine {
  const account = options.account ?? "123456789012";
  const region = options.region ?? "us-east-1";
  const database = openDatabase(options.path);
  const master = openMaster(database);
  let conditions = prepare(options);

  const authorize = (call: Call, action: string, resources: readonly string[], path?: string): boolean => {
    const place = { account, region: call.region ?? region };
    return (
      options.authority?.permits({
        ...place,
        accessKeyId: call.accessKeyId ?? DEFAULT_ACCESS_KEY,
        action,
        ...resourceOf(place, action, resources),
        ...(path === undefined ? {} : { parameterArn: parameterArn(place, path) }),
      }) ?? true
    );
  };

  const contextOf = (
    call: Call,
    requestId: string,
    faults: readonly Fault[],
    changed: Context["changed"],
  ): Context => {
    const accessKeyId = call.accessKeyId ?? DEFAULT_ACCESS_KEY;
    const now = Math.trunc(conditions.clock.now());
    const stale = faults.find((fault) => fault.kind === "stale");
    return {
      database,
      master,
      account,
      region: call.region ?? region,
      caller: options.authority?.arnOf(accessKeyId) ?? `arn:aws:iam::${account}:user/${accessKeyId}`,
      requestId,
      now,
      permits: (action, resources, path) =>
        conditions.permits(accessKeyId, action, resources) && authorize(call, action, resources, path),
      strictKeys: options.strictKeys ?? false,
      typeChange: options.typeChange ?? "allow",
      horizon: stale === undefined ? undefined : now - stale.ms,
      page: faults.find((fault) => fault.kind === "page")?.page,
      changed,
    };
  };

  const announce = (events: readonly ChangeEvent[]) => {
    for (const event of events) options.announce?.(event);
  };

  const perform = (call: Call, requestId: string, faults: readonly Fault[]): Outcome => {
    try {
      const operation = operationOf(call);
      const refusal = faults.find((fault) => fault.kind === "refuse");
      if (refusal !== undefined) throw new ServiceError(refusal.code, "This error was asked for.");
      const changes: ChangeEvent[] = [];
      const context = contextOf(call, requestId, faults, (place, change) => {
        changes.push(changeEvent({ ...place, now: context.now }, change));
      });
      if (hasExpired(context)) database.write(() => deleteExpired(context));
      announce(changes.splice(0));
      const run = () => operation.run(context, call.input);
      const body = operation.kind === "write" ? database.write(run) : database.read(run);
      announce(changes);
      return { kind: "done", body };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { kind: "refused", status: error.status, code: error.code, message: error.message };
    }
  };

  const handle = (call: Call): Answer => {
    const requestId = randomUUID();
    if (!conditions.meter(call.operation))
      return { outcome: THROTTLED, requestId, loss: undefined, delay: 0 };
    const faults = conditions.faultsOf(call.operation, call.input);
    const loss = faults.find((fault) => fault.kind === "lose");
    const outcome = loss?.when === "before" ? NOT_DONE : perform(call, requestId, faults);
    const delay = faults.find((fault) => fault.kind === "delay")?.ms ?? 0;
    return { outcome, requestId, loss: loss?.loss, delay };
  };

  return {
    account,
    region,
    handle: (call) => {
      const answer = handle(call);
      options.observe?.(call, answer);
      return answer;
    },
    now: () => new Date(conditions.clock.now()),
    writesElsewhere: () => database.writesElsewhere(),
    impose: (next) => {
      conditions = prepare(next);
    },
    close: () => database.close(),
  };
}

/** A path becomes its ARN, and an ARN stays one; of a key's names the one that is the key's own ARN counts. */
function resourceOf(
  place: { account: string; region: string },
  action: string,
  resources: readonly string[],
): { resource: string; keyNames: readonly string[] } {
  const [first = "*"] = resources;
  if (first === "*") return { resource: first, keyNames: [] };
  if (action.startsWith("ssm:"))
    return { resource: first.startsWith("arn:") ? first : parameterArn(place, first), keyNames: [] };
  return { resource: resources.find((name) => name.includes(":key/")) ?? first, keyNames: resources };
}

const THROTTLED: Outcome = {
  kind: "refused",
  status: 400,
  code: "ThrottlingException",
  message: "Rate exceeded",
};

/** What nobody will see: the call was lost before it was done. */
const NOT_DONE: Outcome = { kind: "done", body: {} };

function openMaster(database: Database): MasterKey {
  try {
    return openMasterKey(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function operationOf({ service, operation }: Call) {
  const operations = OPERATIONS[service];
  const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (found === undefined)
    throw new ServiceError("UnknownOperationException", "This store does not know the operation.");
  return found;
}

function prepare({ denials = [], quotas = [], faults = [], clock = systemClock }: Partial<Conditions>) {
  return {
    clock,
    meter: meterCalls(quotas, clock),
    faultsOf: scheduleFaults(faults),
    permits: (accessKeyId: string, action: string, resources: readonly string[]) =>
      !denials.some(
        (denial) =>
          denial.matchesCaller(accessKeyId) &&
          denial.matchesAction(action) &&
          resources.some((resource) => denial.matchesResource(resource)),
      ),
  };
}
