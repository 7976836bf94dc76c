import { UserError } from "../model/error.ts";
import { renderFailureLine, renderIgnoredLine, replicationLines } from "../render/replication-line.ts";
import { isRecord, type Place, type Request, readEvent, type SourceChange } from "./change.ts";
import { type Again, type ReplicateOptions, type Replication, replicate } from "./replicate.ts";
import { type ReplicaSession, sourcesIn } from "./work.ts";

export interface HandlerOptions extends Omit<ReplicateOptions, "stopped"> {
  readonly session: ReplicaSession;
  /** Events of other accounts and regions are not followed. */
  readonly place: Place;
  /** Told of what was done, a JSON object a line; no line holds a value. */
  readonly log: (line: string) => void;
}

/** What Lambda says of itself beside the event. */
export interface Invocation {
  getRemainingTimeInMillis(): number;
}

/** Which messages of a batch SQS has to deliver again (Lambda developer guide, "Reporting batch item failures"). */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export type Handler = (event: unknown, invocation?: Invocation) => Promise<BatchAnswer | undefined>;

/** No write is begun with less time left: a request and the lock's release have to fit in. */
const LEAST_TIME = 15_000;

/**
 * The Lambda's handler: of an event, a batch of them from a queue, or a schedule. What has to be told again is a batch
 * item failure, or for an event that came alone an error, after which Lambda delivers it again.
 */
export function makeHandler({ session, place, log, ...options }: HandlerOptions): Handler {
  const deliver = async (
    messages: readonly Message[],
    invocation: Invocation | undefined,
  ): Promise<readonly Message[]> => {
    for (const { request } of messages)
      if (request.kind === "nothing" && request.why !== "no_write") log(renderIgnoredLine(request.why));
    const stopped = () =>
      invocation !== undefined && invocation.getRemainingTimeInMillis() < LEAST_TIME ? "terminated" : null;
    const asked = messages.filter(({ request }) => request.kind !== "nothing");
    const changes = asked.flatMap(({ request }) =>
      request.kind === "change" ? [request.change] : sourcesIn(session),
    );
    try {
      const result = await replicate(session, changes, { ...options, stopped });
      for (const line of replicationLines(session.config.environment.name, result)) log(line);
      return asked.filter(({ request }) => hasToBeToldAgain(request, result));
    } catch (error) {
      log(renderFailureLine(session.config.environment.name, error));
      return asked;
    }
  };
  return async (event, invocation) => {
    const batch = readBatch(event, place);
    if (batch !== undefined) {
      const again = await deliver(batch, invocation);
      return { batchItemFailures: again.map(({ id }) => ({ itemIdentifier: id })) };
    }
    const again = await deliver([{ id: "", request: readEvent(event, place) }], invocation);
    if (again.length > 0)
      throw new UserError("the event has to be delivered again", { hint: "the log says why" });
    return undefined;
  };
}

interface Message {
  readonly id: string;
  readonly request: Request;
}

function readBatch(event: unknown, place: Place): readonly Message[] | undefined {
  if (!isRecord(event) || !Array.isArray(event.Records)) return undefined;
  return event.Records.filter(isRecord).map(({ messageId, body }) => ({
    id: String(messageId),
    request: readEvent(parse(body), place),
  }));
}

function parse(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}

function isToldAgain({ version }: SourceChange, why: Again | undefined): boolean {
  return why !== undefined && (why !== "early" || version !== undefined);
}

/**
 * A group that is not quiet is told again by its own events, and by the next schedule; a version that the store does not
 * show yet, by the event that names one.
 */
function hasToBeToldAgain(request: Request, { again }: Replication): boolean {
  switch (request.kind) {
    case "nothing":
      return false;
    case "change":
      return isToldAgain(request.change, again.get(request.change.name)?.why);
    case "reconcile":
      return [...again.values()].some(({ why }) => why !== "restless" && why !== "early");
  }
}
