import { describe, expect, test } from "vitest";
import { Deletions } from "../../src/apply/deletions.ts";
import { forgetParameter } from "../../src/apply/forget.ts";
import { type Former, putBack, readFormer } from "../../src/apply/former.ts";
import { putWithLeave } from "../../src/apply/leave.ts";
import { removeParameter } from "../../src/apply/remove.ts";
import { restForReuse } from "../../src/apply/rest.ts";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import type { LiveParameter, ParameterWrite, Store, WriteOutcome } from "../../src/store/store.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { aroundStore } from "../support/around-store.ts";
import { tagsOf } from "../support/snapshot.ts";
import { describe as describeLive, makeWorld, type World } from "../support/world.ts";

const NAME = "/app/x";
const VALUE = new Secret("dummy");
const LOST: WriteOutcome = { kind: "unknown", code: "ETIMEDOUT" };
const LEASE = { outlasts: () => true, ensure: async () => true };
const POLICIES = [
  {
    Type: "NoChangeNotification",
    Version: "1.0",
    Attributes: { After: "30", Unit: "Days" },
  },
];

async function applied(entry: object = {}): Promise<{ world: World; live: LiveParameter }> {
  const world = await makeWorld({ parameters: { [NAME]: entry }, supplied: { [NAME]: "dummy" } });
  await world.apply();
  const live = await describeLive(world, NAME);
  if (live === undefined) throw new Error("it is not there");
  return { world, live };
}

/** `store` whose PutParameter always has this outcome and does nothing, and how often it was sent. */
function deaf(store: Store, outcome: WriteOutcome): { store: Store; sent: ParameterWrite[] } {
  const sent: ParameterWrite[] = [];
  const put: Store["put"] = async (write) => {
    sent.push(write);
    return outcome;
  };
  return { store: { ...aroundStore(store, (_, carryOut) => carryOut()), put }, sent };
}

async function ringOf(world: World) {
  const result = await world.result();
  if (!result.complete) throw new Error("the plan is incomplete");
  return result.ring;
}

describe("without an answer, and nothing done,", () => {
  test("a delete is sent five times", async () => {
    const { world, live } = await applied();
    let sent = 0;
    const store: Store = {
      ...aroundStore(world.session.store, (_, carryOut) => carryOut()),
      delete: async () => {
        sent += 1;
        throw new StoreError("unreachable", "DeleteParameter", "ETIMEDOUT");
      },
    };
    await expect(removeParameter(store, live, LEASE as never)).rejects.toThrow(StoreError);
    expect(sent).toBe(5);
  });

  test("a copy of what is deleted is sent four times, and nothing is deleted", async () => {
    const { world, live } = await applied();
    const { store, sent } = deaf(world.session.store, LOST);
    const options = { store, ring: await ringOf(world), lease: LEASE as never, run: "run" };
    const deletions = new Deletions({ ...options, keepUnder: "alias/paraform" }, [live]);
    expect(await deletions.remove(live)).toMatchObject({ kind: "failed", code: "unanswered" });
    expect(sent).toHaveLength(4);
    expect(await world.value(NAME)).toBe("dummy");
  });

  test("a description without a stamp is sent four times", async () => {
    const { world, live } = await applied();
    const { store, sent } = deaf(world.session.store, LOST);
    const { outcome } = await forgetParameter(store, live, VALUE, LEASE);
    expect(outcome).toMatchObject({ kind: "failed", code: "unanswered" });
    expect(sent).toHaveLength(4);
  });

  test("what was replaced is put back three times, and nobody can tell", async () => {
    const { world, live } = await applied();
    await world.remove(NAME);
    const { store, sent } = deaf(world.session.store, LOST);
    expect(await putBack(store, { live, value: VALUE, tags: {} }, LEASE)).toBe("unknown");
    expect(sent).toHaveLength(3);
  });
});

test("a write that waits for its turn is sent on under a lease that is renewed four times", async () => {
  const { world } = await applied();
  const { store, sent } = deaf(world.session.store, { kind: "refused", code: "NotStarted" });
  const write = { name: parameterName(NAME), value: VALUE } as ParameterWrite;
  expect(await putWithLeave(store, write, LEASE)).toMatchObject({ code: "NotStarted" });
  expect(sent).toHaveLength(5);
  const none = { ...LEASE, ensure: async () => false };
  expect(await putWithLeave(store, write, none)).toMatchObject({ code: "NotStarted" });
  expect(sent).toHaveLength(6);
});

test("a deleted name rests for 31 seconds, and the lease is looked after every second", async () => {
  const slept: number[] = [];
  let ensured = 0;
  const rested = await restForReuse(
    {
      lease: {
        ensure: async () => {
          ensured += 1;
          return true;
        },
      },
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
      },
      waiting: () => {},
    },
    parameterName(NAME),
  );
  expect(rested).toBe(true);
  expect(slept).toEqual(Array(31).fill(1_000));
  expect(ensured).toBe(slept.length);
});

describe("what a replacement had deleted is put back", () => {
  async function deleted(entry: object = {}) {
    const { world, live } = await applied(entry);
    await world.remove(NAME);
    world.pass(31_000);
    return { world, live, former: { live, value: VALUE, tags: { team: "a" } } satisfies Former };
  }

  test("with policies, pattern, description and tags as they were", async () => {
    const entry = { policies: POLICIES, allowedPattern: "^d", description: "of a", tier: "Advanced" };
    const { world, live, former } = await deleted(entry);
    expect(await putBack(world.session.store, former, LEASE)).toBe("done");
    const { version: _, lastModified: __, ...as } = live;
    expect(as.policies).toContain("NoChangeNotification");
    expect(await describeLive(world, NAME)).toMatchObject(as);
    expect(await tagsOf(world.client, NAME)).toEqual({ team: "a" });
  });

  test("but not without the lock, nor without a value", async () => {
    const { world, former } = await deleted();
    const { store } = world.session;
    expect(await putBack(store, former, { ...LEASE, ensure: async () => false })).toBe("not done");
    expect(await putBack(store, { ...former, value: undefined }, LEASE)).toBe("not done");
    expect(await world.value(NAME)).toBeUndefined();
  });

  test("but not over what somebody else has made there", async () => {
    const { world, former } = await deleted();
    await world.put(NAME, "foreign");
    expect(await putBack(deaf(world.session.store, LOST).store, former, LEASE)).toBe("not done");
    expect(await world.value(NAME)).toBe("foreign");
  });

  test("and known for done where only the answer was lost", async () => {
    const { world, former } = await deleted();
    const { store } = world.session;
    const put: Store["put"] = async (write) => {
      await store.put(write);
      return LOST;
    };
    const mute = { ...aroundStore(store, (_, carryOut) => carryOut()), put };
    expect(await putBack(mute, former, LEASE)).toBe("done");
  });

  test("and its value is only what was read of the very version that goes", async () => {
    const { world } = await applied();
    await world.put(NAME, "by hand");
    const result = await world.result();
    if (!result.complete) throw new Error("the plan is incomplete");
    const decided = result.planned.decisions.get(parameterName(NAME));
    if (decided === undefined || decided.standing.kind === "absent") throw new Error("it is not there");
    const { standing } = decided;
    const read = (live: LiveParameter) =>
      readFormer(
        world.session.store,
        result.ring,
        { ...decided, standing: { ...standing, live } },
        new Secret("new"),
      );
    expect((await read(standing.live)).value?.expose()).toBe("by hand");
    const earlier = { ...standing.live, lastModified: standing.live.lastModified - 1 };
    expect((await read(earlier)).value).toBeUndefined();
  });
});
