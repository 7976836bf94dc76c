import { describe, expect, test } from "vitest";
import { putValue } from "../../src/apply/put-value.ts";
import { EXIT } from "../../src/model/error.ts";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { aroundStore, type Hook, type StoreCall } from "../support/around-store.ts";
import { decisions, describe as describeLive, makeWorld, outcomes, type World } from "../support/world.ts";

const LITERAL = "/app/lit";
const REPLICA = "/app/replica";

/** A literal and its replica; then the literal gets another value and a data type that Parameter Store refuses. */
async function toBeReplaced(): Promise<World> {
  const of = (value: string, dataType: string) => ({
    parameters: {
      [LITERAL]: { value, dataType, description: "as it was", allowedPattern: "^[a-z]+$" },
      [REPLICA]: { copy: LITERAL },
    },
  });
  const world = await makeWorld(of("kept", "text"));
  await world.apply();
  world.pass(3_600_000);
  world.declare(of("new", "aws:ssm:integration"));
  return world;
}

/** Leads every PutParameter of the literal through `fate`. */
function puts(world: World, fate: (carryOut: () => Promise<unknown>) => Promise<unknown>): void {
  const { store } = world.session;
  const hook: Hook = async <Answer>(call: StoreCall, carryOut: () => Promise<Answer>) =>
    call.method === "put" && call.name === LITERAL ? ((await fate(carryOut)) as Answer) : carryOut();
  world.session = { ...world.session, store: aroundStore(store, hook) };
}

describe("a replacement that is refused", () => {
  test("puts back what was there, value, attributes and description, and says so", async () => {
    const world = await toBeReplaced();
    const before = await describeLive(world, LITERAL);
    const result = await world.apply();
    expect(outcomes(result)).toEqual({ [LITERAL]: "failed ValidationException", [REPLICA]: "skipped" });
    expect(result.written).toBe(true);
    expect(result.outcomes[0]?.outcome).toMatchObject({ message: expect.stringContaining("put back") });
    expect(await world.value(LITERAL)).toBe("kept");
    expect(await describeLive(world, LITERAL)).toEqual({
      ...before,
      version: 1,
      lastModified: expect.any(Number),
    });
  });

  test("is not done for the next run, and nothing is fed from it", async () => {
    const world = await toBeReplaced();
    const plan = await world.plan();
    await world.applySaved(plan);
    await expect(world.applySaved(plan)).rejects.toMatchObject({ exitCode: EXIT.stale });
    expect(await world.value(REPLICA)).toBe("kept");
    expect(decisions(await world.plan())).toMatchObject({ [LITERAL]: expect.stringContaining("replace") });
  });

  test("puts it back also where it never left this machine", async () => {
    const world = await toBeReplaced();
    let first = true;
    puts(world, (carryOut) => {
      if (!first) return carryOut();
      first = false;
      throw new StoreError("expired", "PutParameter", "ExpiredTokenException");
    });
    const result = await world.apply();
    expect(outcomes(result)).toMatchObject({ [LITERAL]: "failed ExpiredTokenException" });
    expect(result.outcomes[0]?.outcome).toMatchObject({ message: expect.stringContaining("put back") });
    expect(await world.value(LITERAL)).toBe("kept");
  });

  test("puts it back also where its leave runs out again and again", async () => {
    const world = await toBeReplaced();
    const codes = ["ValidationException", ...new Array<string>(4).fill("NotStarted")];
    puts(world, async (carryOut) => {
      const code = codes.shift();
      return code === undefined ? carryOut() : { kind: "refused", code };
    });
    const result = await world.apply();
    expect(result.outcomes[0]?.outcome).toMatchObject({ message: expect.stringContaining("is put back") });
    expect(await world.value(LITERAL)).toBe("kept");
  });

  test("says that it is gone where it cannot be put back", async () => {
    const world = await toBeReplaced();
    puts(world, async () => ({ kind: "refused", code: "AccessDeniedException" }));
    const result = await world.apply();
    expect(result.outcomes[0]?.outcome).toMatchObject({ message: expect.stringContaining("not made again") });
    expect(result.written).toBe(true);
    expect(await world.value(LITERAL)).toBeUndefined();
  });

  test("asks for no right to read what its stamp proves to be the same value", async () => {
    const world = await makeWorld({ parameters: { [LITERAL]: { value: "kept" } } });
    await world.apply();
    world.declare({ parameters: { [LITERAL]: { value: "kept", dataType: "aws:ssm:integration" } } });
    world.impose({ deny: [`ssm:GetParameter*:${LITERAL}`] });
    expect(outcomes(await world.apply())).toEqual({ [LITERAL]: "failed ValidationException" });
    world.impose({});
    expect(await world.value(LITERAL)).toBe("kept");
  });
});

test("a replacement without an answer is left alone, for it may be live: the same apply finds it done", async () => {
  const world = await makeWorld({ parameters: { [LITERAL]: { value: "ami-12345678" } } });
  await world.apply();
  world.declare({ parameters: { [LITERAL]: { value: "ami-12345678", dataType: "aws:ec2:image" } } });
  const plan = await world.plan();
  const { store } = world.session;
  let blind = false;
  world.session = {
    ...world.session,
    store: aroundStore(store, async (call, carryOut) => {
      if (blind && call.method === "describe" && call.name === LITERAL) {
        throw new StoreError("throttled", "DescribeParameters", "ThrottlingException");
      }
      const answer = await carryOut();
      if (call.method !== "put" || call.name !== LITERAL) return answer;
      blind = true;
      return { kind: "unknown", code: "ETIMEDOUT" } as typeof answer;
    }),
  };
  expect(outcomes(await world.applySaved(plan))).toEqual({ [LITERAL]: "failed unanswered" });
  world.session = { ...world.session, store };
  expect(await describeLive(world, LITERAL)).toMatchObject({ dataType: "aws:ec2:image" });
  expect(outcomes(await world.applySaved(plan))).toEqual({ [LITERAL]: "done" });
});

test("a hand does not do what the exposure guard holds up", async () => {
  const world = await makeWorld({ parameters: { "/dba/x": {} }, supplied: { "/dba/x": "dummy-one" } });
  await world.apply();
  world.declare({ parameters: { "/dba/x": { type: "String" } } });
  const result = await world.result();
  if (!result.complete) throw new Error("the plan is incomplete");
  const name = parameterName("/dba/x");
  const { graph, store, config } = world.session;
  const { environment } = config;
  const write = { store, ring: result.ring, environment, parameter: graph.parameters.get(name) };
  await expect(putValue(write, name, new Secret("dummy-two"))).rejects.toThrow("would be exposed");
  expect(await world.value("/dba/x")).toBe("dummy-one");
});
