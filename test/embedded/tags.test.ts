import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  type SSMClient,
  type Tag,
} from "@aws-sdk/client-ssm";
import { beforeEach, describe, expect, test } from "vitest";
import { drivenClock } from "../../src/embedded/clock.ts";
import { type Engine, openEngine } from "../../src/embedded/engine.ts";
import { ssmOf } from "./clients.ts";
import { codeOf } from "./outcome.ts";

let engine: Engine;
let ssm: SSMClient;
let now: number;

const create = (name: string, tags?: Tag[]) =>
  ssm.send(new PutParameterCommand({ Name: name, Value: "v", Type: "String", Tags: tags }));
const resource = (id: string) => ({ ResourceType: "Parameter", ResourceId: id }) as const;
const add = (id: string, ...tags: Tag[]) =>
  ssm.send(new AddTagsToResourceCommand({ ...resource(id), Tags: tags }));
const list = async (id: string) => (await ssm.send(new ListTagsForResourceCommand(resource(id)))).TagList;
const tags = (count: number) => Array.from({ length: count }, (_, i) => ({ Key: `k${i}`, Value: "v" }));

beforeEach(async () => {
  now = 1_700_000_000_000;
  engine = openEngine({ path: ":memory:", clock: drivenClock(() => now) });
  ssm = ssmOf(engine);
  await create("/a/x", [{ Key: "team", Value: "dba" }]);
  return () => engine.close();
});

describe("tags", () => {
  test("come with a create, are added, replaced and removed", async () => {
    await add("/a/x", { Key: "team", Value: "dev" }, { Key: "cost center", Value: "π = 3" });
    expect(await list("/a/x")).toEqual([
      { Key: "cost center", Value: "π = 3" },
      { Key: "team", Value: "dev" },
    ]);
    await ssm.send(new RemoveTagsFromResourceCommand({ ...resource("/a/x"), TagKeys: ["team", "none"] }));
    expect(await list("/a/x")).toEqual([{ Key: "cost center", Value: "π = 3" }]);
  });

  test("of a one-segment name are found under both spellings", async () => {
    await create("root", [{ Key: "a", Value: "b" }]);
    expect(await list("/root")).toEqual(await list("root"));
  });

  test("are fifty at most, on create and when added, and what goes beyond changes nothing", async () => {
    expect(await codeOf(create("/a/y", tags(51)))).toBe("TooManyTagsError");
    await create("/a/y", tags(50));
    expect(await codeOf(add("/a/y", { Key: "one more", Value: "" }))).toBe("TooManyTagsError");
    expect(await list("/a/y")).toHaveLength(50);
  });

  test("do not outlive their parameter", async () => {
    await ssm.send(new DeleteParameterCommand({ Name: "/a/x" }));
    now += 30_000;
    await create("/a/x");
    expect(await list("/a/x")).toEqual([]);
  });

  test.each([
    ["a key of AWS", { Key: "aws:x", Value: "v" }],
    ["an empty key", { Key: "", Value: "v" }],
    ["a key of 129 characters", { Key: "k".repeat(129), Value: "v" }],
    ["a value of 257 characters", { Key: "k", Value: "v".repeat(257) }],
    ["a character that no tag holds", { Key: "k", Value: "a#b" }],
  ])("%s is refused", async (_what, tag) => {
    expect(await codeOf(add("/a/x", tag))).toBe("ValidationException");
    expect(await codeOf(create("/a/new", [tag]))).toBe("ValidationException");
  });

  test.each([
    ["a parameter that is not there", "Parameter", "/a/none", "InvalidResourceId"],
    ["a resource that is no parameter", "Document", "/a/x", "InvalidResourceId"],
    ["a type that is none", "Secret", "/a/x", "InvalidResourceType"],
  ])("of %s", async (_what, type, id, code) => {
    const input = { ResourceType: type as "Parameter", ResourceId: id };
    expect(await codeOf(ssm.send(new ListTagsForResourceCommand(input)))).toBe(code);
    expect(await codeOf(ssm.send(new AddTagsToResourceCommand({ ...input, Tags: tags(1) })))).toBe(code);
    expect(await codeOf(ssm.send(new RemoveTagsFromResourceCommand({ ...input, TagKeys: ["k"] })))).toBe(
      code,
    );
  });
});
