import {
  AddTagsToResourceCommand,
  DescribeParametersCommand,
  type DescribeParametersCommandInput,
  type ParameterStringFilter,
  PutParameterCommand,
  type PutParameterCommandInput,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { beforeEach, describe, expect, test } from "vitest";
import { type Engine, openEngine } from "../../src/embedded/engine.ts";
import { memoryEngine, ssmOf } from "./clients.ts";
import { codeOf } from "./outcome.ts";

const put = (ssm: SSMClient, name: string, more: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ Name: name, Value: "v", Type: "String", ...more }));

async function walk(ssm: SSMClient, input: DescribeParametersCommandInput) {
  const names: (string | undefined)[] = [];
  let calls = 0;
  let token: string | undefined;
  do {
    const page = await ssm.send(new DescribeParametersCommand({ ...input, NextToken: token }));
    names.push(...(page.Parameters ?? []).map(({ Name }) => Name));
    token = page.NextToken;
    calls += 1;
  } while (token !== undefined);
  return { names, calls };
}

describe("pages", () => {
  test.each([0, 1, 49, 50, 51, 100, 101])("%i parameters cost as many calls as they must", async (count) => {
    const ssm = ssmOf(memoryEngine());
    const expected = Array.from({ length: count }, (_, i) => `/p/${String(i).padStart(3, "0")}`);
    for (const name of expected) await put(ssm, name);
    const { names, calls } = await walk(ssm, { MaxResults: 50 });
    expect(names).toEqual(expected);
    expect(calls).toBe(Math.ceil(Math.max(1, count) / 50));
  });

  test("hold ten unless told otherwise", async () => {
    const ssm = ssmOf(memoryEngine());
    for (let i = 0; i < 11; i++) await put(ssm, `/p/${i}`);
    const page = await ssm.send(new DescribeParametersCommand({}));
    expect(page.Parameters).toHaveLength(10);
  });

  test.each([
    [{ MaxResults: 51 }, "ValidationException"],
    [{ MaxResults: 0 }, "ValidationException"],
    [{ NextToken: "garbage" }, "InvalidNextToken"],
    [{ NextToken: "/p/1" }, "InvalidNextToken"],
  ])("%j is refused", async (input, code) => {
    const ssm = ssmOf(memoryEngine());
    expect(await codeOf(ssm.send(new DescribeParametersCommand(input)))).toBe(code);
  });

  test("a token continues only the request that gave it", async () => {
    const ssm = ssmOf(memoryEngine());
    for (let i = 0; i < 3; i++) await put(ssm, `/p/${i}`);
    const { NextToken } = await ssm.send(new DescribeParametersCommand({ MaxResults: 1 }));
    const bigger = await ssm.send(new DescribeParametersCommand({ MaxResults: 2, NextToken }));
    expect(bigger.Parameters).toHaveLength(2);
    const other = { ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: ["/p"] }], NextToken };
    expect(await codeOf(ssm.send(new DescribeParametersCommand(other)))).toBe("InvalidNextToken");
  });

  test("what is made or deleted meanwhile moves no other parameter out of a walk", async () => {
    const ssm = ssmOf(memoryEngine());
    for (const name of ["/p/b", "/p/d", "/p/f"]) await put(ssm, name);
    const first = await ssm.send(new DescribeParametersCommand({ MaxResults: 2 }));
    await put(ssm, "/p/a");
    const second = await ssm.send(
      new DescribeParametersCommand({ MaxResults: 2, NextToken: first.NextToken }),
    );
    expect(second.Parameters?.map(({ Name }) => Name)).toEqual(["/p/f"]);
  });
});

describe("filters", () => {
  let engine: Engine;
  let ssm: SSMClient;

  beforeEach(async () => {
    engine = openEngine({ path: ":memory:" });
    ssm = ssmOf(engine);
    await put(ssm, "/a/one", { Type: "SecureString", KeyId: "alias/a" });
    await put(ssm, "/a/b/two", { Tier: "Advanced" });
    await put(ssm, "/ab/three", { Type: "StringList" });
    await put(ssm, "root", { DataType: "aws:ec2:image", Value: "ami-0123456789abcdef0" });
    const tag = (name: string, value: string) =>
      ssm.send(
        new AddTagsToResourceCommand({
          ResourceType: "Parameter",
          ResourceId: name,
          Tags: [{ Key: "team", Value: value }],
        }),
      );
    await tag("/a/one", "dba");
    await tag("/ab/three", "dev");
    return () => engine.close();
  });

  const cases: [filters: ParameterStringFilter[], expected: string[]][] = [
    [[{ Key: "Name", Values: ["/a/one", "root", "/none"] }], ["/a/one", "root"]],
    [[{ Key: "Name", Option: "BeginsWith", Values: ["/a/"] }], ["/a/b/two", "/a/one"]],
    [[{ Key: "Name", Option: "BeginsWith", Values: ["/a"] }], ["/a/b/two", "/a/one", "/ab/three"]],
    [
      [{ Key: "Name", Option: "BeginsWith", Values: ["/a", "/a/b", "ro", "/ab"] }],
      ["/a/b/two", "/a/one", "/ab/three", "root"],
    ],
    [[{ Key: "Name", Option: "Contains", Values: ["two", "oo"] }], ["/a/b/two", "root"]],
    [[{ Key: "Path", Values: ["/a"] }], ["/a/one"]],
    [[{ Key: "Path", Option: "OneLevel", Values: ["/"] }], ["root"]],
    [[{ Key: "Path", Option: "Recursive", Values: ["/a", "/ab/"] }], ["/a/b/two", "/a/one", "/ab/three"]],
    [[{ Key: "Path", Option: "OneLevel", Values: ["/a", "/a/b"] }], ["/a/b/two", "/a/one"]],
    [[{ Key: "Path", Option: "Recursive", Values: ["/"] }], ["/a/b/two", "/a/one", "/ab/three", "root"]],
    [[{ Key: "Type", Values: ["SecureString", "StringList"] }], ["/a/one", "/ab/three"]],
    [[{ Key: "Type", Option: "BeginsWith", Values: ["String"] }], ["/a/b/two", "/ab/three", "root"]],
    [[{ Key: "KeyId", Values: ["alias/a"] }], ["/a/one"]],
    [[{ Key: "Tier", Values: ["Advanced"] }], ["/a/b/two"]],
    [[{ Key: "DataType", Values: ["aws:ec2:image"] }], ["root"]],
    [[{ Key: "tag:team", Values: ["dba"] }], ["/a/one"]],
    [[{ Key: "tag:team" }], ["/a/one", "/ab/three"]],
    [[{ Key: "tag:team", Option: "BeginsWith", Values: ["de"] }], ["/ab/three"]],
    [
      [
        { Key: "Path", Option: "Recursive", Values: ["/a"] },
        { Key: "Name", Option: "BeginsWith", Values: ["/a/b", "/ab"] },
      ],
      ["/a/b/two"],
    ],
    [[{ Key: "tag:team" }, { Key: "Type", Values: ["StringList"] }], ["/ab/three"]],
  ];

  test.each(cases)("%j", async (filters, expected) => {
    for (const MaxResults of [1, 50]) {
      const { names } = await walk(ssm, { ParameterFilters: filters, MaxResults });
      expect(names).toEqual(expected);
    }
  });

  test("fifty values are taken, fifty-one are not", async () => {
    const values = Array.from({ length: 50 }, (_, i) => `/none/${i}`);
    const filter = (Values: string[]) => [{ Key: "Name", Option: "BeginsWith", Values }];
    const { names } = await walk(ssm, { ParameterFilters: filter([...values.slice(1), "/a/o"]) });
    expect(names).toEqual(["/a/one"]);
    const tooMany = new DescribeParametersCommand({ ParameterFilters: filter([...values, "/a"]) });
    expect(await codeOf(ssm.send(tooMany))).toBe("ValidationException");
  });

  test("the deprecated Filters work too", async () => {
    const { names } = await walk(ssm, { Filters: [{ Key: "Name", Values: ["/a/"] }] });
    expect(names).toEqual(["/a/b/two", "/a/one"]);
  });

  const refusals: [filters: ParameterStringFilter[], code: string][] = [
    [[{ Key: "Version", Values: ["1"] }], "ValidationException"],
    [[{ Key: "tag:", Values: ["1"] }], "ValidationException"],
    [[{ Key: "Name", Values: [""] }], "ValidationException"],
    [[{ Key: "Name", Option: "BeginsWith!!", Values: ["x"] }], "ValidationException"],
    [[{ Key: "Label", Values: ["x"] }], "InvalidFilterKey"],
    [
      [
        { Key: "Name", Values: ["x"] },
        { Key: "Name", Values: ["y"] },
      ],
      "InvalidFilterKey",
    ],
    [[{ Key: "Name" }], "InvalidFilterValue"],
    [[{ Key: "Type", Values: ["Text"] }], "InvalidFilterValue"],
    [[{ Key: "Name", Option: "Recursive", Values: ["/a"] }], "InvalidFilterOption"],
    [[{ Key: "Path", Option: "Equals", Values: ["/a"] }], "InvalidFilterOption"],
    [[{ Key: "Type", Option: "Contains", Values: ["String"] }], "InvalidFilterOption"],
    [[{ Key: "Path", Values: ["a"] }], "ValidationException"],
    [[{ Key: "Path", Values: ["/aws/x"] }], "ValidationException"],
  ];

  test.each(refusals)("%j is refused", async (filters, code) => {
    expect(await codeOf(walk(ssm, { ParameterFilters: filters }))).toBe(code);
  });
});
