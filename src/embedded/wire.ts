import { randomUUID } from "node:crypto";
import type { Answer, Call, Engine, Outcome } from "./engine.ts";
import type { Service } from "./operations.ts";

/** An HTTP request as both the in-process transport and the server have it; header names in lower case. */
export interface WireRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** How an answer leaves: whole, its first half only, or not at all. */
export type Delivery = "whole" | "truncated" | "reset" | "timeout" | "hang";

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly delivery: Delivery;
  /** Milliseconds to wait before it leaves. */
  readonly delay: number;
}

/** AWS's target prefixes; STS speaks the older query protocol and has none. */
const TARGETS: Readonly<Record<string, Service>> = { AmazonSSM: "ssm", TrentService: "kms" };

/**
 * The whole protocol: AWS JSON 1.1 for SSM and KMS, the query protocol for STS. Signatures are not verified; access
 * key and region are read from the Authorization header's credential scope.
 * @throws UserError when the file or its disk fails
 */
export function respond(engine: Engine, request: WireRequest): WireResponse {
  const call = readCall(request);
  if ("refused" in call) return write(engine, call.protocol, call.refused);
  return write(engine, call.service === "sts" ? "query" : "json", engine.handle(call));
}

/** What the server answers when the engine itself failed. */
export function respondWithFailure(engine: Engine): WireResponse {
  return write(engine, "json", refusal("InternalServerError", "An error occurred on the server side.", 500));
}

type Protocol = "json" | "query";

interface Refused {
  readonly protocol: Protocol;
  readonly refused: Answer;
}

function readCall(request: WireRequest): Call | Refused {
  const target = request.headers["x-amz-target"];
  const protocol = target === undefined && isForm(request) ? "query" : "json";
  const read = protocol === "query" ? readForm(request.body) : readTarget(target ?? "", request.body);
  const scope = readScope(request.headers.authorization);
  const refuse = (code: string, message: string, status?: number): Refused => ({
    protocol,
    refused: refusal(code, message, status),
  });
  if (request.method !== "POST" || read === "unknown") {
    return refuse(
      protocol === "query" ? "InvalidAction" : "UnknownOperationException",
      "The operation is not known.",
    );
  }
  if (scope === undefined) {
    return protocol === "query"
      ? refuse("MissingAuthenticationToken", "Missing Authentication Token", 403)
      : refuse("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  if (read === "garbage") return refuse("SerializationException", "The request body is not JSON.");
  return { ...read, ...scope };
}

type Read = Pick<Call, "service" | "operation" | "input"> | "unknown" | "garbage";

function readTarget(target: string, body: string): Read {
  const dot = target.indexOf(".");
  const prefix = target.slice(0, dot);
  const service = Object.hasOwn(TARGETS, prefix) ? TARGETS[prefix] : undefined;
  if (service === undefined) return "unknown";
  try {
    return { service, operation: target.slice(dot + 1), input: body === "" ? {} : JSON.parse(body) };
  } catch {
    return "garbage";
  }
}

function readForm(body: string): Read {
  const form = new URLSearchParams(body);
  const operation = form.get("Action");
  if (operation === null || form.get("Version") !== "2011-06-15") return "unknown";
  return { service: "sts", operation, input: {} };
}

function isForm({ headers }: WireRequest): boolean {
  return headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
}

/** `Credential=<access key>/<date>/<region>/<service>/aws4_request` of a SigV4 header. */
function readScope(authorization: string | undefined): { accessKeyId: string; region: string } | undefined {
  const match = /Credential=([\w.-]{1,128})\/\d{8}\/([a-z0-9-]{1,64})\/[a-z0-9-]+\/aws4_request/.exec(
    authorization ?? "",
  );
  const [, accessKeyId, region] = match ?? [];
  return accessKeyId === undefined || region === undefined ? undefined : { accessKeyId, region };
}

function refusal(code: string, message: string, status = 400): Answer {
  return {
    outcome: { kind: "refused", status, code, message },
    requestId: randomUUID(),
    loss: undefined,
    delay: 0,
  };
}

const PROXY_PAGE =
  "<!DOCTYPE html>\n<html><head><title>Proxy</title></head><body><h1>Please sign in</h1></body></html>\n";
const INTERNAL = "We encountered an internal error. Please try again.";

function write(engine: Engine, protocol: Protocol, answer: Answer): WireResponse {
  const { outcome, requestId, loss, delay } = answer;
  const send = (status: number, type: string, body: string, delivery: Delivery = "whole"): WireResponse => ({
    status,
    headers: {
      "content-type": type,
      "content-length": String(Buffer.byteLength(body)),
      date: engine.now().toUTCString(),
      "x-amzn-requestid": requestId,
    },
    body,
    delivery,
    delay,
  });
  const type = protocol === "query" ? "text/xml" : "application/x-amz-json-1.1";
  const encode = protocol === "query" ? encodeXml : encodeJson;
  const fail = (status: number, code: string) =>
    send(status, type, encode({ kind: "refused", status, code, message: INTERNAL }, requestId));
  switch (loss) {
    case "html":
      return send(200, "text/html", PROXY_PAGE);
    case "500":
      return fail(500, "InternalServerError");
    case "503":
      return fail(503, "ServiceUnavailable");
    default: {
      const status = outcome.kind === "done" ? 200 : outcome.status;
      return send(status, type, encode(outcome, requestId), loss);
    }
  }
}

function encodeJson(outcome: Outcome): string {
  return JSON.stringify(
    outcome.kind === "done" ? outcome.body : { __type: outcome.code, message: outcome.message },
  );
}

const STS = "https://sts.amazonaws.com/doc/2011-06-15/";

function encodeXml(outcome: Outcome, requestId: string): string {
  if (outcome.kind === "refused") {
    const error =
      element("Type", "Sender") + element("Code", outcome.code) + element("Message", outcome.message);
    return `<ErrorResponse xmlns="${STS}"><Error>${error}</Error>${element("RequestId", requestId)}</ErrorResponse>\n`;
  }
  const members = Object.entries(outcome.body).map(([name, value]) => element(name, String(value)));
  const result = `<GetCallerIdentityResult>${members.join("")}</GetCallerIdentityResult>`;
  const metadata = `<ResponseMetadata>${element("RequestId", requestId)}</ResponseMetadata>`;
  return `<GetCallerIdentityResponse xmlns="${STS}">${result}${metadata}</GetCallerIdentityResponse>\n`;
}

function element(name: string, text: string): string {
  const escaped = text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<${name}>${escaped}</${name}>`;
}
