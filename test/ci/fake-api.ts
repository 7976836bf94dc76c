import type { ServerResponse } from "node:http";
import { jsonServer, type Request } from "../values/json-server.ts";

export interface FakeAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Route = (request: Request, ...groups: readonly string[]) => FakeAnswer;

/** An answer instead of the real one; `after` the request was carried out, as where a connection is lost. */
export interface Mishap {
  /** Of `METHOD path`. */
  readonly on: RegExp;
  readonly answer: FakeAnswer | "lost";
  readonly after?: boolean;
  readonly times?: number;
}

export interface FakeApi {
  readonly url: string;
  /** `METHOD path?query`, in the order they came. */
  readonly calls: string[];
  readonly mishaps: Mishap[];
  /** Seconds since 1970 by the server's clock. */
  now: number;
  close(): Promise<void>;
}

/** Serves `routes` (`METHOD` and a pattern of the path); what no route knows is a 404. */
export async function fakeApi(
  prefix: string,
  isAllowed: (request: Request) => FakeAnswer | undefined,
  routes: readonly (readonly [method: string, path: RegExp, route: Route])[],
): Promise<FakeApi> {
  const used = new Map<Mishap, number>();
  const server = await jsonServer((request, response) => {
    const path = request.url.pathname;
    const call = `${request.method} ${path}${request.url.search}`;
    api.calls.push(call);
    const mishap = api.mishaps.find(
      (each) => each.on.test(call) && (used.get(each) ?? 0) < (each.times ?? 1),
    );
    if (mishap !== undefined) used.set(mishap, (used.get(mishap) ?? 0) + 1);
    const answer = () => isAllowed(request) ?? routed(request);
    if (mishap === undefined) return send(response, answer());
    if (mishap.after === true) answer();
    if (mishap.answer === "lost") return void response.socket?.destroy();
    send(response, mishap.answer);
  });
  const routed = (request: Request): FakeAnswer => {
    if (!request.url.pathname.startsWith(prefix)) return { status: 404, body: { message: "Not Found" } };
    const path = request.url.pathname.slice(prefix.length);
    for (const [method, pattern, route] of routes) {
      const match = method === request.method ? pattern.exec(path) : null;
      if (match !== null) return route(request, ...match.slice(1));
    }
    return { status: 404, body: { message: "Not Found" } };
  };
  const api: FakeApi = {
    url: `${server.url}${prefix}`,
    calls: [],
    mishaps: [],
    now: 1_800_000_000,
    close: () => server.close(),
  };
  return api;
}

/** One page of a list, with the Link header to the next as both services give it. */
export function paged(
  request: Request,
  origin: string,
  entries: readonly unknown[],
  most: number,
): FakeAnswer {
  const size = Math.min(Number(request.url.searchParams.get("per_page") ?? 30), most);
  const page = Number(request.url.searchParams.get("page") ?? 1);
  const isLast = page * size >= entries.length;
  const url = new URL(`${request.url.pathname}${request.url.search}`, origin);
  const link = (rel: string, to: number) => {
    url.searchParams.set("page", String(to));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link("prev", page - 1)] : []),
    ...(isLast ? [] : [link("next", page + 1), link("last", Math.ceil(entries.length / size))]),
  ];
  return {
    status: 200,
    body: entries.slice((page - 1) * size, page * size),
    ...(links.length === 0 ? {} : { headers: { link: links.join(", ") } }),
  };
}

export function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

function send(response: ServerResponse, { status, body, headers }: FakeAnswer): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
}
