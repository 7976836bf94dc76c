import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { beforeEach, describe, expect, test } from "vitest";
import { drivenClock } from "../../src/embedded/clock.ts";
import { type Engine, openEngine } from "../../src/embedded/engine.ts";
import { ssmOf } from "./clients.ts";
import { codeOf } from "./outcome.ts";

let engine: Engine;
let ssm: SSMClient;
let now: number;

const put = (name: string, more: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ Name: name, Value: "v", Type: "String", ...more }));

beforeEach(() => {
  now = Date.parse("2026-01-01T00:00:00Z");
  engine = openEngine({ path: ":memory:", clock: drivenClock(() => now) });
  ssm = ssmOf(engine);
  return () => engine.close();
});

describe("deleting", () => {
  test("takes the parameter with its history and labels", async () => {
    await put("/a/x");
    await put("/a/x", { Overwrite: true });
    await ssm.send(new LabelParameterVersionCommand({ Name: "/a/x", Labels: ["live"] }));
    await ssm.send(new DeleteParameterCommand({ Name: "/a/x" }));
    expect(await codeOf(ssm.send(new GetParameterCommand({ Name: "/a/x" })))).toBe("ParameterNotFound");
    now += 30_000;
    expect((await put("/a/x")).Version).toBe(1);
    const { Parameters } = await ssm.send(new GetParameterHistoryCommand({ Name: "/a/x" }));
    expect(Parameters).toMatchObject([{ Version: 1, Labels: [] }]);
  });

  test("what is not there is an error alone, and listed in a batch", async () => {
    await put("/a/x");
    expect(await codeOf(ssm.send(new DeleteParameterCommand({ Name: "/a/none" })))).toBe("ParameterNotFound");
    const batch = await ssm.send(new DeleteParametersCommand({ Names: ["/a/x", "/a/none", "a/b"] }));
    expect(batch).toMatchObject({ DeletedParameters: ["/a/x"], InvalidParameters: ["/a/none", "a/b"] });
  });

  test("a batch of eleven is refused", async () => {
    const names = Array.from({ length: 11 }, (_, i) => `/a/${i}`);
    expect(await codeOf(ssm.send(new DeleteParametersCommand({ Names: names })))).toBe("ValidationException");
  });

  test.each([
    [0, "TooManyUpdates"],
    [29_999, "TooManyUpdates"],
    [30_000, "created"],
  ])("a deleted name %i ms later: %s", async (later, expected) => {
    await put("/a/x");
    await ssm.send(new DeleteParameterCommand({ Name: "/a/x" }));
    now += later;
    const outcome =
      expected === "created" ? (await put("/a/x")).Version : await codeOf(put("/a/x", { Overwrite: true }));
    expect(outcome).toBe(expected === "created" ? 1 : expected);
  });
});

describe("an Expiration policy", () => {
  const expiring = (timestamp: string) => ({
    Tier: "Advanced" as const,
    Policies: JSON.stringify([{ Type: "Expiration", Version: "1.0", Attributes: { Timestamp: timestamp } }]),
  });
  const names = async () =>
    (await ssm.send(new DescribeParametersCommand({}))).Parameters?.map(({ Name }) => Name);

  test("deletes the parameter when its time has come, behind everybody's back", async () => {
    await put("/a/x", expiring("2026-01-01T01:00:00Z"));
    await put("/a/y");
    now += 3_599_999;
    expect(await names()).toEqual(["/a/x", "/a/y"]);
    now += 1;
    expect(await names()).toEqual(["/a/y"]);
    expect(await codeOf(put("/a/x"))).toBe("TooManyUpdates");
  });

  test("stays through a new value, and goes with its policy", async () => {
    await put("/a/x", expiring("2026-01-01T01:00:00Z"));
    await put("/a/x", { Overwrite: true });
    await put("/a/y", expiring("2026-01-01T01:00:00+00:00"));
    await put("/a/y", { Overwrite: true, Policies: "[{}]" });
    now += 3_600_000;
    expect(await names()).toEqual(["/a/y"]);
  });
});
