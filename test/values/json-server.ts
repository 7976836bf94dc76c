import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../src/store/clock.ts";

export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Answer = (request: Request, response: ServerResponse, count: number) => void;

export interface JsonServer {
  readonly url: string;
  /** Method and path with query, as they came. */
  readonly requests: readonly Request[];
  close(): Promise<void>;
}

/** A server on loopback; `count` is the number of requests before this one. */
export async function jsonServer(answer: Answer): Promise<JsonServer> {
  const requests: Request[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = "", url = "/", headers } = incoming;
    const body = Buffer.concat(chunks).toString("utf8");
    const request = { method, url: new URL(url, "http://localhost"), headers, body };
    requests.push(request);
    answer(request, response, requests.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function reply(response: ServerResponse, status: number, body: unknown, type = "application/json") {
  response.writeHead(status, { "content-type": type });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** What may come back in the place of an answer; each quotes the canary wherever it can. */
export const MISHAPS: Readonly<Record<string, (response: ServerResponse, canary: string) => void>> = {
  "no answer at all": () => {},
  "an answer that stops half-way": (response, canary) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write(`{"${canary}": `);
  },
  "a reset": (response) => response.socket?.destroy(),
  "a login page": (response, canary) => reply(response, 200, `<html>${canary}</html>`, "text/html"),
  "broken JSON": (response, canary) => reply(response, 200, `{"${canary}": ["${canary}"`),
  "another service's JSON": (response, canary) => reply(response, 200, { [canary]: canary }),
  "a list of nothing that is known": (response, canary) =>
    reply(response, 200, [canary, { [canary]: 1 }, null]),
  "JSON that is not UTF-8": (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(Buffer.from([0x22, 0xff, 0x22]));
  },
  "a 404 of a proxy": (response, canary) => reply(response, 404, `<html>${canary}</html>`, "text/html"),
  "a redirect": (response, canary) => {
    response.writeHead(307, { location: `http://127.0.0.1:9/${canary}` });
    response.end();
  },
  "a 400": (response, canary) => reply(response, 400, { message: canary, errors: [canary], __type: canary }),
  "a 500": (response, canary) => reply(response, 500, { message: canary, errors: [canary], __type: canary }),
};

/** Sleeps take no time. */
export const hasty: Clock = { now: () => 0, sleep: async () => {} };
