import {
  DescribeParametersCommand,
  GetParameterCommand,
  PutParameterCommand,
  paginateDescribeParameters,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { drivenClock } from "../../src/embedded/clock.ts";
import {
  parseClock,
  parseConditions,
  parseDenial,
  parseFault,
  parseQuota,
} from "../../src/embedded/conditions.ts";
import { EVERY_CALL } from "../../src/embedded/fault.ts";
import { UserError } from "../../src/model/error.ts";
import { memoryEngine, ssmOf } from "./clients.ts";
import { codeOf } from "./outcome.ts";

const put = (ssm: SSMClient, name = "/a/x", overwrite = false) =>
  ssm.send(new PutParameterCommand({ Name: name, Value: "v", Type: "String", Overwrite: overwrite }));
const version = async (ssm: SSMClient, name = "/a/x") =>
  (await ssm.send(new GetParameterCommand({ Name: name }))).Parameter?.Version;

describe("strings of the command line", () => {
  test.each([
    ["ssm:GetParameter:/dba/**", "anybody", "ssm:GetParameter", "/dba/a/b", true],
    ["ssm:GetParameter:/dba/**", "anybody", "ssm:GetParameters", "/dba/a", false],
    ["ssm:GetParameter:/dba/*", "anybody", "ssm:GetParameter", "/dba/a/b", false],
    ["ssm:Get*:/dba/**", "anybody", "ssm:GetParameters", "/dba/a", true],
    ["ssm:DescribeParameters", "anybody", "ssm:DescribeParameters", "*", true],
    ["reader@ssm:*", "reader", "ssm:PutParameter", "/x", true],
    ["reader@ssm:*", "writer", "ssm:PutParameter", "/x", false],
    ["kms:Decrypt:alias/replication", "anybody", "kms:Decrypt", "alias/replication", true],
    ["kms:Decrypt:alias/replication", "anybody", "kms:Encrypt", "alias/replication", false],
    ["kms:Decrypt:arn:aws:kms:*:*:key/**", "anybody", "kms:Decrypt", "arn:aws:kms:us-east-1:1:key/k", true],
  ])("denial %s of %s, %s on %s: %s", (text, caller, action, resource, expected) => {
    const denial = parseDenial(text);
    const denied =
      denial.matchesCaller(caller) && denial.matchesAction(action) && denial.matchesResource(resource);
    expect(denied).toBe(expected);
  });

  test.each([
    ["PutParameter=3", { operations: ["PutParameter"], rate: 3, burst: 3 }],
    ["PutParameter=0.5", { operations: ["PutParameter"], rate: 0.5, burst: 1 }],
    [
      "GetParameter+GetParameters=40/100",
      { operations: ["GetParameter", "GetParameters"], rate: 40, burst: 100 },
    ],
  ])("quota %s", (text, expected) => {
    expect(parseQuota(text)).toEqual(expected);
  });

  test.each([
    [
      "PutParameter:2:after-reset",
      {
        operation: "PutParameter",
        which: { from: 2, to: 2 },
        fault: { kind: "lose", when: "after", loss: "reset" },
      },
    ],
    [
      "*:every:before-503",
      { operation: "*", which: EVERY_CALL, fault: { kind: "lose", when: "before", loss: "503" } },
    ],
    [
      "GetParameter@/dba/**:error=TooManyUpdates",
      {
        operation: "GetParameter",
        names: "/dba/**",
        which: EVERY_CALL,
        fault: { kind: "refuse", code: "TooManyUpdates" },
      },
    ],
    [
      "DescribeParameters:2-4:empty-page",
      { operation: "DescribeParameters", which: { from: 2, to: 4 }, fault: { kind: "page", page: "empty" } },
    ],
    [
      "DescribeParameters:3-:short-page",
      {
        operation: "DescribeParameters",
        which: { from: 3, to: Number.POSITIVE_INFINITY },
        fault: { kind: "page", page: "short" },
      },
    ],
    [
      "GetParameter:stale=5s",
      { operation: "GetParameter", which: EVERY_CALL, fault: { kind: "stale", ms: 5000 } },
    ],
    [
      "GetCallerIdentity:1:delay=250ms",
      { operation: "GetCallerIdentity", which: { from: 1, to: 1 }, fault: { kind: "delay", ms: 250 } },
    ],
  ])("fault %s", (text, expected) => {
    expect(parseFault(text)).toEqual(expected);
  });

  test("a clock stands still at a time, or runs beside this machine's", () => {
    expect(parseClock("2026-01-01T00:00:00Z").now()).toBe(Date.parse("2026-01-01T00:00:00Z"));
    const before = Date.now();
    const ahead = parseClock("+90s").now() - 90_000;
    const behind = parseClock("-2h").now() + 7_200_000;
    for (const now of [ahead, behind]) {
      expect(now).toBeGreaterThanOrEqual(before);
      expect(now).toBeLessThanOrEqual(Date.now());
    }
  });

  test.each([
    ["deny", ["GetParameter"]],
    ["deny", ["s3:GetObject:x"]],
    ["tps", ["PutParameter"]],
    ["tps", ["PutParameter=0"]],
    ["tps", ["PutParameter=-1"]],
    ["tps", ["PutParameters=3"]],
    ["fault", ["PutParameter"]],
    ["fault", ["PutParameter:0:after-reset"]],
    ["fault", ["PutParameter:3-2:after-reset"]],
    ["fault", ["PutParameter:after-lunch"]],
    ["fault", ["PutParameter:error"]],
    ["fault", ["GetParameter:stale=soon"]],
    ["fault", ["ReadParameter:1:after-reset"]],
    ["clock", "tomorrow"],
    ["clock", "2026-13-01T00:00:00Z"],
    ["clock", "+5"],
  ])("--%s %j is a user's mistake, with a hint", (option, given) => {
    try {
      parseConditions({ [option]: given });
      expect.fail("it was accepted");
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).hint).toBeDefined();
    }
  });
});

describe("quotas", () => {
  test("refuse what comes too fast and refill with the clock", async () => {
    let now = 0;
    const engine = memoryEngine({ clock: drivenClock(() => now), quotas: [parseQuota("PutParameter=3")] });
    const ssm = ssmOf(engine);
    for (const name of ["/a/1", "/a/2", "/a/3"]) await put(ssm, name);
    expect(await codeOf(put(ssm, "/a/4"))).toBe("ThrottlingException");
    now += 333;
    expect(await codeOf(put(ssm, "/a/4"))).toBe("ThrottlingException");
    now += 1;
    await put(ssm, "/a/4");
    expect(await codeOf(version(ssm, "/a/5"))).toBe("ParameterNotFound");
  });

  test("may be shared, and bucket after bucket holds no more than its burst", async () => {
    let now = 0;
    const quotas = [parseQuota("GetParameter+DescribeParameters=1/2")];
    const ssm = ssmOf(memoryEngine({ clock: drivenClock(() => now), quotas }));
    now += 60_000;
    await ssm.send(new DescribeParametersCommand({}));
    expect(await codeOf(version(ssm))).toBe("ParameterNotFound");
    expect(await codeOf(version(ssm))).toBe("ThrottlingException");
  });

  test("a throttled SDK client waits and succeeds", async () => {
    const ssm = ssmOf(memoryEngine({ quotas: [parseQuota("PutParameter=5/1")] }), { maxAttempts: 10 });
    await Promise.all([put(ssm, "/a/1"), put(ssm, "/a/2")]);
  });
});

describe("faults", () => {
  const engineWith = (...faults: string[]) => memoryEngine({ faults: faults.map(parseFault) });

  test.each([
    ["reset", "TimeoutError"],
    ["timeout", "TimeoutError"],
    ["500", "InternalServerError"],
    ["503", "ServiceUnavailable"],
    ["html", "SyntaxError"],
    ["truncated", "SyntaxError"],
  ])("a reply lost by %s leaves the write done or not", async (loss, name) => {
    for (const [when, expected] of [
      ["before", "ParameterNotFound"],
      ["after", 1],
    ] as const) {
      const ssm = ssmOf(engineWith(`PutParameter:1:${when}-${loss}`));
      expect(await codeOf(put(ssm))).toBe(name);
      expect(expected === 1 ? await version(ssm) : await codeOf(version(ssm))).toBe(expected);
    }
  });

  test("a call that hangs ends when its client gives up", async () => {
    const ssm = ssmOf(engineWith("GetParameter:every:before-hang"));
    const command = new GetParameterCommand({ Name: "/a/x" });
    expect(await codeOf(ssm.send(command, { requestTimeout: 20 }))).toBe("TimeoutError");
    const controller = new AbortController();
    const call = ssm.send(command, { abortSignal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    expect(await codeOf(call)).toBe("AbortError");
  });

  test("only the calls that are meant go wrong", async () => {
    const ssm = ssmOf(engineWith("PutParameter@/b/**:2:error=TooManyUpdates"));
    await put(ssm, "/b/1");
    await put(ssm, "/a/1");
    expect(await codeOf(put(ssm, "/b/2"))).toBe("TooManyUpdates");
    await put(ssm, "/b/2");
  });

  test("short and empty pages are followed to the end", async () => {
    const engine = engineWith(
      "DescribeParameters:1:empty-page",
      "DescribeParameters:3:short-page",
      "DescribeParameters:4-5:empty-page",
    );
    const ssm = ssmOf(engine);
    const names = Array.from({ length: 10 }, (_, i) => `/p/${i}`);
    for (const name of names) await put(ssm, name);
    const sizes: number[] = [];
    const found: unknown[] = [];
    for await (const page of paginateDescribeParameters({ client: ssm, pageSize: 3 }, {})) {
      sizes.push(page.Parameters?.length ?? 0);
      found.push(...(page.Parameters ?? []).map(({ Name }) => Name));
    }
    expect(sizes).toEqual([0, 3, 1, 0, 0, 3, 3]);
    expect(found).toEqual(names);
  });

  test("a stale read knows nothing of the last seconds, a fresh one does", async () => {
    let now = 0;
    const engine = memoryEngine({
      clock: drivenClock(() => now),
      faults: [parseFault("GetParameter:2-:stale=5s"), parseFault("DescribeParameters:stale=5s")],
    });
    const ssm = ssmOf(engine);
    await put(ssm);
    now += 10_000;
    await put(ssm, "/a/x", true);
    expect(await version(ssm)).toBe(2);
    expect(await version(ssm)).toBe(1);
    const { Parameters } = await ssm.send(new DescribeParametersCommand({}));
    expect(Parameters?.map(({ Version }) => Version)).toEqual([1]);
    await put(ssm, "/a/new");
    expect(await codeOf(version(ssm, "/a/new"))).toBe("ParameterNotFound");
    now += 5_000;
    expect(await version(ssm)).toBe(2);
  });

  test("conditions can be imposed and lifted while the engine runs", async () => {
    const engine = memoryEngine();
    const ssm = ssmOf(engine);
    engine.impose({ faults: [parseFault("PutParameter:error=InternalServerError")] });
    expect(await codeOf(put(ssm))).toBe("InternalServerError");
    engine.impose({});
    await put(ssm);
  });

  test("an observer hears of every call, also of those that were refused or lost", async () => {
    const heard: string[] = [];
    const engine = memoryEngine({
      faults: [parseFault("PutParameter:1:before-reset")],
      observe: ({ operation }, { outcome, loss }) => heard.push(`${operation} ${loss ?? outcome.kind}`),
    });
    const ssm = ssmOf(engine);
    await codeOf(put(ssm));
    await put(ssm);
    await codeOf(put(ssm));
    expect(heard).toEqual(["PutParameter reset", "PutParameter done", "PutParameter refused"]);
  });
});

test("answers are dated by the engine's clock", async () => {
  const engine = memoryEngine(parseConditions({ clock: "2031-05-06T07:08:09Z" }));
  expect(engine.now()).toEqual(new Date("2031-05-06T07:08:09Z"));
  await put(ssmOf(engine));
  const { Parameters } = await ssmOf(engine).send(new DescribeParametersCommand({}));
  expect(Parameters?.[0]?.LastModifiedDate).toEqual(new Date("2031-05-06T07:08:09Z"));
});
