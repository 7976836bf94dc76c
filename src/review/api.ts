import { UserError } from "../model/error.ts";
import { jsonAnswer } from "../model/json-answer.ts";
import type { Secret } from "../model/secret.ts";

/** The API of a code host, spoken to with one token. */
export interface Api {
  /** As errors name it: `GitHub`. */
  readonly name: string;
  /** Paths go below it; it ends with a slash. */
  readonly address: string;
  readonly token: Secret;
  /** Made anew for each request, so that the token's text is held no longer than that. */
  readonly headers: (token: string) => Readonly<Record<string, string>>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Of one request, in milliseconds. */
  readonly timeout: number;
}

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

export interface Call {
  readonly method: Method;
  /** Below the address, encoded, with its query. */
  readonly path: string;
  readonly body?: unknown;
  /** As errors name it: `the comments of pull request 7`. */
  readonly what: string;
  /** It changes nothing, though it is a POST. */
  readonly isRead?: true;
  /** A 404 is an answer, and no refusal. */
  readonly mayLack?: true;
}

/** A POST whose answer was lost: it may have been carried out, so it is not sent again before somebody has looked. */
export class AnswerLost extends UserError {
  constructor(api: Api, what: string) {
    super(`${api.name} did not say what became of ${what}`, {
      hint: "run it again: it looks first what is there",
    });
    this.name = "AnswerLost";
  }
}

const TRIES = 4;
const FIRST_PAUSE = 500;
/** The longest that is waited for a rate limit to pass; GitHub asks for a minute where it names no time. */
const LONGEST_PAUSE = 60_000;
const LARGEST_BYTES = 32 * 2 ** 20;
const MOST_PAGES = 200;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** `undefined` for what is no JSON. */
  readonly body: unknown;
}

/**
 * One call, again after a refused one whose time has come, and after a lost or failed one unless it is a POST that
 * changes something. Redirects are refused: the token would go along. Nothing that the server says is passed on. @throws UserError, AnswerLost
 */
export async function callApi(api: Api, call: Call): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await send(api, call);
    const isLast = tries === TRIES;
    if (answer === undefined || answer.status >= 500) {
      if (call.method === "POST" && call.isRead !== true) throw new AnswerLost(api, call.what);
      if (isLast) throw outOfReach(api, call, answer?.status);
      await api.sleep(FIRST_PAUSE * 2 ** (tries - 1));
      continue;
    }
    if (answer.status >= 200 && answer.status < 300) return answer;
    if (answer.status === 404 && call.mayLack === true) return answer;
    const pause = pauseOf(answer, Date.now());
    if (pause === undefined) throw refusal(api, call, answer.status);
    if (isLast || pause > LONGEST_PAUSE) throw tooMany(api, call, pause);
    await api.sleep(pause);
  }
}

/** All pages of a list, in the order of the server. @throws UserError */
export async function listAll(api: Api, path: string, what: string): Promise<readonly unknown[]> {
  const entries: unknown[] = [];
  let next: string | undefined = path;
  for (let page = 0; next !== undefined; page += 1) {
    if (page === MOST_PAGES) throw new UserError(`${what} are more than ${MOST_PAGES} pages`);
    const { body, headers }: Answer = await callApi(api, { method: "GET", path: next, what });
    if (!Array.isArray(body)) throw notItsOwn(api, what);
    entries.push(...body);
    next = nextPage(api, headers.get("link") ?? "", what);
  }
  return entries;
}

/** The error for an answer that the service itself would not have given. */
export function notItsOwn({ name }: Api, what: string): UserError {
  return new UserError(`the answer for ${what} is not one of ${name}`, {
    hint: "check the address of the API: a proxy or another service may have answered",
  });
}

/** `undefined` where no whole answer came. */
async function send(api: Api, { method, path, body }: Call): Promise<Answer | undefined> {
  try {
    const response = await fetch(new URL(path, api.address), {
      method,
      headers: {
        ...api.headers(api.token.expose()),
        "user-agent": "paraform",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      redirect: "manual",
      signal: AbortSignal.timeout(api.timeout),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await jsonAnswer(response, LARGEST_BYTES);
    return {
      status: response.status,
      headers: response.headers,
      body: answer.kind === "json" ? answer.body : undefined,
    };
  } catch {
    return undefined;
  }
}

/**
 * Milliseconds until it may be tried again, for what a rate limit refused: as `retry-after` or `x-ratelimit-reset`
 * say, else a minute. `undefined` for any other refusal. GitHub answers 403 or 429 and tells its secondary limit by
 * the message alone; GitLab answers 429.
 */
function pauseOf({ status, headers, body }: Answer, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = headers.get("retry-after");
  if (after !== null && /^\d{1,6}$/.test(after)) return Number(after) * 1000;
  const reset = headers.get("x-ratelimit-reset") ?? headers.get("ratelimit-reset");
  const isSpent = headers.get("x-ratelimit-remaining") === "0" || status === 429;
  if (isSpent && reset !== null && /^\d{1,12}$/.test(reset)) return Math.max(0, Number(reset) * 1000 - now);
  return isSpent || isSecondary(body) ? LONGEST_PAUSE : undefined;
}

function isSecondary(body: unknown): boolean {
  const message = typeof body === "object" && body !== null && "message" in body ? body.message : undefined;
  return typeof message === "string" && /secondary rate limit|abuse detection/i.test(message);
}

/** The `rel="next"` of a Link header (RFC 8288), as a path of the same API. @throws UserError for one that leads elsewhere */
function nextPage(api: Api, link: string, what: string): string | undefined {
  const target = /<([^<>]*)>\s*;[^,<]*\brel="?next"?/.exec(link)?.[1];
  if (target === undefined) return undefined;
  if (URL.canParse(target, api.address)) {
    const url = new URL(target, api.address);
    if (url.origin === new URL(api.address).origin) return url.href;
  }
  throw new UserError(`the next page of ${what} is somewhere else`, {
    hint: "check the address of the API: its token is sent nowhere else",
  });
}

function outOfReach({ name }: Api, { what }: Call, status: number | undefined): UserError {
  const how = status === undefined ? "cannot be reached" : `answers ${status}`;
  return new UserError(`${name} ${how} for ${what}, ${TRIES} times`, { hint: "run it again later" });
}

function tooMany({ name }: Api, { what }: Call, pause: number): UserError {
  return new UserError(`${name} takes no more requests for now: ${what}`, {
    hint: `its rate limit lifts in ${Math.ceil(pause / 1000)}s`,
  });
}

function refusal({ name }: Api, { what, method, isRead }: Call, status: number): UserError {
  if (status === 401) {
    return new UserError(`${name} does not know the token (401)`, { hint: "it may be wrong or expired" });
  }
  if (status === 403 || status === 404) {
    const right = method === "GET" || isRead === true ? "read" : "write";
    return new UserError(`${name} refuses ${what} (${status})`, {
      hint: `the token may not ${right} it, or it does not exist; a fork's pull request has no token that may write`,
    });
  }
  if (status >= 300 && status < 400) {
    const hint = "give the address that it leads to: a token does not follow a redirect";
    return new UserError(`${name} redirects elsewhere (${status})`, { hint });
  }
  if (status === 413 || status === 422) {
    return new UserError(`${name} takes ${what} for invalid (${status})`, {
      hint: "its text may be too long, or the discussion locked",
    });
  }
  return new UserError(`${name} cannot serve ${what} (${status})`, { hint: "check the address of its API" });
}
