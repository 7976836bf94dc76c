import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, systemClock } from "../../src/store/clock.ts";
import type { Connection } from "../../src/store/connection.ts";
import { UNLIMITED } from "../../src/store/rates.ts";
import { ssmStore } from "../../src/store/ssm.ts";
import type { Store } from "../../src/store/store.ts";
import { throttle } from "../../src/store/throttle.ts";

/** A request as AWS's JSON protocol carries it. */
export interface Received {
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

export type Answer = (request: Received, response: ServerResponse, count: number) => void;

export interface FakeServer {
  readonly url: string;
  readonly received: Received[];
  close(): Promise<void>;
}

/** An HTTP server on loopback that answers as a test says; `count` is the number of requests before this one. */
export async function fakeServer(answer: Answer): Promise<FakeServer> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const operation = String(request.headers["x-amz-target"] ?? "").replace("AmazonSSM.", "");
    const body = await bodyOf(request);
    const input = operation === "" ? { body } : (JSON.parse(body) as Record<string, unknown>);
    const one = { operation, input };
    received.push(one);
    answer(one, response, received.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1", ...headers });
  response.end(JSON.stringify(body));
}

export function refuse(response: ServerResponse, type: string, message = "", status = 400): void {
  json(response, { __type: type, message }, status);
}

export function connectionTo(endpoint: string, requestTimeout = 30_000): Connection {
  return {
    region: "eu-west-1",
    credentials: { accessKeyId: "dummy", secretAccessKey: "dummy" },
    endpoint,
    requestTimeout,
  };
}

export function storeAt(
  endpoint: string,
  { requestTimeout, clock = hastyClock() }: { requestTimeout?: number; clock?: Clock } = {},
): Store {
  return ssmStore(connectionTo(endpoint, requestTimeout), throttle(UNLIMITED, clock));
}

/** Sleeps take no time, and yet pass: for requests that come one after the other. */
export function hastyClock(): Clock {
  let slept = 0;
  return {
    now: () => systemClock.now() + slept,
    sleep: async (milliseconds) => {
      slept += milliseconds;
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
