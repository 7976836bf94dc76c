import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { memoryEngine, ssmOf } from "./clients.ts";
import { codeOf } from "./outcome.ts";

const create = (ssm: SSMClient, name: string) =>
  ssm.send(new PutParameterCommand({ Name: name, Value: "value", Type: "String" }));

const PREFIX = "arn:aws:ssm:us-east-1:123456789012:parameter";
const longest = `/${"n".repeat(1011 - PREFIX.length - 1)}`;

describe("names", () => {
  test.each([
    ["a space", "/a/b c", "ValidationException"],
    ["a character that is not ASCII", "/a/ü", "ValidationException"],
    ["an empty segment", "/a//b", "ValidationException"],
    ["a slash at its end", "/a/", "ValidationException"],
    ["levels without a first slash", "a/b", "ValidationException"],
    ["a version", "/a/b:1", "ValidationException"],
    ["an ARN", `${PREFIX}/a/b`, "ValidationException"],
    ["16 levels", "/l".repeat(16), "HierarchyLevelLimitExceededException"],
    ["1,012 characters with its ARN's prefix", `${longest}n`, "ValidationException"],
    ["awsome", "/awsome/x", "ValidationException"],
    ["SSM-x", "SSM-x", "ValidationException"],
    ["aws as first level", "/aws/x", "AccessDeniedException"],
  ])("%s is refused", async (_what, name, code) => {
    expect(await codeOf(create(ssmOf(memoryEngine()), name))).toBe(code);
  });

  test.each([["/a"], ["a"], ["/a/B-c_d.e/9"], ["/l".repeat(15)], [longest], ["/x/aws"], ["  /a/b  "]])(
    "%j is accepted",
    async (name) => {
      const ssm = ssmOf(memoryEngine());
      await create(ssm, name);
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name.trim() }));
      expect(Parameter).toMatchObject({ Name: name.trim(), Value: "value" });
    },
  );

  test("are case-sensitive", async () => {
    const ssm = ssmOf(memoryEngine());
    await create(ssm, "/a/b");
    expect(await codeOf(ssm.send(new GetParameterCommand({ Name: "/a/B" })))).toBe("ParameterNotFound");
  });
});

describe("a name of one segment with and without its slash is one parameter", () => {
  test.each([
    ["x", "/x"],
    ["/x", "x"],
  ])("made as %s, used as %s", async (made, used) => {
    const ssm = ssmOf(memoryEngine());
    await create(ssm, made);
    expect(await codeOf(create(ssm, used))).toBe("ParameterAlreadyExists");
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: used }));
    expect(Parameter).toMatchObject({ Name: used, ARN: `${PREFIX}/x` });
    const { Parameters } = await ssm.send(new DescribeParametersCommand({}));
    expect(Parameters?.map(({ Name }) => Name)).toEqual(["x"]);
    const root = await ssm.send(new GetParametersByPathCommand({ Path: "/" }));
    expect(root.Parameters).toHaveLength(1);
    await ssm.send(new DeleteParameterCommand({ Name: used }));
    expect(await codeOf(ssm.send(new GetParameterCommand({ Name: made })))).toBe("ParameterNotFound");
  });
});
