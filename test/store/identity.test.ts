import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { denial } from "../../src/embedded/denial.ts";
import { type ConnectOptions, connect, type OpenConnection } from "../../src/store/connection.ts";
import { describeKey, readIdentity } from "../../src/store/identity.ts";
import { readThroughput } from "../../src/store/ssm.ts";
import { connectionTo, type FakeServer, fakeServer, json, refuse } from "./fake-server.ts";

const CANARY = "canary-7f3a9";
let connection: OpenConnection | undefined;
let server: FakeServer | undefined;
afterEach(async () => {
  connection?.close();
  await server?.close();
  connection = undefined;
  server = undefined;
});

async function embedded(options: ConnectOptions["embedded"] = {}): Promise<OpenConnection> {
  connection = await connect({ kind: "embedded", path: ":memory:" }, { embedded: options });
  return connection;
}

describe("readIdentity", () => {
  it("tells account and ARN", async () => {
    expect(await readIdentity(await embedded({ account: "210987654321" }))).toEqual({
      account: "210987654321",
      arn: "arn:aws:iam::210987654321:user/embedded",
    });
  });

  it("fails without the server's words", async () => {
    server = await fakeServer((_, response) => {
      response.writeHead(403, { "content-type": "text/xml" });
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>${CANARY}</Message></Error></ErrorResponse>`,
      );
    });
    const error = await readIdentity(connectionTo(server.url)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ failure: "expired", operation: "GetCallerIdentity", code: "ExpiredToken" });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(CANARY);
  });

  it("takes HTML for a broken answer", async () => {
    server = await fakeServer((_, response) => response.end(`<html><body>${CANARY}</body></html>`));
    const error = await readIdentity(connectionTo(server.url)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ failure: "broken" });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(CANARY);
  });

  it("says when nobody answers", async () => {
    await expect(readIdentity(connectionTo("http://127.0.0.1:1"))).rejects.toMatchObject({
      failure: "unreachable",
      code: "ECONNREFUSED",
    });
  });
});

describe("describeKey", () => {
  it("tells whose a key is, and whether it can be used", async () => {
    const open = await embedded();
    expect(await describeKey(open, "alias/dba")).toEqual({
      kind: "key",
      arn: expect.stringMatching(/^arn:aws:kms:us-east-1:123456789012:key\//),
      manager: "CUSTOMER",
      state: "Enabled",
    });
    expect(await describeKey(open, "alias/aws/ssm")).toMatchObject({ kind: "key", manager: "AWS" });
  });

  it("tells a key that is not there", async () => {
    expect(await describeKey(await embedded({ strictKeys: true }), "alias/nobody")).toEqual({
      kind: "absent",
    });
  });

  it("tells a key that may not be described", async () => {
    const open = await embedded({ denials: [denial("kms:DescribeKey")] });
    expect(await describeKey(open, "alias/dba")).toEqual({ kind: "denied" });
  });

  it.each([
    ["an answer without a key", () => ({}), "broken"],
    ["a failure inside", () => ({ __type: "KMSInternalException" }), "refused"],
  ])("fails at %s", async (_, body, failure) => {
    server = await fakeServer((_, response) => json(response, body(), failure === "broken" ? 200 : 400));
    await expect(describeKey(connectionTo(server.url), "alias/dba")).rejects.toMatchObject({ failure });
  });

  it("passes nothing on of a refusal but its code", async () => {
    server = await fakeServer((_, response) => refuse(response, "InvalidArnException", CANARY));
    const error = await describeKey(connectionTo(server.url), "alias/dba").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ failure: "refused", code: "InvalidArnException" });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(CANARY);
  });
});

describe("readThroughput", () => {
  it("tells the account's setting, and no more than that it is not told where it may not be asked", async () => {
    expect(await readThroughput(await embedded())).toBe("default");
    connection?.close();
    expect(await readThroughput(await embedded({ denials: [denial("ssm:GetServiceSetting")] }))).toBe(
      "untold",
    );
  });

  it("takes a server that does not know the question for one that does not tell", async () => {
    server = await fakeServer((_, response) => refuse(response, "UnknownOperationException"));
    expect(await readThroughput(connectionTo(server.url))).toBe("untold");
  });
});
