import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { EVERY_CALL } from "../../src/embedded/fault.ts";
import { UserError } from "../../src/model/error.ts";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { connect } from "../../src/store/connection.ts";
import { UNLIMITED } from "../../src/store/rates.ts";
import { ssmStore } from "../../src/store/ssm.ts";
import type { ParameterWrite, Store } from "../../src/store/store.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { throttle } from "../../src/store/throttle.ts";
import {
  type Answer,
  connectionTo,
  type FakeServer,
  fakeServer,
  hastyClock,
  json,
  refuse,
  storeAt,
} from "./fake-server.ts";

const NAME = parameterName("/dba/pw");
const CANARY = "canary-7f3a9";
/** Spelt as AWS spells its errors' names. */
const LETTERS = "CanarySecretOfLetters";
const SHOUTED = "CANARY_7F3A9";
const WRITE: ParameterWrite = {
  name: NAME,
  value: new Secret(CANARY),
  type: "String",
  description: "",
  overwrite: true,
  tier: "Standard",
  dataType: "text",
};

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A store whose server always answers like this; what waits takes no time. */
async function storeThatAnswers(answer: Answer, requestTimeout = 30_000): Promise<Store> {
  server = await fakeServer(answer);
  return storeAt(server.url, { requestTimeout });
}

async function failureOf(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StoreError)) throw error;
  return error;
}

const describeIt = (store: Store): Promise<unknown> => store.describe({ prefixes: ["/dba/"], names: [] });

function html(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": "text/html" });
  response.end(`<html><body>${CANARY}</body></html>`);
}

interface Case {
  readonly answer: Answer;
  /** Where nothing else ends the request, in milliseconds. */
  readonly requestTimeout?: number;
  /** How describing fails, and in how many requests. */
  readonly read: { readonly failure: string; readonly code: string; readonly requests: number };
  /** What a write comes to; a failure where it throws. Writes are sent once. */
  readonly put: { readonly kind: string; readonly code?: string } | { readonly failure: string };
}

const CASES: Record<string, Case> = {
  "never answers": {
    answer: () => {},
    requestTimeout: 300,
    read: { failure: "unreachable", code: "ETIMEDOUT", requests: 4 },
    put: { kind: "unknown", code: "ETIMEDOUT" },
  },
  "resets the connection": {
    answer: (_, response) => response.socket?.resetAndDestroy(),
    read: { failure: "unreachable", code: "ECONNRESET", requests: 4 },
    put: { kind: "unknown", code: "ECONNRESET" },
  },
  "answers HTML": {
    answer: (_, response) => html(response, 200),
    read: { failure: "broken", code: "UnreadableAnswer", requests: 1 },
    put: { kind: "unknown", code: "UnreadableAnswer" },
  },
  "answers HTML as a refusal": {
    answer: (_, response) => html(response, 403),
    read: { failure: "broken", code: "UnreadableAnswer", requests: 1 },
    put: { kind: "unknown", code: "UnreadableAnswer" },
  },
  "answers HTML as a failure of its own": {
    answer: (_, response) => html(response, 502),
    read: { failure: "broken", code: "UnreadableAnswer", requests: 4 },
    put: { kind: "unknown", code: "UnreadableAnswer" },
  },
  "answers half of what it announced": {
    answer: (_, response) => {
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1", "content-length": "1000" });
      response.write(`{"Version":1,"Parameters":[{"Name":"${CANARY}`, () => response.socket?.destroy());
    },
    read: { failure: "broken", code: "ECONNRESET", requests: 4 },
    put: { kind: "unknown", code: "ECONNRESET" },
  },
  "answers half a page and then nothing": {
    answer: (_, response) => {
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1", "content-length": "1000" });
      response.write('{"Version":1,"Parameters":[');
    },
    requestTimeout: 500,
    read: { failure: "broken", code: "ETIMEDOUT", requests: 4 },
    put: { kind: "unknown", code: "ETIMEDOUT" },
  },
  "answers JSON that ends early": {
    answer: (_, response) => {
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      response.end(`{"Version":1,"Parameters":[{"Name":"${CANARY}`);
    },
    read: { failure: "broken", code: "UnreadableAnswer", requests: 1 },
    put: { kind: "unknown", code: "UnreadableAnswer" },
  },
  "answers somebody else's JSON": {
    answer: (_, response) => json(response, { status: CANARY }),
    read: { failure: "broken", code: "UnreadableAnswer", requests: 1 },
    put: { kind: "unknown", code: "UnreadableAnswer" },
  },
  "answers null": {
    answer: (_, response) => json(response, null),
    read: { failure: "broken", code: "UnreadableAnswer", requests: 1 },
    put: { kind: "unknown", code: "UnreadableAnswer" },
  },
  "answers a list": {
    answer: (_, response) => json(response, [CANARY]),
    read: { failure: "broken", code: "UnreadableAnswer", requests: 1 },
    put: { kind: "unknown", code: "UnreadableAnswer" },
  },
  "answers a parameter without its parts": {
    answer: (_, response) => json(response, { Parameters: [{ Name: "/dba/pw" }], Version: "1" }),
    read: { failure: "broken", code: "UnreadableAnswer", requests: 1 },
    put: { kind: "unknown", code: "UnreadableAnswer" },
  },
  "refuses without saying why": {
    answer: (_, response) => json(response, { message: CANARY }, 400),
    read: { failure: "broken", code: "UnreadableAnswer", requests: 1 },
    put: { kind: "unknown", code: "UnreadableAnswer" },
  },
  "refuses with a name that is none": {
    answer: (_, response) =>
      json(response, { __type: `com.amazonaws#${CANARY}`, message: CANARY, code: SHOUTED }, 400),
    read: { failure: "broken", code: "UnreadableAnswer", requests: 1 },
    put: { kind: "unknown", code: "UnreadableAnswer" },
  },
  "fails inside": {
    answer: (_, response) => refuse(response, "InternalServerError", CANARY, 500),
    read: { failure: "unreachable", code: "InternalServerError", requests: 4 },
    put: { kind: "unknown", code: "InternalServerError" },
  },
  "denies it": {
    answer: (_, response) => refuse(response, "AccessDeniedException", CANARY),
    read: { failure: "denied", code: "AccessDeniedException", requests: 1 },
    put: { kind: "refused", code: "AccessDeniedException" },
  },
  "does not accept the request": {
    answer: (_, response) =>
      json(response, { __type: "ValidationException", message: CANARY, code: CANARY }, 400),
    read: { failure: "refused", code: "ValidationException", requests: 1 },
    put: { kind: "refused", code: "ValidationException" },
  },
  "does not know the error": {
    answer: (_, response) => refuse(response, "com.amazonaws.ssm#BrandNewException", CANARY),
    read: { failure: "refused", code: "UnknownError", requests: 1 },
    put: { kind: "refused", code: "UnknownError" },
  },
  "writes a value of letters where an error's name stands": {
    answer: (_, response) => refuse(response, LETTERS),
    read: { failure: "refused", code: "UnknownError", requests: 1 },
    put: { kind: "refused", code: "UnknownError" },
  },
  "finds the credentials expired": {
    answer: (_, response) => refuse(response, "ExpiredTokenException", CANARY),
    read: { failure: "expired", code: "ExpiredTokenException", requests: 1 },
    put: { failure: "expired" },
  },
  "finds the signature wrong": {
    answer: (_, response) => refuse(response, "InvalidSignatureException", CANARY),
    read: { failure: "expired", code: "InvalidSignatureException", requests: 1 },
    put: { failure: "expired" },
  },
};

describe.each(Object.entries(CASES))("a server that %s", (_, { answer, requestTimeout, read, put }) => {
  it("makes describing fail as a whole", async () => {
    const store = await storeThatAnswers(answer, requestTimeout);
    const { failure, code, operation } = await failureOf(describeIt(store));
    expect({ failure, code, requests: server?.received.length }).toEqual(read);
    expect(operation).toBe("DescribeParameters");
    expect(store.calls).toBe(read.requests);
  });

  it("makes a write what it may have been, and is written to once", async () => {
    const store = await storeThatAnswers(answer, requestTimeout);
    if ("failure" in put) expect((await failureOf(store.put(WRITE))).failure).toBe(put.failure);
    else expect(await store.put(WRITE)).toEqual(put);
    expect(server?.received).toHaveLength(1);
  });

  it("gets none of its words into an error", async () => {
    const store = await storeThatAnswers(answer, requestTimeout);
    const outcomes = await Promise.all(
      [
        describeIt(store),
        store.read([{ name: NAME }]),
        store.delete(NAME),
        store.tag(NAME, {}),
        store.put(WRITE),
      ].map((work) => work.catch((error: unknown) => error)),
    );
    for (const outcome of outcomes) {
      const all = inspect(outcome, { depth: Number.POSITIVE_INFINITY, showHidden: true });
      expect(all).not.toContain(CANARY);
      expect(all).not.toContain(SHOUTED);
      expect(all).not.toContain(LETTERS);
      if (outcome instanceof Error) expect(outcome.cause).toBeUndefined();
    }
  });
});

describe("an embedded store that fails", () => {
  it("fails in its own words, whatever was asked", async () => {
    const full = new UserError("the disk of the embedded store is full");
    const transport = {
      handle: () => Promise.reject(full),
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
    };
    const store = ssmStore(
      { ...connectionTo("http://127.0.0.1:1"), transport },
      throttle(UNLIMITED, hastyClock()),
    );
    await expect(describeIt(store)).rejects.toBe(full);
    await expect(store.put(WRITE)).rejects.toBe(full);
  });

  it("is not waited for when it hangs", async () => {
    const connection = await connect(
      { kind: "embedded", path: ":memory:" },
      {
        requestTimeout: 20,
        embedded: {
          faults: [
            {
              operation: "PutParameter",
              which: EVERY_CALL,
              fault: { kind: "lose", when: "after", loss: "hang" },
            },
          ],
        },
      },
    );
    const store = ssmStore(connection, throttle(UNLIMITED, hastyClock()));
    expect(await store.put(WRITE)).toEqual({ kind: "unknown", code: "ETIMEDOUT" });
    expect((await store.describe({ prefixes: [], names: [NAME] })).size).toBe(1);
    connection.close();
  });
});

describe("a server that is not there", () => {
  it.each(["http://127.0.0.1:1", "http://localhost:1"])(
    "is unreachable at %s, at once and for certain",
    async (url) => {
      const store = storeAt(url);
      expect(await failureOf(describeIt(store))).toMatchObject({
        failure: "unreachable",
        code: "ECONNREFUSED",
      });
      expect(await failureOf(store.put(WRITE))).toMatchObject({
        failure: "unreachable",
        code: "ECONNREFUSED",
      });
      expect(store.calls).toBe(2);
    },
  );

  it("is unreachable when it has no address", async () => {
    const store = storeAt("http://nowhere.invalid");
    expect(await failureOf(store.put(WRITE))).toMatchObject({ failure: "unreachable" });
  });
});

describe("what passes", () => {
  const page = (response: ServerResponse): void => json(response, { Parameters: [] });

  it.each([
    ["a reset", (response: ServerResponse) => response.socket?.resetAndDestroy()],
    ["a failure inside", (response: ServerResponse) => refuse(response, "InternalServerError", "", 500)],
    ["a throttle", (response: ServerResponse) => refuse(response, "ThrottlingException", "Rate exceeded")],
  ])("is read again after %s", async (_, fail) => {
    const store = await storeThatAnswers((_, response, count) =>
      count < 2 ? fail(response) : page(response),
    );
    expect(await describeIt(store)).toEqual(new Map());
    expect(store.calls).toBe(3);
  });

  it.each([
    ["ThrottlingException", { __type: "ThrottlingException", message: "Rate exceeded" }],
    ["TooManyUpdates without a word", { __type: "TooManyUpdates" }],
    ["TooManyUpdates for a name that rests", { __type: "TooManyUpdates", message: "stale tags" }],
  ])("is written again after %s", async (_, body) => {
    const store = await storeThatAnswers((_, response, count) =>
      count < 3 ? json(response, body, 400) : json(response, { Version: 7, Tier: "Standard" }),
    );
    expect(await store.put(WRITE)).toEqual({ kind: "written", version: 7 });
    expect(server?.received).toHaveLength(4);
  });

  it.each(["ThrottlingException", "TooManyUpdates"])("is given up when %s lasts a minute", async (type) => {
    server = await fakeServer((_, response) => refuse(response, type));
    const clock = hastyClock();
    const store = storeAt(server.url, { clock });
    const start = clock.now();
    expect(await store.put(WRITE)).toEqual({ kind: "refused", code: type });
    expect(await failureOf(store.delete(NAME))).toMatchObject({ failure: "throttled", code: type });
    expect(clock.now() - start).toBeGreaterThan(80_000);
  });

  it("asks before each sending whether it may still start", async () => {
    const store = await storeThatAnswers((_, response) => refuse(response, "ThrottlingException"));
    let asked = 0;
    const outcome = await store.put(WRITE, () => {
      asked += 1;
      return asked <= 2;
    });
    expect(outcome).toEqual({ kind: "refused", code: "NotStarted" });
    expect(server?.received).toHaveLength(2);
  });

  it("asks once credentials are there: fetching them may outlast the leave", async () => {
    server = await fakeServer((_, response) => json(response, { Version: 7, Tier: "Standard" }));
    let leave = true;
    const credentials = async () => {
      leave = false;
      return { accessKeyId: "dummy", secretAccessKey: "dummy" };
    };
    const store = ssmStore({ ...connectionTo(server.url), credentials }, throttle(UNLIMITED, hastyClock()));
    expect(await store.put(WRITE, () => leave)).toEqual({ kind: "refused", code: "NotStarted" });
    expect(await failureOf(store.delete(NAME, () => leave))).toMatchObject({ code: "NotStarted" });
    expect(await failureOf(store.tag(NAME, { team: "a" }, () => leave))).toMatchObject({
      code: "NotStarted",
    });
    expect(server.received).toHaveLength(0);
  });
});

describe("a machine whose clock is an hour wrong", () => {
  const skewed = (response: ServerResponse): void =>
    json(response, { __type: "InvalidSignatureException", message: "Signature expired" }, 400, {
      date: new Date(Date.now() + 3_600_000).toUTCString(),
    });

  it("reads and writes all the same, each refused request sent once more", async () => {
    const store = await storeThatAnswers(({ operation }, response, count) => {
      if (count === 0) skewed(response);
      else json(response, operation === "PutParameter" ? { Version: 7 } : { Parameters: [] });
    });
    expect(await store.put(WRITE)).toEqual({ kind: "written", version: 7 });
    expect(server?.received).toHaveLength(2);
  });

  it("has bad credentials when its signature is refused again", async () => {
    const store = await storeThatAnswers((_, response) => skewed(response));
    expect(await failureOf(store.put(WRITE))).toMatchObject({ failure: "expired" });
    expect(server?.received).toHaveLength(2);
  });

  it("sends no write again that may have been done", async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const store = await storeThatAnswers((_, response) =>
      json(response, { __type: "InternalServerError" }, 500, { date }),
    );
    expect(await store.put(WRITE)).toMatchObject({ kind: "unknown" });
    expect(server?.received).toHaveLength(1);
  });
});

describe("a delete whose reply was lost", () => {
  it("is not sent again: what stands there then may be somebody else's", async () => {
    const store = await storeThatAnswers((_, response) => response.socket?.resetAndDestroy());
    expect(await failureOf(store.delete(NAME))).toMatchObject({ failure: "unreachable" });
    expect(server?.received).toHaveLength(1);
  });

  it("has found nothing when the first reply says so", async () => {
    const store = await storeThatAnswers((_, response) => refuse(response, "ParameterNotFound"));
    expect(await store.delete(NAME)).toBe("absent");
  });
});

describe("the store's clock", () => {
  it("is the server's, whatever the answer was", async () => {
    const date = "Tue, 01 Jan 2030 00:00:00 GMT";
    const store = await storeThatAnswers((_, response) =>
      json(response, { __type: "AccessDeniedException" }, 400, { date }),
    );
    expect(Math.abs(store.now() - Date.now())).toBeLessThan(60_000);
    await failureOf(describeIt(store));
    expect(store.now() - Date.parse(date)).toBeGreaterThanOrEqual(0);
    expect(store.now() - Date.parse(date)).toBeLessThan(60_000);
  });
});
