import { afterEach, expect, test } from "vitest";
import { type Answer, type JsonServer, jsonServer, MISHAPS, reply } from "./json-server.ts";
import { problemsOf, read, shown, type Unplaced } from "./values-folder.ts";

const CANARY = "dummy-password-of-dev";
const PLACE = "configs/dev/environment.json:1:1: ";

let server: JsonServer;
afterEach(() => server.close());

const SOURCE: Unplaced = {
  kind: "secrets-manager",
  map: [
    { names: "/app/{service}/db/{key}", secret: "{service}/db", field: "{key}" },
    { names: "/app/{service}/{key}", secret: "{service}/{key}" },
  ],
};

type Stored = { SecretString: string } | { SecretBinary: string } | { refused: string };

/** GetSecretValue in the AWS JSON 1.1 protocol (Secrets Manager's API reference). */
function fakeSecretsManager(secrets: Readonly<Record<string, Stored>>): Answer {
  return ({ headers, body }, response) => {
    const refuse = (type: string) =>
      reply(response, 400, { __type: type, Message: CANARY, message: CANARY }, "application/x-amz-json-1.1");
    if (headers["x-amz-target"] !== "secretsmanager.GetSecretValue") return refuse("InvalidAction");
    if (!/\/eu-west-1\/secretsmanager\/aws4_request/.test(headers.authorization ?? ""))
      return refuse("InvalidSignatureException");
    const { SecretId } = JSON.parse(body) as { SecretId: string };
    const stored = secrets[SecretId];
    if (stored === undefined) return refuse("ResourceNotFoundException");
    if ("refused" in stored) return refuse(stored.refused);
    const ARN = `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${SecretId}-AbCdEf`;
    reply(
      response,
      200,
      { ARN, Name: SecretId, VersionId: "v", VersionStages: ["AWSCURRENT"], CreatedDate: 1.7e9, ...stored },
      "application/x-amz-json-1.1",
    );
  };
}

function ask(names: readonly string[], requestTimeout = 10_000) {
  const credentials = { accessKeyId: "dummy", secretAccessKey: "dummy" };
  const connection = { region: "eu-west-1", credentials, endpoint: server.url, requestTimeout };
  return read({ names, sources: [SOURCE], connection });
}

test("a secret is a value, or an object whose fields are values and which is read once", async () => {
  const db = { engine: "mysql", username: "u", password: CANARY, port: 3306 };
  server = await jsonServer(
    fakeSecretsManager({
      "shop/db": { SecretString: JSON.stringify(db) },
      "shop/token": { SecretString: '{"kept": "whole"}' },
    }),
  );
  const names = ["db/password", "db/port", "db/absent", "token", "never"].map((name) => `/app/shop/${name}`);
  expect(shown(await ask([...names, "/else/where"]))).toEqual({
    "/app/shop/db/password": [CANARY, "Secrets Manager shop/db"],
    "/app/shop/db/port": ["3306", "Secrets Manager shop/db"],
    "/app/shop/token": ['{"kept": "whole"}', "Secrets Manager shop/token"],
  });
  expect(server.requests).toHaveLength(3);
});

test("what cannot be a value is a problem of its parameter", async () => {
  server = await jsonServer(
    fakeSecretsManager({
      "shop/db": { SecretString: `no JSON: ${CANARY}` },
      "shop/list": { SecretString: "[]" },
      "shop/binary": { SecretBinary: Buffer.from(CANARY).toString("base64") },
    }),
  );
  expect(await problemsOf(ask(["/app/shop/db/password", "/app/shop/binary"]))).toEqual([
    `${PLACE}the value of /app/shop/db/password in Secrets Manager shop/db is in no JSON object`,
    `${PLACE}the value of /app/shop/binary in Secrets Manager shop/binary is binary`,
  ]);
});

test.each([
  "AccessDeniedException",
  "DecryptionFailure",
  "InvalidRequestException",
  "UnrecognizedClientException",
])("%s is an error, not an absence", async (refused) => {
  server = await jsonServer(fakeSecretsManager({ "shop/token": { refused } }));
  expect(await problemsOf(ask(["/app/shop/token"]))).toEqual([
    `${PLACE}GetSecretValue of shop/token failed: ${refused}`,
  ]);
});

test.each(Object.keys(MISHAPS))("%s is an error that quotes nothing", async (mishap) => {
  server = await jsonServer((_, response) => MISHAPS[mishap]?.(response, CANARY));
  const problems = await problemsOf(ask(["/app/shop/token"], 100));
  expect(problems).toEqual([expect.stringMatching(/GetSecretValue of shop\/token failed: [A-Za-z_]+$/)]);
});

test("an embedded store has none", async () => {
  server = await jsonServer(() => {});
  const connection = {
    region: "eu-west-1",
    credentials: { accessKeyId: "embedded", secretAccessKey: "embedded" },
    transport: {},
  };
  expect(await problemsOf(read({ names: ["/app/shop/token"], sources: [SOURCE], connection }))).toEqual([
    `${PLACE}an embedded store has no Secrets Manager`,
  ]);
});
