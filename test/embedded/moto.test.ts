import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import * as client from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, openEngine } from "../../src/embedded/engine.ts";
import { ssmOf } from "./clients.ts";

/**
 * moto as a second opinion, on what it is known to get right: happy paths, labels and versions. Where it is known to
 * be wrong (reference of the project, §7), nothing is asked of it.
 */
const installed = spawnSync("moto_server", ["--help"], { stdio: "ignore" }).status === 0;
if (!installed) console.warn("SKIPPED: moto_server is not on the PATH, so the store was not held against it");

type Step = (ssm: client.SSMClient) => Promise<unknown>;

const put = (name: string, value: string, more: Partial<client.PutParameterCommandInput> = {}): Step => {
  return (ssm) =>
    ssm.send(new client.PutParameterCommand({ Name: name, Value: value, Type: "String", ...more }));
};
const get = (name: string): Step => {
  return (ssm) => ssm.send(new client.GetParameterCommand({ Name: name, WithDecryption: true }));
};
const history = (name: string): Step => {
  return (ssm) => ssm.send(new client.GetParameterHistoryCommand({ Name: name, WithDecryption: true }));
};
const label = (name: string, version: number | undefined, ...labels: string[]): Step => {
  return (ssm) =>
    ssm.send(
      new client.LabelParameterVersionCommand({ Name: name, ParameterVersion: version, Labels: labels }),
    );
};
const unlabel = (name: string, version: number, ...labels: string[]): Step => {
  return (ssm) =>
    ssm.send(
      new client.UnlabelParameterVersionCommand({ Name: name, ParameterVersion: version, Labels: labels }),
    );
};
const describeBy = (...filters: client.ParameterStringFilter[]): Step => {
  return (ssm) => ssm.send(new client.DescribeParametersCommand({ ParameterFilters: filters }));
};
const byPath = (path: string, recursive: boolean): Step => {
  return (ssm) =>
    ssm.send(
      new client.GetParametersByPathCommand({ Path: path, Recursive: recursive, WithDecryption: true }),
    );
};
const resource = (id: string) => ({ ResourceType: "Parameter", ResourceId: id }) as const;
const addTags = (id: string, ...tags: client.Tag[]): Step => {
  return (ssm) => ssm.send(new client.AddTagsToResourceCommand({ ...resource(id), Tags: tags }));
};
const removeTags = (id: string, ...keys: string[]): Step => {
  return (ssm) => ssm.send(new client.RemoveTagsFromResourceCommand({ ...resource(id), TagKeys: keys }));
};
const listTags = (id: string): Step => {
  return (ssm) => ssm.send(new client.ListTagsForResourceCommand(resource(id)));
};
const remove = (...names: string[]): Step => {
  return (ssm) => ssm.send(new client.DeleteParametersCommand({ Names: names }));
};

const SCENARIOS: Record<string, Step[]> = {
  "creates and overwrites": [
    put("/a/x", "one", { Type: "SecureString", KeyId: "alias/a", Description: "first" }),
    put("/a/x", "again"),
    put("/a/x", "two", { Type: undefined, Overwrite: true }),
    get("/a/x"),
    get("/a/x:1"),
    get("/a/x:3"),
    get("/a/none"),
    history("/a/x"),
    history("/a/none"),
    describeBy({ Key: "Name", Values: ["/a/x"] }),
    put("/a/y", "v", { Type: undefined }),
    put("/a/y", ""),
    put("/awsome", "v"),
    put("/aws/x", "v"),
  ],
  labels: [
    put("/l", "1"),
    put("/l", "2", { Overwrite: true }),
    put("/l", "3", { Overwrite: true }),
    label("/l", undefined, "latest"),
    label("/l", 1, "a", "b", "1bad", "awsbad", "also bad"),
    label("/l", 2, "b"),
    get("/l:b"),
    unlabel("/l", 1, "a", "b"),
    unlabel("/l", 9, "a"),
    label("/l", 9, "a"),
    label("/none", undefined, "a"),
    label("/l", 1, ..."cdefghijkl".split("")),
    label("/l", 1, "m"),
    history("/l"),
  ],
  "versions, whose oldest bears a label": [
    ...Array.from({ length: 100 }, (_, i) => put("/v", String(i), { Overwrite: i > 0 })),
    label("/v", 1, "live"),
    put("/v", "100", { Overwrite: true }),
    label("/v", 2, "live"),
    put("/v", "101", { Overwrite: true }),
    put("/v", "102", { Overwrite: true }),
    get("/v:1"),
    get("/v:live"),
    get("/v"),
  ],
  "paths and filters": [
    put("/p/a", "1", { Type: "SecureString" }),
    put("/p/q/b", "2", { Type: "StringList" }),
    put("/pq/c", "3"),
    byPath("/p", false),
    byPath("/p", true),
    byPath("/p/", true),
    describeBy({ Key: "Path", Option: "Recursive", Values: ["/p"] }),
    describeBy({ Key: "Path", Option: "OneLevel", Values: ["/p"] }),
    describeBy({ Key: "Name", Option: "BeginsWith", Values: ["/p"] }),
    describeBy({ Key: "Name", Option: "Contains", Values: ["q"] }),
    describeBy({ Key: "Type", Values: ["StringList"] }),
    describeBy({ Key: "KeyId", Values: ["alias/aws/ssm"] }),
    describeBy({ Key: "Name" }),
    describeBy({ Key: "Name", Option: "Recursive", Values: ["/p"] }),
    describeBy({ Key: "Label", Values: ["x"] }),
    describeBy({ Key: "Path", Option: "Equals", Values: ["/p"] }),
    describeBy({ Key: "Path", Values: ["p"] }),
    describeBy({ Key: "Type", Values: ["String"] }, { Key: "Type", Values: ["StringList"] }),
  ],
  tags: [
    put("/t/x", "1", { Tags: [{ Key: "team", Value: "dba" }] }),
    put("/t/x", "2", { Overwrite: true, Tags: [{ Key: "team", Value: "dev" }] }),
    addTags("/t/x", { Key: "cost", Value: "1" }, { Key: "team", Value: "dev" }),
    listTags("/t/x"),
    describeBy({ Key: "tag:team", Values: ["dev"] }),
    removeTags("/t/x", "team", "none"),
    listTags("/t/x"),
    listTags("/t/none"),
  ],
  deletes: [
    put("/d/x", "1"),
    remove("/d/x", "/d/none"),
    get("/d/x"),
    (ssm) => ssm.send(new client.DeleteParameterCommand({ Name: "/d/x" })),
  ],
  "one segment with and without a slash": [
    put("/root", "1"),
    put("root", "2", { Overwrite: true }),
    (ssm) => ssm.send(new client.DeleteParameterCommand({ Name: "root" })),
    get("/root"),
  ],
};

/** Members that differ by nature (dates, the caller) or by moto's known faults (tier and policies in listings, selectors). */
const INCOMPARABLE = new Set([
  "$metadata",
  "LastModifiedDate",
  "LastModifiedUser",
  "NextToken",
  "Selector",
  "Tier",
  "Policies",
]);

function comparable(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(comparable).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => !INCOMPARABLE.has(key) && member !== undefined)
      .map(([key, member]) => [key, comparable(member)]),
  );
}

async function transcript(ssm: client.SSMClient, steps: readonly Step[]): Promise<unknown[]> {
  const said: unknown[] = [];
  for (const step of steps) {
    said.push(await step(ssm).then(comparable, (error: Error) => `refused: ${error.name}`));
  }
  return said;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new TypeError("a TCP server has a port");
  return address.port;
}

describe.skipIf(!installed)("the embedded store and moto say the same of", () => {
  let moto: ChildProcess;
  let endpoint: string;
  let engine: Engine;

  beforeAll(async () => {
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    moto = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    engine = openEngine({ path: ":memory:" });
    for (let i = 0; i < 300; i++) {
      if (
        await fetch(`${endpoint}/moto-api/`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("moto_server did not come up");
  });

  afterAll(() => {
    moto.kill();
    engine.close();
  });

  test.each(Object.entries(SCENARIOS))("%s", async (name, steps) => {
    // Each scenario has its own region, which is a store of its own on both sides.
    const region = [
      "us-east-1",
      "us-east-2",
      "us-west-1",
      "us-west-2",
      "eu-west-1",
      "eu-west-2",
      "eu-central-1",
    ][Object.keys(SCENARIOS).indexOf(name)];
    if (region === undefined) throw new TypeError("there are more scenarios than regions");
    const credentials = { accessKeyId: "tester", secretAccessKey: "dummy" };
    const ssm = new client.SSMClient({ endpoint, region, credentials, maxAttempts: 1 });
    const theirs = await transcript(ssm, steps);
    ssm.destroy();
    expect(await transcript(ssmOf(engine, { region }), steps)).toEqual(theirs);
  });
});
