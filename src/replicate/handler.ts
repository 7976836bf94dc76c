import { UserError } from "../model/error.ts";
import { parsedJson } from "../model/parsed-json.ts";
import { renderFailureLine, renderIgnoredLine, replicationLines } from "../render/replication-line.ts";
import { isRecord, type Place, type Request, readEvent, type SourceChange } from "./change.ts";
import {
  type Again,
  type ReplicateOptions,
  type Replication,
  replicate,
  type ToldAgain,
} from "./replicate.ts";
import { type Count, makeCount, type Tally } from "./tally.ts";
import { type ReplicaSession, sourcesIn } from "./work.ts";

export interface HandlerOptions extends Omit<ReplicateOptions, "stopped"> {
  readonly session: ReplicaSession;
  /** Events of other accounts and regions are not followed. */
  readonly place: Place;
  /** Told of what was done, a JSON object a line; no line holds a value. */
  readonly log: (line: string) => void;
  /** Told of each delivery how much came of it. */
  readonly tally: (tally: Tally) => void;
}

/** What Lambda says of itself beside the event; whoever says it has the handler wait for what can be waited for. */
export interface Invocation {
  getRemainingTimeInMillis(): number;
}

/** Which messages of a batch SQS has to deliver again (Lambda developer guide, "Reporting batch item failures"). */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export type Handler = (event: unknown, invocation?: Invocation) => Promise<BatchAnswer | undefined>;

/** No write is begun with less time left: a request and the lock's release have to fit in. */
export const LEAST_TIME = 15_000;
const FIRST_REST = 1_000;
const LONGEST_REST = 30_000;

/**
 * The Lambda's handler: of an event, a batch of them from a queue, or a schedule. A queue delivers again only after
 * minutes, so a lock, a quiet period and a store that lags are waited for here while there is time. What then still has
 * to be told again is a batch item failure, or for an event that came alone an error, after which Lambda delivers it
 * again.
 */
export function makeHandler({ session, place, log, tally, ...options }: HandlerOptions): Handler {
  const environment = session.config.environment.name;
  const attempt = async (
    asked: readonly Message[],
    stopped: () => "terminated" | null,
    count: Count,
  ): Promise<Attempt> => {
    const changes = asked.flatMap(({ request }) =>
      request.kind === "change" ? [request.change] : sourcesIn(session),
    );
    try {
      const result = await replicate(session, changes, { ...options, stopped });
      for (const line of replicationLines(environment, result)) log(line);
      count.add(result);
      const again = asked
        .map((message) => ({ message, reasons: reasonsFor(message.request, result) }))
        .filter(({ reasons }) => reasons.length > 0);
      const hasFailed = ({ reasons }: (typeof again)[number]) => reasons.some(({ why }) => why === "failed");
      const waits = again.filter((one) => !hasFailed(one));
      const afters = waits.flatMap(({ reasons }) => reasons.flatMap(({ after }) => after ?? []));
      return {
        waits: waits.map(({ message }) => message),
        failed: again.filter(hasFailed).map(({ message }) => message),
        after: Math.min(...afters),
      };
    } catch (error) {
      log(renderFailureLine(environment, error));
      count.addError();
      return { waits: [], failed: asked, after: 0 };
    }
  };

  const deliver = async (
    messages: readonly Message[],
    invocation: Invocation | undefined,
  ): Promise<readonly Message[]> => {
    for (const { request } of messages)
      if (request.kind === "nothing" && request.why !== "no_write") log(renderIgnoredLine(request.why));
    const left = () => invocation?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
    const stopped = () => (left() < LEAST_TIME ? "terminated" : null);
    const count = makeCount();
    const failed: Message[] = [];
    let open: readonly Message[] = messages.filter(({ request }) => request.kind !== "nothing");
    for (let rest = FIRST_REST; open.length > 0; rest = Math.min(rest * 2, LONGEST_REST)) {
      const { waits, after, ...result } = await attempt(open, stopped, count);
      failed.push(...result.failed);
      open = waits;
      const pause = Number.isFinite(after) ? Math.max(after, FIRST_REST) : rest;
      if (open.length === 0 || invocation === undefined || left() < pause + 2 * LEAST_TIME) break;
      await options.sleep(pause);
    }
    const again = [...failed, ...open];
    tally(
      count.tally(
        again.map(({ sent }) => sent),
        session.store.now(),
      ),
    );
    return again;
  };
  return async (event, invocation) => {
    const batch = readBatch(event, place);
    if (batch !== undefined) {
      const again = await deliver(batch, invocation);
      return { batchItemFailures: again.map(({ id }) => ({ itemIdentifier: id })) };
    }
    const alone = { id: "", request: readEvent(event, place), sent: undefined };
    const again = await deliver([alone], invocation);
    if (again.length > 0)
      throw new UserError("the event has to be delivered again", { hint: "the log says why" });
    return undefined;
  };
}

interface Message {
  readonly id: string;
  readonly request: Request;
  /** When it was put into its queue, in milliseconds since 1970. */
  readonly sent: number | undefined;
}

/** What is left of some messages after one attempt. */
interface Attempt {
  /** What another attempt may soon deal with: not before `after` milliseconds, where that is finite. */
  readonly waits: readonly Message[];
  readonly failed: readonly Message[];
  readonly after: number;
}

function readBatch(event: unknown, place: Place): readonly Message[] | undefined {
  if (!isRecord(event) || !Array.isArray(event.Records)) return undefined;
  return event.Records.filter(isRecord).map(({ messageId, body, attributes }) => ({
    id: String(messageId),
    request: readEvent(typeof body === "string" ? parsedJson(body) : undefined, place),
    sent: sentAt(attributes),
  }));
}

/** SQS tells it of every message that it gives to a function. */
function sentAt(attributes: unknown): number | undefined {
  const sent = isRecord(attributes) ? Number(attributes.SentTimestamp) : Number.NaN;
  return Number.isNaN(sent) ? undefined : sent;
}

function isToldAgain({ time }: SourceChange, why: Again): boolean {
  return why !== "early" || time !== undefined;
}

/**
 * A group that is not quiet is told again by its own events, and by the next schedule; a change that the store does not
 * show yet, by the event that says when it was.
 */
function reasonsFor(request: Request, { again }: Replication): ToldAgain[] {
  switch (request.kind) {
    case "nothing":
      return [];
    case "change": {
      const reason = again.get(request.change.name);
      return reason !== undefined && isToldAgain(request.change, reason.why) ? [reason] : [];
    }
    case "reconcile":
      return [...again.values()].filter(({ why }) => why !== "restless" && why !== "early");
  }
}
