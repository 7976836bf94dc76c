import type { ParameterName } from "../model/name.ts";

/** A source that is said to have changed. */
export interface SourceChange {
  readonly name: ParameterName;
  /** The version that the change made, where whoever tells of it knows. */
  readonly version?: number;
  /** When it was made, in milliseconds since 1970. */
  readonly time?: number;
}

/** What a delivery asks for. `nothing` says why it asks for nothing. */
export type Request =
  | { readonly kind: "change"; readonly change: SourceChange }
  | { readonly kind: "reconcile" }
  | { readonly kind: "nothing"; readonly why: "foreign" | "no_write" | "unreadable" };

/** Where the environment's parameters live: events of other places are not followed. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/**
 * What an event of EventBridge asks for: "Parameter Store Change", which names no version; "AWS API Call via
 * CloudTrail" of PutParameter, which does; a schedule. Deletes and labels change no value: what is replicated stays.
 */
export function readEvent(event: unknown, place: Place): Request {
  if (!isRecord(event)) return { kind: "nothing", why: "unreadable" };
  const detail = isRecord(event.detail) ? event.detail : {};
  switch (event["detail-type"]) {
    case "Scheduled Event":
      return { kind: "reconcile" };
    case "Parameter Store Change": {
      const writes = detail.operation === "Create" || detail.operation === "Update";
      return requestOf(event, place, writes, detail.name, undefined, event.time);
    }
    case "AWS API Call via CloudTrail": {
      const [asked, answer] = [detail.requestParameters, detail.responseElements];
      const writes = detail.eventName === "PutParameter" && detail.errorCode === undefined;
      const version = isRecord(answer) ? answer.version : undefined;
      return requestOf(event, place, writes, isRecord(asked) && asked.name, version, detail.eventTime);
    }
    default:
      return { kind: "nothing", why: "unreadable" };
  }
}

function requestOf(
  event: Record<string, unknown>,
  place: Place,
  writes: boolean,
  name: unknown,
  version: unknown,
  at: unknown,
): Request {
  if (event.account !== place.account || event.region !== place.region)
    return { kind: "nothing", why: "foreign" };
  if (!writes) return { kind: "nothing", why: "no_write" };
  if (typeof name !== "string") return { kind: "nothing", why: "unreadable" };
  const time = typeof at === "string" ? Date.parse(at) : Number.NaN;
  const change = {
    name: nameIn(name),
    ...(typeof version === "number" ? { version } : {}),
    ...(Number.isNaN(time) ? {} : { time }),
  };
  return { kind: "change", change };
}

/** CloudTrail has a name as the caller spelled it: also as an ARN, or without its slash. */
function nameIn(text: string): ParameterName {
  const path = /^arn:[^:]*:ssm:[^:]*:\d*:parameter(\/.*)$/.exec(text)?.[1] ?? text;
  return (path.startsWith("/") ? path : `/${path}`) as ParameterName;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
