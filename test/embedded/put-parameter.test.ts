import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { memoryEngine, ssmOf } from "./clients.ts";
import { codeOf, messageOf } from "./outcome.ts";

const put = (ssm: SSMClient, input: Partial<PutParameterCommandInput>) =>
  ssm.send(new PutParameterCommand({ Name: "/app/x", Value: "value", Type: "String", ...input }));

const describeOne = async (ssm: SSMClient) =>
  (await ssm.send(new DescribeParametersCommand({}))).Parameters?.[0];

describe("what PutParameter refuses", () => {
  const cases: [why: string, input: Partial<PutParameterCommandInput>, code: string][] = [
    ["an empty value", { Value: "" }, "ValidationException"],
    ["no type for a new parameter", { Type: undefined }, "ValidationException"],
    ["an overwrite of nothing without a type", { Type: undefined, Overwrite: true }, "ValidationException"],
    ["a type that is none", { Type: "Text" as "String" }, "ValidationException"],
    ["a tier that is none", { Tier: "Gold" as "Standard" }, "ValidationException"],
    ["a description of 1,025 characters", { Description: "d".repeat(1025) }, "ValidationException"],
    ["a description with a NUL", { Description: "a\0b" }, "ValidationException"],
    ["a pattern that is no regular expression", { AllowedPattern: "(" }, "InvalidAllowedPatternException"],
    [
      "a value that its pattern does not allow",
      { AllowedPattern: "^\\d+$" },
      "ParameterPatternMismatchException",
    ],
    ["a key for what is not secret", { KeyId: "alias/app" }, "ValidationException"],
    ["a key id with a space", { Type: "SecureString", KeyId: "alias/a b" }, "ValidationException"],
    [
      "tags together with an overwrite",
      { Overwrite: true, Tags: [{ Key: "a", Value: "b" }] },
      "ValidationException",
    ],
    ["a data type that is none", { DataType: "number" }, "ValidationException"],
    ["an image id that is none", { DataType: "aws:ec2:image", Value: "ami-1" }, "ValidationException"],
    ["an integration outside its path", { DataType: "aws:ssm:integration" }, "ValidationException"],
    ["a reference to another parameter", { Value: "a {{ssm:/app/y}} b" }, "ValidationException"],
    ["4,097 bytes in the standard tier", { Value: "v".repeat(4097) }, "ValidationException"],
    ["1,366 characters of three bytes", { Value: "€".repeat(1366) }, "ValidationException"],
    [
      "8,193 bytes in the advanced tier",
      { Value: "v".repeat(8193), Tier: "Advanced" },
      "ValidationException",
    ],
    [
      "8,193 bytes where the tier is chosen",
      { Value: "v".repeat(8193), Tier: "Intelligent-Tiering" },
      "ValidationException",
    ],
    [
      "policies in the standard tier",
      { Policies: expiration("2099-01-01T00:00:00Z") },
      "ValidationException",
    ],
    [
      "an unknown key of this account",
      { Type: "SecureString", KeyId: "11111111-2222-3333-4444-555555555555" },
      "InvalidKeyId",
    ],
    ["another AWS-managed key", { Type: "SecureString", KeyId: "alias/aws/s3" }, "InvalidKeyId"],
  ];

  test.each(cases)("%s", async (_why, input, code) => {
    const ssm = ssmOf(memoryEngine());
    expect(await codeOf(put(ssm, input))).toBe(code);
    expect(await describeOne(ssm)).toBeUndefined();
  });

  test("and never quotes a value in saying so", async () => {
    const ssm = ssmOf(memoryEngine());
    const message = await messageOf(put(ssm, { Value: "dummy-secret", AllowedPattern: "^\\d+$" }));
    expect(message).not.toContain("dummy-secret");
  });

  test("several broken constraints are reported together", async () => {
    const message = await messageOf(put(ssmOf(memoryEngine()), { Value: "", Tier: "Gold" as "Standard" }));
    expect(message).toContain("2 validation errors detected");
    expect(message).toContain("'value'");
    expect(message).toContain("'tier'");
  });
});

function expiration(timestamp: string): string {
  return JSON.stringify([{ Type: "Expiration", Version: "1.0", Attributes: { Timestamp: timestamp } }]);
}

describe("sizes at the limit are accepted, and count bytes", () => {
  test.each([
    ["4,096 bytes", "v".repeat(4096), "Standard"],
    ["1,365 characters of three bytes", "€".repeat(1365), "Standard"],
    ["8,192 bytes", "v".repeat(8192), "Advanced"],
  ] as const)("%s", async (_what, value, tier) => {
    const ssm = ssmOf(memoryEngine());
    await put(ssm, { Value: value, Tier: tier });
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/app/x" }));
    expect(Parameter?.Value).toBe(value);
  });
});

describe("tiers", () => {
  test.each([
    ["Standard for what fits", { Value: "v" }, "Standard"],
    ["Advanced beyond 4,096 bytes", { Value: "v".repeat(4097) }, "Advanced"],
    ["Advanced for policies", { Policies: expiration("2099-01-01T00:00:00Z") }, "Advanced"],
  ])("Intelligent-Tiering becomes %s", async (_what, input, tier) => {
    const ssm = ssmOf(memoryEngine());
    expect((await put(ssm, { ...input, Tier: "Intelligent-Tiering" })).Tier).toBe(tier);
    expect((await describeOne(ssm))?.Tier).toBe(tier);
  });

  test("a tier is raised but never lowered", async () => {
    const ssm = ssmOf(memoryEngine());
    await put(ssm, {});
    expect((await put(ssm, { Overwrite: true, Tier: "Advanced" })).Tier).toBe("Advanced");
    expect(await messageOf(put(ssm, { Overwrite: true, Tier: "Standard" }))).toContain("downgrade");
    expect((await put(ssm, { Overwrite: true, Tier: "Intelligent-Tiering" })).Tier).toBe("Advanced");
    expect((await put(ssm, { Overwrite: true })).Tier).toBe("Advanced");
  });

  test("the 10,001st standard parameter is refused, an advanced one is not", () => {
    const engine = memoryEngine();
    const create = (name: string, tier: string) =>
      engine.handle({
        service: "ssm",
        operation: "PutParameter",
        input: { Name: name, Value: "v", Type: "String", Tier: tier },
      }).outcome;
    for (let i = 0; i < 10_000; i++) create(`/full/${i}`, "Standard");
    expect(create("/full/more", "Standard")).toMatchObject({ code: "ParameterLimitExceeded" });
    expect(create("/full/more", "Advanced")).toMatchObject({ body: { Tier: "Advanced" } });
    expect(create("/full/chosen", "Intelligent-Tiering")).toMatchObject({ body: { Tier: "Advanced" } });
  });
});

describe("overwriting", () => {
  test("a create of what exists is refused and changes nothing", async () => {
    const ssm = ssmOf(memoryEngine());
    await put(ssm, { Value: "first" });
    expect(await codeOf(put(ssm, { Value: "second" }))).toBe("ParameterAlreadyExists");
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/app/x" }));
    expect(Parameter).toMatchObject({ Value: "first", Version: 1 });
  });

  test("the same value makes a new version all the same", async () => {
    const ssm = ssmOf(memoryEngine());
    await put(ssm, {});
    expect((await put(ssm, { Overwrite: true })).Version).toBe(2);
  });

  test("what is left out stays, and an empty description clears", async () => {
    const ssm = ssmOf(memoryEngine());
    const all = {
      Type: "SecureString",
      KeyId: "alias/app",
      Description: "a description",
      AllowedPattern: "^v",
      Tier: "Advanced",
      Policies: expiration("2099-01-01T00:00:00Z"),
    } as const;
    await put(ssm, all);
    await put(ssm, { Type: undefined, Overwrite: true });
    expect(await describeOne(ssm)).toMatchObject({
      Type: "SecureString",
      KeyId: "alias/app",
      Description: "a description",
      AllowedPattern: "^v",
      Tier: "Advanced",
      DataType: "text",
      Version: 2,
      Policies: [{ PolicyType: "Expiration" }],
    });
    await put(ssm, {
      Type: undefined,
      Overwrite: true,
      Description: "",
      AllowedPattern: "",
      Policies: "[{}]",
    });
    const cleared = await describeOne(ssm);
    expect(cleared?.Description).toBeUndefined();
    expect(cleared?.AllowedPattern).toBeUndefined();
    expect(cleared?.Policies).toEqual([]);
  });

  test("a type change is allowed, or refused where the store is told to", async () => {
    const permissive = ssmOf(memoryEngine());
    await put(permissive, { Type: "SecureString" });
    await put(permissive, { Type: "String", Overwrite: true });
    const changed = await describeOne(permissive);
    expect(changed).toMatchObject({ Type: "String", Version: 2 });
    expect(changed?.KeyId).toBeUndefined();

    const strict = ssmOf(memoryEngine({ typeChange: "refuse" }));
    await put(strict, { Type: "SecureString" });
    expect(await codeOf(put(strict, { Overwrite: true }))).toBe("HierarchyTypeMismatchException");
  });

  test("the writer is named", async () => {
    const engine = memoryEngine({ account: "210987654321" });
    await put(ssmOf(engine, { accessKeyId: "writer" }), {});
    expect((await describeOne(ssmOf(engine)))?.LastModifiedUser).toBe(
      "arn:aws:iam::210987654321:user/writer",
    );
  });
});

describe("versions", () => {
  test("100 are kept", async () => {
    const ssm = ssmOf(memoryEngine());
    for (let i = 0; i < 102; i++) await put(ssm, { Overwrite: i > 0, Value: `value ${i}` });
    const first = await ssm.send(new GetParameterHistoryCommand({ Name: "/app/x" }));
    const second = await ssm.send(
      new GetParameterHistoryCommand({ Name: "/app/x", NextToken: first.NextToken }),
    );
    const versions = [...(first.Parameters ?? []), ...(second.Parameters ?? [])].map(
      ({ Version }) => Version,
    );
    expect(versions).toEqual(Array.from({ length: 100 }, (_, i) => i + 3));
    expect(second.NextToken).toBeUndefined();
  });

  test("the oldest is not dropped while it bears a label", async () => {
    const ssm = ssmOf(memoryEngine());
    for (let i = 0; i < 100; i++) await put(ssm, { Overwrite: i > 0 });
    await ssm.send(
      new LabelParameterVersionCommand({ Name: "/app/x", ParameterVersion: 1, Labels: ["live"] }),
    );
    expect(await codeOf(put(ssm, { Overwrite: true }))).toBe("ParameterMaxVersionLimitExceeded");
    await ssm.send(
      new LabelParameterVersionCommand({ Name: "/app/x", ParameterVersion: 50, Labels: ["live"] }),
    );
    expect((await put(ssm, { Overwrite: true })).Version).toBe(101);
  });
});

describe("policies", () => {
  const policy = (type: string, attributes: object) => ({
    Type: type,
    Version: "1.0",
    Attributes: attributes,
  });
  const soon = policy("Expiration", { Timestamp: "2099-01-01T00:00:00.000Z" });
  test.each([
    ["no JSON", "[", "ValidationException"],
    ["no array", "{}", "ValidationException"],
    ["a type that is none", JSON.stringify([policy("Deletion", {})]), "InvalidPolicyTypeException"],
    ["no timestamp", JSON.stringify([policy("Expiration", {})]), "InvalidPolicyAttributeException"],
    ["a timestamp that has passed", expiration("2001-01-01T00:00:00Z"), "InvalidPolicyAttributeException"],
    [
      "no unit",
      JSON.stringify([policy("NoChangeNotification", { After: "1" })]),
      "InvalidPolicyAttributeException",
    ],
    ["two expirations", JSON.stringify([soon, soon]), "IncompatiblePolicyException"],
    [
      "eleven policies",
      JSON.stringify(Array(11).fill(policy("ExpirationNotification", { Before: "1", Unit: "Days" }))),
      "PoliciesLimitExceededException",
    ],
  ])("%s is refused", async (_what, policies, code) => {
    expect(await codeOf(put(ssmOf(memoryEngine()), { Tier: "Advanced", Policies: policies }))).toBe(code);
  });

  test("they are shown as they were written", async () => {
    const ssm = ssmOf(memoryEngine());
    const notice = policy("ExpirationNotification", { Before: "2", Unit: "Hours" });
    await put(ssm, { Tier: "Advanced", Policies: JSON.stringify([soon, notice]) });
    const shown = (await describeOne(ssm))?.Policies ?? [];
    expect(shown.map(({ PolicyText }) => JSON.parse(PolicyText ?? ""))).toEqual([soon, notice]);
  });
});
