import { request as httpRequest, type RequestOptions } from "node:http";
import { connect } from "node:net";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, onTestFinished, test } from "vitest";
import { fixedClock } from "../../src/embedded/clock.ts";
import { parseFault } from "../../src/embedded/conditions.ts";
import type { Engine } from "../../src/embedded/engine.ts";
import { type Server, serve } from "../../src/embedded/server.ts";
import { respond } from "../../src/embedded/wire.ts";
import { UserError } from "../../src/model/error.ts";
import { memoryEngine } from "./clients.ts";
import { codeOf } from "./outcome.ts";

const AUTHORIZATION =
  "AWS4-HMAC-SHA256 Credential=tester/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0";

async function served(engine: Engine): Promise<Server> {
  const server = await serve(engine, { port: 0 });
  onTestFinished(() => server.close());
  return server;
}

interface Reply {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

function send(url: string, body: string | Buffer, options: RequestOptions = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: "POST", ...options }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: text }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

const target = (operation: string) => ({ "x-amz-target": operation, authorization: AUTHORIZATION });

function ssmAt(url: string): SSMClient {
  const credentials = { accessKeyId: "tester", secretAccessKey: "dummy" };
  return new SSMClient({ endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 });
}

describe("the server", () => {
  test("answers an SDK client over keep-alive, with values of every size and script", async () => {
    const { url } = await served(memoryEngine());
    const ssm = ssmAt(url);
    for (const [name, value] of [
      ["/a/small", "v"],
      ["/a/unicode", 'pässwörd €😀 \n\t"\\'],
      ["/a/large", "v".repeat(8192)],
    ] as const) {
      await ssm.send(
        new PutParameterCommand({ Name: name, Value: value, Type: "SecureString", Tier: "Advanced" }),
      );
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      expect(Parameter?.Value).toBe(value);
    }
    ssm.destroy();
  });

  test("speaks the query protocol to STS", async () => {
    const { url } = await served(memoryEngine());
    const credentials = { accessKeyId: "tester", secretAccessKey: "dummy" };
    const sts = new STSClient({ endpoint: url, region: "us-east-1", credentials });
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: "123456789012" });
    sts.destroy();
  });

  test("gives the bytes that the in-process transport gives", async () => {
    const engine = memoryEngine({ clock: fixedClock(Date.parse("2026-01-01T00:00:00Z")) });
    const { url } = await served(engine);
    const headers = target("AmazonSSM.GetParameter");
    const body = '{"Name":"/none"}';
    const direct = respond(engine, { method: "POST", headers, body });
    const overHttp = await send(url, body, { headers });
    expect(overHttp.status).toBe(direct.status);
    expect(overHttp.body).toBe(direct.body);
    const { "x-amzn-requestid": _id, ...expected } = direct.headers;
    expect(overHttp.headers).toMatchObject(expected);
    expect(overHttp.headers.date).toBe("Thu, 01 Jan 2026 00:00:00 GMT");
    expect(overHttp.headers["x-amzn-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  const garbage: [
    what: string,
    options: RequestOptions,
    body: string | Buffer,
    status: number,
    code: string,
  ][] = [
    ["no JSON", { headers: target("AmazonSSM.GetParameter") }, "{", 400, "SerializationException"],
    ["no object", { headers: target("AmazonSSM.GetParameter") }, "[1]", 400, "SerializationException"],
    ["null", { headers: target("AmazonSSM.GetParameter") }, "null", 400, "SerializationException"],
    [
      "a number for a name",
      { headers: target("AmazonSSM.GetParameter") },
      '{"Name":1}',
      400,
      "SerializationException",
    ],
    [
      "an object for a list",
      { headers: target("AmazonSSM.GetParameters") },
      '{"Names":{}}',
      400,
      "SerializationException",
    ],
    [
      "a deep nest",
      { headers: target("AmazonSSM.GetParameter") },
      "[".repeat(100_000),
      400,
      "SerializationException",
    ],
    [
      "bytes",
      { headers: target("AmazonSSM.GetParameter") },
      Buffer.from([0, 255, 128]),
      400,
      "SerializationException",
    ],
    ["no body", { headers: target("AmazonSSM.GetParameter") }, "", 400, "ValidationException"],
    [
      "an unknown operation",
      { headers: target("AmazonSSM.SendCommand") },
      "{}",
      400,
      "UnknownOperationException",
    ],
    [
      "a name from Object",
      { headers: target("AmazonSSM.constructor") },
      "{}",
      400,
      "UnknownOperationException",
    ],
    [
      "another service",
      { headers: target("secretsmanager.GetSecretValue") },
      "{}",
      400,
      "UnknownOperationException",
    ],
    ["no target", {}, "{}", 400, "UnknownOperationException"],
    ["a GET", { method: "GET" }, "", 400, "UnknownOperationException"],
    [
      "no signature",
      { headers: { "x-amz-target": "AmazonSSM.GetParameter" } },
      "{}",
      400,
      "MissingAuthenticationTokenException",
    ],
  ];

  test.each(garbage)("%s is answered as AWS would", async (_what, options, body, status, code) => {
    const { url } = await served(memoryEngine());
    const reply = await send(url, body, options);
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.body)).toMatchObject({ __type: code });
  });

  test("an error quotes nothing of a body that is no JSON", async () => {
    const { url } = await served(memoryEngine());
    const reply = await send(url, '{"Value":"dummy-password-of-dev"', {
      headers: target("AmazonSSM.PutParameter"),
    });
    expect(reply.body).not.toContain("dummy-password-of-dev");
  });

  test("the query protocol's errors are XML", async () => {
    const { url } = await served(memoryEngine());
    const headers = { "content-type": "application/x-www-form-urlencoded", authorization: AUTHORIZATION };
    const reply = await send(url, "Action=AssumeRole&Version=2011-06-15", { headers });
    expect(reply.body).toContain("<Code>UnknownOperationException</Code>");
    expect((await send(url, "a=b", { headers })).body).toContain("<Code>InvalidAction</Code>");
  });

  test("a body beyond all measure is not read, and the server lives on", async () => {
    const { url } = await served(memoryEngine());
    await send(url, "x".repeat(20 * 1024 * 1024)).catch(() => undefined);
    expect((await send(url, "{}")).status).toBe(400);
  });

  test("what is no HTTP, and a connection cut in the middle, do not end it", async () => {
    const { url } = await served(memoryEngine());
    for (const text of ["garbage\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"]) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(url).port), "127.0.0.1", () => {
          socket.write(text, () => socket.destroy());
        });
        socket.on("close", () => resolve());
        socket.on("error", () => {});
      });
    }
    expect((await send(url, "{}")).status).toBe(400);
  });

  test("a failing disk is InternalServerError", async () => {
    const engine = memoryEngine();
    const broken = {
      ...engine,
      handle: () => {
        throw new UserError("the embedded store has no room left on its disk");
      },
    };
    const { url } = await served(broken);
    const reply = await send(url, "{}", { headers: target("AmazonSSM.DescribeParameters") });
    expect(reply.status).toBe(500);
    expect(JSON.parse(reply.body)).toMatchObject({ __type: "InternalServerError" });
  });

  test.each(["0.0.0.0", "192.168.0.1", "::", "example.org"])("is not bound to %s", async (host) => {
    await expect(serve(memoryEngine(), { port: 0, host })).rejects.toThrow(UserError);
  });

  test("a port that is taken is a user's mistake", async () => {
    const { url } = await served(memoryEngine());
    const port = Number(new URL(url).port);
    await expect(serve(memoryEngine(), { port })).rejects.toThrow("EADDRINUSE");
  });
});

describe("faults over HTTP", () => {
  const cases = [
    ["reset", "ECONNRESET"],
    ["truncated", "ECONNRESET"],
    ["html", "SyntaxError"],
    ["500", "InternalServerError"],
  ];

  test.each(cases)("%s", async (loss, expected) => {
    const { url } = await served(memoryEngine({ faults: [parseFault(`GetParameter:every:after-${loss}`)] }));
    const ssm = ssmAt(url);
    const error = await ssm.send(new GetParameterCommand({ Name: "/x" })).catch((caught: unknown) => caught);
    expect([(error as { code?: string }).code, (error as Error).name]).toContain(expected);
    ssm.destroy();
  });

  test("closing ends calls that hang", async () => {
    const server = await serve(memoryEngine({ faults: [parseFault("GetParameter:every:before-hang")] }), {
      port: 0,
    });
    const ssm = ssmAt(server.url);
    const call = ssm.send(new GetParameterCommand({ Name: "/x" }));
    setTimeout(() => server.close(), 50);
    expect(await codeOf(call)).toBeDefined();
    ssm.destroy();
  });
});
