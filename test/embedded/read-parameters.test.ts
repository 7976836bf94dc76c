import {
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
  type SSMClient,
  UnlabelParameterVersionCommand,
} from "@aws-sdk/client-ssm";
import { beforeEach, describe, expect, test } from "vitest";
import { drivenClock } from "../../src/embedded/clock.ts";
import { type Engine, openEngine } from "../../src/embedded/engine.ts";
import { ssmOf } from "./clients.ts";
import { codeOf } from "./outcome.ts";

let engine: Engine;
let ssm: SSMClient;
let now: number;

const ARN = "arn:aws:ssm:us-east-1:123456789012:parameter";
const put = (name: string, value: string, overwrite = false) =>
  ssm.send(new PutParameterCommand({ Name: name, Value: value, Type: "String", Overwrite: overwrite }));
const get = async (name: string) => (await ssm.send(new GetParameterCommand({ Name: name }))).Parameter;
const label = (version: number | undefined, ...labels: string[]) =>
  ssm.send(new LabelParameterVersionCommand({ Name: "/a/x", ParameterVersion: version, Labels: labels }));

beforeEach(() => {
  now = Date.parse("2026-01-01T00:00:00.123Z");
  engine = openEngine({ path: ":memory:", clock: drivenClock(() => now) });
  ssm = ssmOf(engine);
  return () => engine.close();
});

describe("GetParameter", () => {
  beforeEach(async () => {
    await put("/a/x", "one");
    now += 1000;
    await put("/a/x", "two", true);
    await label(1, "old");
  });

  test("gives the latest version, with its date to the millisecond and no selector", async () => {
    expect(await get("/a/x")).toEqual({
      ARN: `${ARN}/a/x`,
      DataType: "text",
      LastModifiedDate: new Date("2026-01-01T00:00:01.123Z"),
      Name: "/a/x",
      Type: "String",
      Value: "two",
      Version: 2,
    });
  });

  test.each([
    ["/a/x:1", { Name: "/a/x", Value: "one", Version: 1, Selector: ":1" }],
    ["/a/x:old", { Name: "/a/x", Value: "one", Version: 1, Selector: ":old" }],
    [`${ARN}/a/x`, { Name: "/a/x", Value: "two" }],
    [`${ARN}/a/x:1`, { Name: "/a/x", Value: "one", Selector: ":1" }],
  ])("reads %s", async (name, expected) => {
    expect(await get(name)).toMatchObject(expected);
  });

  test.each([
    ["/a/none", "ParameterNotFound"],
    ["/a/x:3", "ParameterVersionNotFound"],
    ["/a/x:none", "ParameterVersionNotFound"],
    ["/a/x:1:2", "ValidationException"],
    ["a/x", "ValidationException"],
    [`arn:aws:ssm:us-east-1:999999999999:parameter/a/x`, "ParameterNotFound"],
    [`arn:aws:ssm:eu-west-1:123456789012:parameter/a/x`, "ParameterNotFound"],
  ])("refuses %s", async (name, code) => {
    expect(await codeOf(get(name))).toBe(code);
  });
});

describe("GetParameters", () => {
  test("is alphabetical and lists what is missing or ill-formed", async () => {
    await put("/a/z", "z");
    await put("/a/b", "b");
    const found = await ssm.send(
      new GetParametersCommand({ Names: ["/a/z", "/a/none", "/a/b", "a/b", "/a/z:7", "/a/z", `${ARN}/a/b`] }),
    );
    expect(found.Parameters?.map(({ Name }) => Name)).toEqual(["/a/b", "/a/z", "/a/b"]);
    expect(found.InvalidParameters).toEqual(["/a/none", "a/b", "/a/z:7"]);
  });

  test.each([
    ["no names", []],
    ["eleven names", Array.from({ length: 11 }, (_, i) => `/a/${i}`)],
  ])("%s are refused", async (_what, names) => {
    expect(await codeOf(ssm.send(new GetParametersCommand({ Names: names })))).toBe("ValidationException");
  });
});

describe("GetParametersByPath", () => {
  const byPath = async (input: ConstructorParameters<typeof GetParametersByPathCommand>[0]) =>
    ssm.send(new GetParametersByPathCommand(input));
  const names = (page: Awaited<ReturnType<typeof byPath>>) => page.Parameters?.map(({ Name }) => Name);

  beforeEach(async () => {
    for (const name of ["/a/x", "/a/y/z", "/ab", "/b"]) await put(name, "v");
  });

  test.each([
    ["/a", false, ["/a/x"]],
    ["/a/", false, ["/a/x"]],
    ["/a", true, ["/a/x", "/a/y/z"]],
    ["/", false, ["ab", "b"]],
    ["/", true, ["/a/x", "/a/y/z", "ab", "b"]],
    ["/a/x", true, []],
  ])("%s, recursive %s", async (path, recursive, expected) => {
    expect(names(await byPath({ Path: path, Recursive: recursive }))).toEqual(expected);
  });

  test("the Label filter gives the version that bears the label", async () => {
    await put("/a/x", "two", true);
    await label(1, "live");
    const page = await byPath({ Path: "/a", ParameterFilters: [{ Key: "Label", Values: ["live"] }] });
    expect(page.Parameters).toMatchObject([{ Name: "/a/x", Version: 1, Value: "v" }]);
  });

  test.each([
    [{ Path: "a" }, "ValidationException"],
    [{ Path: "/a//b" }, "ValidationException"],
    [{ Path: "/a", MaxResults: 11 }, "ValidationException"],
    [{ Path: "/a", MaxResults: 0 }, "ValidationException"],
    [{ Path: "/a", NextToken: "garbage" }, "InvalidNextToken"],
    [{ Path: "/a", ParameterFilters: [{ Key: "Name", Values: ["x"] }] }, "InvalidFilterKey"],
    [
      { Path: "/a", ParameterFilters: [{ Key: "Label", Option: "BeginsWith", Values: ["x"] }] },
      "InvalidFilterOption",
    ],
  ])("%j is refused", async (input, code) => {
    expect(await codeOf(byPath(input))).toBe(code);
  });
});

describe("GetParameterHistory", () => {
  test("shows every version with its labels, page by page", async () => {
    await put("/a/x", "one");
    await put("/a/x", "two", true);
    await put("/a/x", "three", true);
    await label(2, "b", "a");
    const first = await ssm.send(new GetParameterHistoryCommand({ Name: "/a/x", MaxResults: 2 }));
    const second = await ssm.send(
      new GetParameterHistoryCommand({ Name: "/a/x", MaxResults: 2, NextToken: first.NextToken }),
    );
    expect([...(first.Parameters ?? []), ...(second.Parameters ?? [])]).toMatchObject([
      { Version: 1, Value: "one", Labels: [] },
      { Version: 2, Value: "two", Labels: ["a", "b"] },
      { Version: 3, Value: "three", Labels: [] },
    ]);
    expect(second.NextToken).toBeUndefined();
  });

  test.each([
    [{ Name: "/a/none" }, "ParameterNotFound"],
    [{ Name: "/a/x", MaxResults: 51 }, "ValidationException"],
  ])("%j is refused", async (input, code) => {
    await put("/a/x", "one");
    expect(await codeOf(ssm.send(new GetParameterHistoryCommand(input)))).toBe(code);
  });
});

describe("labels", () => {
  const unlabel = (version: number, ...labels: string[]) =>
    ssm.send(new UnlabelParameterVersionCommand({ Name: "/a/x", ParameterVersion: version, Labels: labels }));

  beforeEach(async () => {
    await put("/a/x", "one");
    await put("/a/x", "two", true);
  });

  test("go to the latest version, and move", async () => {
    expect(await label(undefined, "live")).toMatchObject({ ParameterVersion: 2, InvalidLabels: [] });
    await label(1, "live");
    expect((await get("/a/x:live"))?.Version).toBe(1);
  });

  test("of a bad form are listed, the others stick", async () => {
    const bad = ["1st", "aws-x", "SSMx", "a b", "a/b"];
    expect((await label(1, "good", ...bad)).InvalidLabels).toEqual(bad);
    expect((await get("/a/x:good"))?.Version).toBe(1);
  });

  test("are ten at most, at once or in turn, and a refused call changes nothing", async () => {
    const ten = Array.from({ length: 10 }, (_, i) => `l${i}`);
    await label(1, ...ten.slice(0, 9));
    expect(await codeOf(label(1, "l9", "l10"))).toBe("ParameterVersionLabelLimitExceeded");
    expect(await codeOf(get("/a/x:l9"))).toBe("ParameterVersionNotFound");
    await label(1, "l9", "l0");
    expect(await codeOf(label(2, ...ten, "l10"))).toBe("ValidationException");
  });

  test("of 101 characters are refused, of 100 not", async () => {
    expect(await codeOf(label(1, "l".repeat(101)))).toBe("ValidationException");
    expect((await label(1, "l".repeat(100))).InvalidLabels).toEqual([]);
  });

  test("are removed only from the version that bears them, and only once", async () => {
    await label(1, "live");
    expect(await unlabel(2, "live")).toMatchObject({ RemovedLabels: [], InvalidLabels: ["live"] });
    expect(await unlabel(1, "live")).toMatchObject({ RemovedLabels: ["live"], InvalidLabels: [] });
    expect(await unlabel(1, "live")).toMatchObject({ RemovedLabels: [], InvalidLabels: ["live"] });
  });

  test.each([[7], [0]])("version %i is not found", async (version) => {
    expect(await codeOf(label(version, "live"))).toBe("ParameterVersionNotFound");
    expect(await codeOf(unlabel(version, "live"))).toBe("ParameterVersionNotFound");
  });

  test("of a parameter that is not there", async () => {
    const command = new LabelParameterVersionCommand({ Name: "/a/none", Labels: ["x"] });
    expect(await codeOf(ssm.send(command))).toBe("ParameterNotFound");
  });
});
