import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import {
  GetParameterCommand,
  GetParameterHistoryCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { afterFile } from "./after-file.ts";
import { start } from "./binary.ts";
import { DUMMY_CREDENTIALS, scratchFolder } from "./binary-project.ts";

/** `paraform local` of the built program on a free port, ended after the tests of this file. */
export interface LocalServer {
  readonly url: string;
  /** What somebody else sees and does there. */
  inRegion(region: string): Onlooker;
}

export interface Onlooker {
  put(name: string, value: string, more?: Partial<PutParameterCommandInput>): Promise<void>;
  value(name: string): Promise<string | undefined>;
  /** How often it was written. */
  version(name: string): Promise<number>;
}

export async function startLocalServer(flags: readonly string[] = []): Promise<LocalServer> {
  const server = start(["local", "--port", "0", ...flags], { cwd: scratchFolder() });
  afterFile(() => {
    server.kill("SIGTERM");
    return server.finished;
  });
  const [, url = ""] = await server.until("stdout", /on (http:\S+)\n/);
  return { url, inRegion: (region) => onlooker(url, region) };
}

function onlooker(endpoint: string, region: string): Onlooker {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = DUMMY_CREDENTIALS;
  const client = new SSMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  return {
    put: async (name, value, more = {}) => {
      const input = { Name: name, Value: value, Type: "SecureString", Overwrite: true } as const;
      await client.send(new PutParameterCommand({ ...input, ...more }));
    },
    value: async (name) => {
      const command = new GetParameterCommand({ Name: name, WithDecryption: true });
      return (await client.send(command).catch(orAbsent))?.Parameter?.Value;
    },
    version: async (name) => {
      const history = await client.send(new GetParameterHistoryCommand({ Name: name })).catch(orAbsent);
      return Math.max(0, ...(history?.Parameters ?? []).map(({ Version = 0 }) => Version));
    },
  };
}

function orAbsent(error: unknown): undefined {
  if (error instanceof Error && error.name === "ParameterNotFound") return undefined;
  throw error;
}

/** Stands before a server, sees every request and can hold an answer back; what goes wrong behind it shows before it. */
export interface Gate {
  readonly url: string;
  /** `PutParameter /app/x`, in the order they came. */
  readonly requests: readonly string[];
  /** Requests that change something. */
  readonly writes: readonly string[];
  /** Resolves when the server has done what this request, the first of its kind, asks for; its answer waits for `release`. */
  hold(request: string): Promise<() => void>;
  /** From now on such requests do not reach the server: this is what they are answered. */
  answer(request: string, status: number, body: (request: string) => string): void;
}

export async function openGate(upstream: string): Promise<Gate> {
  const requests: string[] = [];
  const holds = new Map<string, (release: () => void) => void>();
  const answers = new Map<string, (body: string, response: ServerResponse) => void>();
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await text(incoming);
      const what = describe(incoming, body);
      requests.push(what);
      const ready = answers.get(what);
      if (ready !== undefined) return ready(body, outgoing);
      const answer = await forward(upstream, incoming, body);
      const held = holds.get(what);
      holds.delete(what);
      if (held !== undefined) await new Promise<void>((release) => held(release));
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      await pipeline(answer, outgoing);
    })().catch(() => incoming.socket.resetAndDestroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  afterFile(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get writes() {
      return requests.filter((what) => /^(Put|Delete|Add|Remove|Label)/.test(what));
    },
    answer: (what, status, write) => {
      answers.set(what, (body, response) => {
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(write(body));
      });
    },
    hold: (what) => new Promise((resolve) => holds.set(what, resolve)),
  };
}

function describe({ headers }: IncomingMessage, body: string): string {
  const operation = headers["x-amz-target"]?.toString().split(".")[1];
  if (operation === undefined) return new URLSearchParams(body).get("Action") ?? "unknown";
  const { Name } = JSON.parse(body) as { Name?: string };
  return Name === undefined ? operation : `${operation} ${Name}`;
}

function forward(
  upstream: string,
  { method, headers }: IncomingMessage,
  body: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(upstream, { method, headers }, resolve).once("error", reject).end(body);
  });
}
