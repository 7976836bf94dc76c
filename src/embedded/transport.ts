import type { HttpHandlerOptions, HttpRequest, HttpResponse, RequestHandler } from "@smithy/types";
import type { Engine } from "./engine.ts";
import { respond, type WireRequest } from "./wire.ts";

/** What an AWS SDK client takes as its `requestHandler`. */
export interface EmbeddedTransport extends RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions> {
  updateHttpClientConfig(key: string, value: unknown): void;
  httpHandlerConfigs(): { requestTimeout?: number };
  destroy(): void;
}

/**
 * Carries an SDK client's requests to `engine` in this process: the client's serializers, middleware and retries are
 * those that talk to AWS. Serves SSM, STS and KMS clients alike. A `UserError` of the engine (a full disk) rejects the
 * call as it is. `requestTimeout`, milliseconds, is how long a call that hangs is waited for; for ever without.
 */
export function embeddedTransport(
  engine: Engine,
  config: { requestTimeout?: number } = {},
): EmbeddedTransport {
  let { requestTimeout } = config;
  return {
    handle: async (request, options = {}) => {
      const signal = options.abortSignal as AbortSignal | undefined;
      if (signal?.aborted) throw aborted();
      // An answer from the network leaves room for timers and signals; so does this one.
      await new Promise<void>((resolve) => setImmediate(resolve));
      const answer = respond(engine, wireRequest(request));
      const patience = options.requestTimeout ?? requestTimeout ?? Number.POSITIVE_INFINITY;
      if (answer.delay > 0) await pause(Math.min(answer.delay, patience), signal);
      if (answer.delay > patience) throw timedOut();
      switch (answer.delivery) {
        case "reset":
          throw connectionReset();
        case "timeout":
          throw timedOut();
        case "hang":
          await pause(patience, signal);
          throw timedOut();
        case "truncated":
        case "whole": {
          const body = new TextEncoder().encode(answer.body);
          const length = answer.delivery === "whole" ? body.length : Math.floor(body.length / 2);
          const response = {
            statusCode: answer.status,
            headers: { ...answer.headers },
            body: body.slice(0, length),
          };
          return { response };
        }
      }
    },
    updateHttpClientConfig: (key, value) => {
      if (key === "requestTimeout" && typeof value === "number") requestTimeout = value;
    },
    httpHandlerConfigs: () => (requestTimeout === undefined ? {} : { requestTimeout }),
    destroy: () => {},
  };
}

function wireRequest(request: HttpRequest): WireRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const { body } = request;
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body ?? "");
  return { method: request.method, headers, body: text };
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Resolves after `ms`, which may be for ever; the timer keeps the process alive, as an open connection would. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMER_MS));
    const abort = () => {
      clearTimeout(timer);
      reject(aborted());
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}

function aborted(): Error {
  return Object.assign(new Error("the request was aborted"), { name: "AbortError" });
}

function timedOut(): Error {
  return Object.assign(new Error("the request timed out"), { name: "TimeoutError" });
}

/** As the SDK's own HTTP handler reports a reset. */
function connectionReset(): Error {
  return Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });
}
