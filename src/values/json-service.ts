import { systemCode } from "../config/json-file.ts";
import { UserError } from "../model/error.ts";
import { jsonAnswer, type JsonAnswer as Received } from "../model/json-answer.ts";
import type { SourceContext } from "./source.ts";

const LARGEST_MIB = 8;
const TRIES = 4;
const FIRST_PAUSE = 250;

/** A server that answers GETs with JSON. */
export interface JsonService {
  /** As errors name it: `Vault`. */
  readonly name: string;
  /** Requests go below it. */
  readonly address: string;
  /** Made anew for each request, so that a token's text is held no longer than that. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** The environment variable with the token. */
  readonly tokenVariable: string;
}

/** `missing` is a 404, whose body tells whether the service itself said so. */
export interface JsonAnswer {
  readonly kind: "found" | "missing";
  readonly body: unknown;
}

/**
 * GETs `path` (below the address, encoded, with its query); again after a lost connection, a 429 or a 5xx.
 * `what` is what errors say was asked for. Redirects are not followed: the token would go along.
 * @throws UserError in our words for every answer but 200 and 404
 */
export async function getJson(
  service: JsonService,
  path: string,
  what: string,
  { clock, requestTimeout }: Pick<SourceContext, "clock" | "requestTimeout">,
): Promise<JsonAnswer> {
  const url = new URL(path, service.address.replace(/\/?$/, "/"));
  for (let tries = 1; ; tries += 1) {
    const outcome = await getOnce(url, service, requestTimeout);
    const trouble = troubleOf(outcome);
    if (trouble === undefined) return answerOf(outcome as Answered, service, what);
    if (tries === TRIES) {
      const hint = "check its address, the network and the server; nothing is taken for absent meanwhile";
      throw new UserError(`${service.name} ${trouble}, ${TRIES} times`, { hint });
    }
    await clock.sleep(FIRST_PAUSE * 2 ** (tries - 1) * (0.5 + Math.random() / 2));
  }
}

interface Answered {
  readonly kind: "answered";
  readonly status: number;
  readonly received: Received;
}
type Outcome = Answered | { readonly kind: "lost"; readonly code: string };

async function getOnce(url: URL, { headers }: JsonService, timeout: number): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      headers: headers(),
      redirect: "manual",
      signal: AbortSignal.timeout(timeout),
    });
    return {
      kind: "answered",
      status: response.status,
      received: await jsonAnswer(response, LARGEST_MIB * 2 ** 20),
    };
  } catch (error) {
    return { kind: "lost", code: codeOf(error) };
  }
}

/** Why it is worth another try. */
function troubleOf(outcome: Outcome): string | undefined {
  if (outcome.kind === "lost") return `could not be reached (${outcome.code})`;
  return outcome.status === 429 || outcome.status >= 500 ? `answered ${outcome.status}` : undefined;
}

function answerOf(
  { status, received }: Answered,
  { name, tokenVariable }: JsonService,
  what: string,
): JsonAnswer {
  if (status === 401 || status === 403) {
    const hint = `check ${tokenVariable}: it may be wrong, expired, or not allowed to read this`;
    throw new UserError(`${name} refuses to show ${what} (${status})`, { hint });
  }
  if (status >= 300 && status < 400) {
    const hint = "give the address that it leads to: a token does not follow a redirect";
    throw new UserError(`${name} redirects elsewhere (${status})`, { hint });
  }
  if (status !== 200 && status !== 404)
    throw new UserError(`${name} cannot show ${what} (${status})`, { hint: "check the source's config" });
  if (received.kind === "too_large")
    throw new UserError(`${name} answers more than ${LARGEST_MIB} MiB for ${what}`, {
      hint: "check the address, and what is stored there: a value has a few kilobytes at most",
    });
  if (received.kind === "other") throw notItsOwn(name, what);
  return { kind: status === 200 ? "found" : "missing", body: received.body };
}

/** The error for an answer that the service itself would not have given. */
export function notItsOwn(name: string, what: string): UserError {
  return new UserError(`the answer for ${what} is not one of ${name}`, {
    hint: "check the address: a proxy or another service may have answered",
  });
}

/** What the network said: fetch hides it in a cause. */
function codeOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "ETIMEDOUT";
  const code = systemCode(error instanceof Error && error.cause !== undefined ? error.cause : error);
  return /^[A-Z][A-Z0-9_]{2,59}$/.test(code) ? code : "unknown";
}
