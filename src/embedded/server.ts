import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../model/error.ts";
import type { Engine } from "./engine.ts";
import { respond, respondWithFailure, type WireResponse } from "./wire.ts";

export interface Server {
  /** `http://127.0.0.1:4566` */
  readonly url: string;
  /** Ends all connections, also those that wait for an answer that never comes. */
  close(): Promise<void>;
}

/** The largest request of Parameter Store is far below; more is not read. */
const LARGEST_BODY = 4 * 1024 * 1024;
const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/**
 * Serves `engine` on loopback to any AWS client; `port` 0 takes a free one.
 * @throws UserError when `host` is not loopback (there is no access control) or the port cannot be had
 */
export async function serve(
  engine: Engine,
  { port, host = "127.0.0.1" }: { port: number; host?: string },
): Promise<Server> {
  if (!LOOPBACK.has(host)) {
    throw new UserError("the embedded store is served on loopback only", {
      hint: "use 127.0.0.1: whoever reaches the port may read every value",
    });
  }
  const server = createServer((request, response) => void answer(engine, request, response));
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const code = "code" in error && typeof error.code === "string" ? error.code : "unknown";
      reject(
        new UserError(`port ${port} cannot be served (${code})`, {
          hint: "name another port, or 0 for a free one",
        }),
      );
    });
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      resolve({
        url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

/** A page in a browser on this machine may be made to call a name that leads here: only loopback's own names are served. */
function isMeantForLoopback({ headers }: IncomingMessage): boolean {
  const url = `http://${headers.host ?? "localhost"}`;
  return URL.canParse(url) && LOOPBACK.has(new URL(url).hostname.replace(/^\[|\]$/g, ""));
}

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isMeantForLoopback(request)) {
    response.writeHead(421, { connection: "close" }).end();
    return;
  }
  const body = await readBody(request).catch(() => undefined);
  if (body === undefined) {
    response.writeHead(413, { connection: "close" }).end();
    return;
  }
  deliver(response, respondSafely(engine, request, body));
}

function respondSafely(engine: Engine, request: IncomingMessage, body: string): WireResponse {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );
  try {
    return respond(engine, { method: request.method ?? "", headers, body });
  } catch {
    return respondWithFailure(engine);
  }
}

function deliver(response: ServerResponse, answer: WireResponse): void {
  const send = () => {
    switch (answer.delivery) {
      case "reset":
        response.socket?.resetAndDestroy();
        return;
      case "timeout":
      case "hang":
        return;
      case "truncated": {
        const body = Buffer.from(answer.body);
        response.writeHead(answer.status, answer.headers);
        response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
        return;
      }
      case "whole":
        response.writeHead(answer.status, answer.headers).end(answer.body);
    }
  };
  if (answer.delay > 0) setTimeout(send, answer.delay);
  else send();
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new RangeError("the body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
