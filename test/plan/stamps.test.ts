import { AddTagsToResourceCommand, ListTagsForResourceCommand } from "@aws-sdk/client-ssm";
import { expect, describe as group, test } from "vitest";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { newDigestKey, openKeyring, valueDigest } from "../../src/plan/keyring.ts";
import { readStamp, type Stamp, signStamp, stampedDescription } from "../../src/plan/stamp.ts";
import { DELETE_ALL, decisions, describe, makeWorld, rekey, restore, type World } from "../support/world.ts";

const SOURCE = "/dba/source";
const COPY = "/app/x/copy";
const SECOND = "/app/y/copy-of-the-copy";

const PARAMETERS = { [SOURCE]: {}, [COPY]: { copy: SOURCE }, [SECOND]: { copy: COPY } };
const MINUTE = 60_000;
const NAME_RESTS = 31_000;

/** A source that somebody put, and the copy of its copy, in sync. */
async function inSync(): Promise<World> {
  const world = await makeWorld({ parameters: PARAMETERS });
  await world.put(SOURCE, "one");
  await world.apply();
  return world;
}

async function remake(world: World, name: string, value: string, Description: string): Promise<void> {
  await world.remove(name);
  world.pass(NAME_RESTS);
  await world.put(name, value, { Description });
}

async function tagsOf(world: World, name: string): Promise<Record<string, string>> {
  const command = new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name });
  const { TagList = [] } = await world.client.send(command);
  return Object.fromEntries(TagList.map(({ Key, Value }) => [Key, Value]));
}

const PLACE = { account: "123456789012", region: "us-east-1", environment: "test" };
const NAME = parameterName(COPY);
const FIELDS: Omit<Stamp, "keyId" | "mac"> = {
  owner: "platform",
  kind: "copy",
  version: 3,
  time: 1_767_225_600,
  rule: "r".repeat(11),
  attributes: "a".repeat(11),
  sources: "s".repeat(11),
  lineage: "l".repeat(11),
  fingerprint: "f".repeat(32),
  digest: "d".repeat(22),
};

function keyringOf(key: Secret, place = PLACE) {
  const ring = openKeyring(key, place);
  if (ring === undefined) throw new Error("no digest key");
  return ring;
}

group("a stamp verifies", () => {
  const key = newDigestKey();
  const ring = keyringOf(key);
  const stamp = signStamp(ring, NAME, FIELDS);
  const description = stampedDescription("what the user wrote", stamp);

  test("under its own name and key, beside the user's text", () => {
    expect(readStamp(ring, NAME, description)).toEqual({
      kind: "stamped",
      text: "what the user wrote",
      stamp,
    });
  });

  test("not under another name", () => {
    expect(readStamp(ring, parameterName(SECOND), description).kind).toBe("invalid");
  });

  test.each([
    ["account", { ...PLACE, account: "210987654321" }],
    ["region", { ...PLACE, region: "eu-central-1" }],
    ["environment", { ...PLACE, environment: "prod" }],
  ])("not in another %s", (_, place) => {
    expect(readStamp(keyringOf(key, place), NAME, description).kind).toBe("invalid");
  });

  test("not under another key", () => {
    expect(readStamp(keyringOf(newDigestKey()), NAME, description).kind).toBe("invalid");
  });

  test.each([
    ["owner", "intruder"],
    ["kind", "static"],
    ["version", 4],
    ["time", FIELDS.time + 1],
    ["rule", "x".repeat(11)],
    ["attributes", "x".repeat(11)],
    ["sources", "x".repeat(11)],
    ["lineage", "x".repeat(11)],
    ["lineage", undefined],
    ["moved", "x".repeat(22)],
    ["fingerprint", "0".repeat(32)],
    ["digest", "x".repeat(22)],
    ["keyId", "00000000"],
    ["mac", "x".repeat(22)],
  ] as const)("not with another %s", (field, value) => {
    const forged = stampedDescription("what the user wrote", { ...stamp, [field]: value });
    expect(forged).not.toBe(description);
    expect(readStamp(ring, NAME, forged).kind).toBe("invalid");
  });

  test("not in a grammar of another version", () => {
    expect(readStamp(ring, NAME, description.replace("{paraform:1 ", "{paraform:2 ")).kind).toBe("invalid");
  });

  test.each([" edited", "\n", "."])("nor with %j behind it: it does not become nobody's by that", (more) => {
    expect(readStamp(ring, NAME, `${description}${more}`).kind).toBe("invalid");
  });

  test("after the digest key was rotated, any number of times", () => {
    const rotated = keyringOf(newDigestKey(newDigestKey(key)));
    expect(rotated.currentId).not.toBe(ring.currentId);
    expect(readStamp(rotated, NAME, description).kind).toBe("stamped");
  });
});

group("a description with its stamp has at most 1,024 characters", () => {
  const ring = keyringOf(newDigestKey());
  const longest = signStamp(ring, NAME, {
    ...FIELDS,
    owner: "o".repeat(64),
    kind: "generate",
    version: 9_999_999_999,
    time: 999_999_999_999,
  });

  test.each([
    ["a short text", "text", "text"],
    ["no text", "", ""],
    ["a text that fills it", "x".repeat(1024), undefined],
    ["characters of two UTF-16 units", "🔑".repeat(512), undefined],
    ["the same, one unit further", `x${"🔑".repeat(511)}`, undefined],
  ])("%s", (_, text, kept) => {
    const description = stampedDescription(text, longest);
    expect(description.length).toBeLessThanOrEqual(1024);
    const signed = readStamp(ring, NAME, description);
    expect(signed.kind).toBe("stamped");
    expect(text.startsWith(signed.text)).toBe(true);
    expect(Buffer.from(signed.text).toString()).toBe(signed.text);
    if (kept === undefined) expect(1024 - description.length).toBeLessThanOrEqual(1);
    else expect(signed.text).toBe(kept);
  });

  test("on a real parameter, whose plan is then empty", async () => {
    const owner = "o".repeat(64);
    const description = `x${"🔑".repeat(511)}`;
    const world = await makeWorld({
      parameters: { [COPY]: { value: "public", description } },
      environment: { owner },
    });
    await world.apply();
    expect((await describe(world, COPY))?.description).toHaveLength(1024);
    expect(decisions(await world.plan())).toEqual({ [COPY]: "no-op" });
  });
});

group("a stamp that is not ours to trust", () => {
  const literal = { parameters: { [COPY]: { value: "ours" } } };

  test("is a conflict where the parameter would be written, forged or copied", async () => {
    const world = await makeWorld({
      parameters: { [COPY]: { value: "ours" }, [SECOND]: { value: "other" } },
    });
    await world.apply();
    const copied = (await describe(world, COPY))?.description ?? "";
    const forged = copied.replace(/.{22}\}$/, `${"A".repeat(22)}}`);
    await world.put(SECOND, "theirs", { Type: "String", Description: copied });
    await world.put(COPY, "theirs", { Type: "String", Description: forged });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ [COPY]: "conflict unverified", [SECOND]: "conflict unverified" });
    expect(plan.applyable).toBe(false);
  });

  test("makes nothing ours that a sweep finds", async () => {
    const world = await makeWorld(literal);
    await world.apply();
    await world.put(SECOND, "theirs", { Description: (await describe(world, COPY))?.description ?? "" });
    expect(decisions(await world.plan(DELETE_ALL))).toEqual({ [COPY]: "no-op" });
  });

  test("is noticed on a parameter that was remade later than ten minutes after it, at the same version", async () => {
    const world = await makeWorld(literal);
    await world.apply();
    const stamped = (await describe(world, COPY))?.description ?? "";
    world.pass(10 * MINUTE);
    await remake(world, COPY, "theirs", stamped);
    expect((await describe(world, COPY))?.version).toBe(1);
    expect(decisions(await world.plan())).toEqual({ [COPY]: "update changed_outside" });
  });

  test("is noticed by --deep on a parameter that was remade sooner", async () => {
    const world = await makeWorld(literal);
    await world.apply();
    await remake(world, COPY, "theirs", (await describe(world, COPY))?.description ?? "");
    expect(decisions(await world.plan())).toEqual({ [COPY]: "no-op" });
    expect(decisions(await world.plan({}, { deep: true }))).toEqual({ [COPY]: "update changed_outside" });
  });
});

group("a stamp's time", () => {
  test.each([
    [10 * MINUTE, "no-op"],
    [10 * MINUTE + 1000, "update changed_outside"],
  ])("may lie %d ms from LastModifiedDate: %s", async (offset, decided) => {
    const world = await makeWorld({ parameters: { [COPY]: { value: "public" } } });
    await world.apply();
    const stamped = (await describe(world, COPY))?.description ?? "";
    await world.remove(COPY);
    world.pass(offset);
    await world.put(COPY, "public", { Type: "String", Description: stamped });
    expect(decisions(await world.plan())).toEqual({ [COPY]: decided });
  });
});

group("an older version that somebody put again, value and stamp", () => {
  test("was changed outside, and is written anew", async () => {
    const world = await inSync();
    await world.put(SOURCE, "two");
    await world.apply();
    await restore(world, COPY, 1);
    expect(await world.value(COPY)).toBe("one");
    const plan = await world.plan();
    expect(decisions(plan)).toMatchObject({ [SOURCE]: "no-op", [COPY]: "update changed_outside" });
    await world.applySaved(plan);
    expect([await world.value(COPY), await world.value(SECOND)]).toEqual(["two", "two"]);
  });

  test("of a static source carries its value on to what follows", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { [SOURCE]: "one" } });
    await world.apply();
    world.declare({ supplied: { [SOURCE]: "two" } });
    await world.apply();
    world.declare({ supplied: {} });
    await restore(world, SOURCE, 1);
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({
      [SOURCE]: "no-op",
      [COPY]: "update source_changed",
      [SECOND]: "update source_changed",
    });
    await world.applySaved(plan);
    expect(await world.value(SECOND)).toBe("one");
  });
});

group("the same value put again at the source", () => {
  test("only renews the stamps of what follows, where the source may be read", async () => {
    const world = await inSync();
    await world.put(SOURCE, "one");
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({
      [SOURCE]: "no-op",
      [COPY]: "update stamp_renewed",
      [SECOND]: "update stamp_renewed",
    });
    await world.applySaved(plan);
    expect(decisions(await world.plan())).toEqual({ [SOURCE]: "no-op", [COPY]: "no-op", [SECOND]: "no-op" });
  });

  test("is a changed source to who may not read it, and the same decision", async () => {
    const world = await inSync();
    await world.put(SOURCE, "one");
    const readable = await world.plan();
    world.impose({ deny: ["kms:Decrypt:alias/owner", "kms:Decrypt:alias/replication"] });
    const unreadable = await world.plan();
    expect(decisions(unreadable)).toEqual({
      [SOURCE]: "no-op",
      [COPY]: "update source_changed",
      [SECOND]: "update source_changed",
    });
    expect(unreadable.fingerprint).toBe(readable.fingerprint);
    world.impose({});
    await world.applySaved(unreadable);
    expect([await world.value(COPY), await world.value(SECOND)]).toEqual(["one", "one"]);
    expect(decisions(await world.plan())).toEqual({ [SOURCE]: "no-op", [COPY]: "no-op", [SECOND]: "no-op" });
  });
});

group("a source that was deleted and made anew at the same version", () => {
  test.each([
    ["another value", "two", "update source_changed"],
    ["the same value", "one", "update stamp_renewed"],
  ])("with %s", async (_, value, decided) => {
    const world = await inSync();
    await remake(world, SOURCE, value, "");
    expect((await describe(world, SOURCE))?.version).toBe(1);
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ [SOURCE]: "no-op", [COPY]: decided, [SECOND]: decided });
    await world.applySaved(plan);
    expect(await world.value(SECOND)).toBe(value);
  });

  test("and had been ours", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { [SOURCE]: "one" } });
    await world.apply();
    world.declare({ supplied: {} });
    world.pass(10 * MINUTE);
    await remake(world, SOURCE, "two", (await describe(world, SOURCE))?.description ?? "");
    const plan = await world.plan();
    expect(decisions(plan)).toMatchObject({ [SOURCE]: "no-op", [COPY]: "update source_changed" });
    await world.applySaved(plan);
    expect(await world.value(SECOND)).toBe("two");
  });
});

group("a change of", () => {
  const mergeOf = (host: string) => ({ ...PARAMETERS, [SECOND]: { merge: [host, `\${${SOURCE}}`] } });

  test("rule is value_changed", async () => {
    const world = await makeWorld({ parameters: mergeOf("one.example/"), supplied: { [SOURCE]: "x" } });
    await world.apply();
    world.declare({ parameters: mergeOf("two.example/") });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ [SOURCE]: "no-op", [COPY]: "no-op", [SECOND]: "update value_changed" });
    await world.applySaved(plan);
    expect(await world.value(SECOND)).toBe("two.example/x");
  });

  test("key is attribute_changed, and followers of another key only renew their stamps", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { [SOURCE]: "one" } });
    await world.apply();
    world.declare({ parameters: { ...PARAMETERS, [COPY]: { copy: SOURCE, key: "alias/other" } } });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({
      [SOURCE]: "no-op",
      [COPY]: "update attribute_changed",
      [SECOND]: "update stamp_renewed",
    });
    await world.applySaved(plan);
    expect((await describe(world, COPY))?.keyId).toBe("alias/other");
    expect((await describe(world, SECOND))?.keyId).toBe("alias/replication");
    expect(decisions(await world.plan())[SECOND]).toBe("no-op");
  });

  test("replicationKey is attribute_changed for every copy and merge", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { [SOURCE]: "one" } });
    await world.apply();
    world.declare({ environment: { replicationKey: "alias/new" } });
    expect(decisions(await world.plan())).toEqual({
      [SOURCE]: "no-op",
      [COPY]: "update attribute_changed",
      [SECOND]: "update attribute_changed",
    });
  });

  test.each([
    ["description", { value: "v", description: "new" }],
    ["tier", { value: "v", tier: "Advanced" }],
    ["allowed pattern", { value: "v", allowedPattern: "^v$" }],
    ["type", { value: "v", type: "StringList" }],
    [
      "policies",
      {
        value: "v",
        tier: "Advanced",
        policies: [
          { Type: "NoChangeNotification", Version: "1.0", Attributes: { After: "30", Unit: "Days" } },
        ],
      },
    ],
  ])("%s is attribute_changed and then in sync", async (_, entry) => {
    const world = await makeWorld({ parameters: { [COPY]: { value: "v" } } });
    await world.apply();
    world.declare({ parameters: { [COPY]: entry } });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ [COPY]: "update attribute_changed" });
    await world.applySaved(plan);
    expect(await world.value(COPY)).toBe("v");
    expect(decisions(await world.plan())).toEqual({ [COPY]: "no-op" });
  });

  test("type from String to SecureString encrypts in place", async () => {
    const world = await makeWorld({
      parameters: { [SOURCE]: { type: "String" } },
      supplied: { [SOURCE]: "one" },
    });
    await world.apply();
    world.declare({ parameters: { [SOURCE]: {} } });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ [SOURCE]: "update attribute_changed" });
    await world.applySaved(plan);
    expect(await describe(world, SOURCE)).toMatchObject({ type: "SecureString", keyId: "alias/owner" });
    expect(await world.value(SOURCE)).toBe("one");
  });

  test("tags is attribute_changed, and leaves tags of others alone", async () => {
    const world = await makeWorld({ parameters: { [COPY]: { value: "v", tags: { team: "one" } } } });
    await world.apply();
    const Tags = [{ Key: "cost-centre", Value: "7" }];
    await world.client.send(
      new AddTagsToResourceCommand({ ResourceType: "Parameter", ResourceId: COPY, Tags }),
    );
    world.declare({ parameters: { [COPY]: { value: "v", tags: { team: "two" } } } });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ [COPY]: "update attribute_changed" });
    await world.applySaved(plan);
    expect(await tagsOf(world, COPY)).toEqual({ team: "two", "cost-centre": "7" });
    expect(decisions(await world.plan())).toEqual({ [COPY]: "no-op" });
  });

  test("tags is not lost where the value changes as well", async () => {
    const world = await makeWorld({ parameters: { [COPY]: { value: "one", tags: { team: "one" } } } });
    await world.apply();
    world.declare({ parameters: { [COPY]: { value: "two", tags: { team: "two" } } } });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ [COPY]: "update value_changed" });
    expect(plan.resource_changes[0]?.change.after?.tags).toEqual({ team: "two" });
    await world.applySaved(plan);
    expect(await tagsOf(world, COPY)).toEqual({ team: "two" });
  });

  test("data type is a replace, and blocked where nobody could make the value again", async () => {
    const image = "ami-0123456789abcdef0";
    const world = await makeWorld({
      parameters: { [COPY]: { value: image }, [SOURCE]: { type: "String" } },
      supplied: { [SOURCE]: image },
    });
    await world.apply();
    world.declare({
      parameters: {
        [COPY]: { value: image, dataType: "aws:ec2:image" },
        [SOURCE]: { type: "String", dataType: "aws:ec2:image" },
      },
      supplied: {},
    });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({
      [COPY]: "replace attribute_changed",
      [SOURCE]: "blocked cannot_replace",
    });
    expect(plan.summary).toMatchObject({ add: 1, destroy: 1, replace: 1, change: 0, blocked: 1 });
    await world.applySaved(plan);
    expect(await describe(world, COPY)).toMatchObject({ dataType: "aws:ec2:image", version: 1 });
    expect(decisions(await world.plan())[COPY]).toBe("no-op");
  });

  test("data type outside the scopes is blocked: a replace deletes, and nothing there is deleted", async () => {
    const image = "ami-0123456789abcdef0";
    const world = await makeWorld({ parameters: { "/elsewhere/image": { value: image } } });
    await world.apply();
    world.declare({ parameters: { "/elsewhere/image": { value: image, dataType: "aws:ec2:image" } } });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({ "/elsewhere/image": "blocked outside_scopes" });
    expect(plan.summary).toMatchObject({ destroy: 0, replace: 0, blocked: 1 });
  });
});

group("a rotated digest key", () => {
  test("goes on verifying its stamps, which are renewed as they are written", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { [SOURCE]: "one" } });
    await world.apply();
    const id = await rekey(world);
    expect(decisions(await world.plan())).toEqual({ [SOURCE]: "no-op", [COPY]: "no-op", [SECOND]: "no-op" });

    world.declare({ parameters: { ...PARAMETERS, [SECOND]: { copy: COPY, description: "written anew" } } });
    const plan = await world.plan();
    expect(decisions(plan)).toEqual({
      [SOURCE]: "no-op",
      [COPY]: "no-op",
      [SECOND]: "update attribute_changed",
    });
    await world.applySaved(plan);
    const stamped = async (name: string) => (await describe(world, name))?.description.includes(` ${id} `);
    expect([await stamped(COPY), await stamped(SECOND)]).toEqual([false, true]);

    world.declare({ parameters: PARAMETERS, supplied: { [SOURCE]: "two" } });
    await world.apply();
    expect(await world.value(SECOND)).toBe("two");
    expect(decisions(await world.plan())).toEqual({ [SOURCE]: "no-op", [COPY]: "no-op", [SECOND]: "no-op" });
  });

  test("notices a value that differs from an older key's digest", async () => {
    const world = await makeWorld({ parameters: { [COPY]: { value: "one" } } });
    await world.apply();
    await rekey(world);
    world.declare({ parameters: { [COPY]: { value: "two" } } });
    expect(decisions(await world.plan())).toEqual({ [COPY]: "update value_changed" });
  });
});

group("--deep", () => {
  test("compares every value, and says nothing of what is right", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { [SOURCE]: "one" } });
    await world.apply();
    const plan = await world.plan({}, { deep: true });
    expect(decisions(plan)).toEqual({ [SOURCE]: "no-op", [COPY]: "no-op", [SECOND]: "no-op" });
    expect(plan.diagnostics.map(({ code }) => code)).toEqual(["deep"]);
  });

  test("keeps a static value that is not the stamped one, and carries it on", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { [SOURCE]: "one" } });
    await world.apply();
    world.declare({ supplied: {} });
    await remake(world, SOURCE, "two", (await describe(world, SOURCE))?.description ?? "");
    const plan = await world.plan({}, { deep: true });
    expect(decisions(plan)).toMatchObject({ [SOURCE]: "no-op", [COPY]: "update source_changed" });
    expect(plan.diagnostics).toMatchObject([{ code: "deep" }, { code: "changed_outside", address: SOURCE }]);
  });

  test("trusts not even a stamp that verifies", async () => {
    const world = await makeWorld({ parameters: { [SOURCE]: {}, [COPY]: { copy: SOURCE } } });
    await world.put(SOURCE, "one");
    await world.apply();
    await forgeCopy(world, "forged by who has the digest key");
    expect(decisions(await world.plan())).toEqual({ [SOURCE]: "no-op", [COPY]: "no-op" });
    const plan = await world.plan({}, { deep: true });
    expect(decisions(plan)).toEqual({ [SOURCE]: "no-op", [COPY]: "update changed_outside" });
  });

  test("names what it could not compare", async () => {
    const world = await makeWorld({ parameters: PARAMETERS, supplied: { [SOURCE]: "one" } });
    await world.apply();
    world.impose({ deny: ["kms:Decrypt:alias/replication"] });
    const plan = await world.plan({}, { deep: true });
    expect(plan.complete).toBe(true);
    expect(plan.diagnostics.map(({ code, address }) => [code, address])).toEqual([
      ["deep", undefined],
      ["not_compared", COPY],
      ["not_compared", SECOND],
    ]);
  });
});

/** What an identity that may read the digest key can do: another value under a stamp that fits it. */
async function forgeCopy(world: World, value: string): Promise<void> {
  const result = await world.result();
  if (!result.complete) throw new Error("the plan is incomplete");
  const { ring } = result;
  const live = await describe(world, COPY);
  const signed = readStamp(ring, NAME, live?.description ?? "");
  if (signed.kind !== "stamped") throw new Error("the copy bears no stamp");
  const digest = valueDigest(ring, ring.currentId, NAME, new Secret(value)) ?? "";
  const stamp = signStamp(ring, NAME, { ...signed.stamp, digest, version: 2 });
  await world.put(COPY, value, { Description: stampedDescription("", stamp), KeyId: "alias/replication" });
}
