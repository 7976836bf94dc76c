import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ParameterName, parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import type { ParameterWrite, Store } from "../../src/store/store.ts";

/** Where the thing under test is known to differ from Parameter Store; each name is one test that then expects the difference. */
export type Deviation =
  | "describes the policy texts as objects"
  | "takes any tier back to Standard"
  | "deletes and makes anew at once";

export interface Subject {
  readonly store: Store;
  readonly close: () => Promise<void> | void;
}

const KEY = "alias/contract";

/** What every `Store` promises, whatever it talks to. */
export function storeContract(open: () => Promise<Subject>, deviations: readonly Deviation[] = []): void {
  let subject: Subject;
  let store: Store;
  beforeAll(async () => {
    subject = await open();
    store = subject.store;
  });
  afterAll(() => subject.close());

  /** Names under a prefix that no other test has. */
  const place = (): ((name?: string) => ParameterName) => {
    const root = `/contract/${randomUUID()}/`;
    return (name = "pw") => parameterName(`${root}${name}`);
  };
  const prefixOf = (name: ParameterName): string => name.slice(0, name.lastIndexOf("/") + 1);
  const put = async (write: ParameterWrite): Promise<number> => {
    const outcome = await store.put(write);
    if (outcome.kind !== "written") throw new Error(`not written: ${JSON.stringify(outcome)}`);
    return outcome.version;
  };

  describe("put", () => {
    it("creates at version 1 and overwrites at the next", async () => {
      const name = place()();
      expect(await store.put(writeOf(name))).toEqual({ kind: "written", version: 1 });
      expect(await store.put(writeOf(name, { overwrite: true }))).toEqual({ kind: "written", version: 2 });
    });

    it("refuses to create what exists, and leaves it", async () => {
      const name = place()();
      await put(writeOf(name, { value: new Secret("first") }));
      expect(await store.put(writeOf(name, { value: new Secret("second") }))).toEqual({ kind: "exists" });
      expect(await textOf(store, name)).toBe("first");
    });

    it("keeps bytes as they are", async () => {
      const name = place()();
      const value = ' "q" \\ \n\t€ 𝄞 {{x} \u0000end '.replace("\u0000", "");
      await put(writeOf(name, { value: new Secret(value) }));
      expect(await textOf(store, name)).toBe(value);
    });

    it("has one winner when many create one name", async () => {
      const name = place()();
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => store.put(writeOf(name))));
      expect(outcomes.filter(({ kind }) => kind === "written")).toHaveLength(1);
      expect(outcomes.filter(({ kind }) => kind === "exists")).toHaveLength(7);
    });

    it("gives every overwrite a version of its own", async () => {
      const name = place()();
      await put(writeOf(name));
      const versions = await Promise.all(
        Array.from({ length: 5 }, () => put(writeOf(name, { overwrite: true }))),
      );
      expect(versions.toSorted()).toEqual([2, 3, 4, 5, 6]);
    });

    it("sends nothing when it may not start", async () => {
      const name = place()();
      const before = store.calls;
      expect(await store.put(writeOf(name), () => false)).toEqual({ kind: "refused", code: "NotStarted" });
      expect(store.calls).toBe(before);
    });

    it("passes on AWS's code when it is refused", async () => {
      const name = place()();
      const outcome = await store.put(writeOf(name, { value: new Secret("") }));
      expect(outcome).toEqual({ kind: "refused", code: "ValidationException" });
    });
  });

  describe("describe", () => {
    it("tells everything but the value", async () => {
      const name = place()();
      const before = store.now();
      await put(writeOf(name, { description: "the password", allowedPattern: "^v", tags: { team: "dba" } }));
      const live = (await store.describe({ prefixes: [prefixOf(name)], names: [] })).get(name);
      expect(live).toMatchObject({
        name,
        type: "SecureString",
        version: 1,
        description: "the password",
        keyId: KEY,
        tier: "Standard",
        allowedPattern: "^v",
        dataType: "text",
      });
      expect(Math.abs((live?.lastModified ?? 0) - before)).toBeLessThan(60_000);
      expect(live).not.toHaveProperty("policies");
      expect(JSON.stringify(live)).not.toContain("value-of");
    });

    it("has no key for what is not secret, and no description where there is none", async () => {
      const name = place()();
      await put(plainOf(name, { description: "" }));
      const live = (await store.describe({ prefixes: [], names: [name] })).get(name);
      expect(live).toMatchObject({ type: "String", description: "" });
      expect(live).not.toHaveProperty("keyId");
    });

    it("returns all under the prefixes, the names asked for, and nothing else", async () => {
      const here = place();
      const there = place();
      const names = [here("a"), here("deep/er/b"), there("asked"), there("asked2"), there("asked/below")];
      for (const name of names) await put(plainOf(name));
      const live = await store.describe({
        prefixes: [prefixOf(here("a"))],
        names: [there("asked"), there("absent")],
      });
      expect([...live.keys()].toSorted()).toEqual([here("a"), here("deep/er/b"), there("asked")].toSorted());
    });

    it("finds names beyond the first fifty", async () => {
      const at = place();
      const name = at("last");
      await put(plainOf(name));
      const absent = Array.from({ length: 120 }, (_, index) => at(`absent-${index}`));
      expect([...(await store.describe({ prefixes: [], names: [...absent, name] })).keys()]).toEqual([name]);
    });

    it("follows every page", async () => {
      const at = place();
      const names = Array.from({ length: 123 }, (_, index) => at(`p${index}`));
      await Promise.all(names.map((name) => put(plainOf(name))));
      const live = await store.describe({ prefixes: [prefixOf(at("p0"))], names: [] });
      expect([...live.keys()].toSorted()).toEqual(names.toSorted());
    });

    it("asks once when nothing is asked", async () => {
      const before = store.calls;
      expect(await store.describe({ prefixes: [], names: [] })).toEqual(new Map());
      expect(store.calls - before).toBe(1);
    });

    it("knows a name of one segment in one spelling", async () => {
      const name = parameterName(`/${randomUUID()}`);
      await put(plainOf(name));
      expect([...(await store.describe({ prefixes: [], names: [name] })).keys()]).toEqual([name]);
      await store.delete(name);
    });

    it("writes policies one way, however they were spelled", async () => {
      const name = place()();
      const policies = JSON.stringify([
        { Version: "1.0", Type: "NoChangeNotification", Attributes: { Unit: "Days", After: "20" } },
        { Type: "Expiration", Version: "1.0", Attributes: { Timestamp: "2099-01-01T00:00:00.000Z" } },
      ]);
      await put(writeOf(name, { tier: "Advanced", policies }));
      const described = store.describe({ prefixes: [], names: [name] });
      if (deviations.includes("describes the policy texts as objects")) {
        await expect(described).rejects.toMatchObject({ failure: "broken" });
      } else {
        expect((await described).get(name)).toMatchObject({
          tier: "Advanced",
          policies:
            '[{"Attributes":{"After":"20","Unit":"Days"},"Type":"NoChangeNotification","Version":"1.0"},' +
            '{"Attributes":{"Timestamp":"2099-01-01T00:00:00.000Z"},"Type":"Expiration","Version":"1.0"}]',
        });
      }
    });

    it("keeps what a later write does not change, and clears an empty description", async () => {
      const name = place()();
      await put(writeOf(name, { description: "first" }));
      await put(writeOf(name, { description: "", overwrite: true }));
      const live = (await store.describe({ prefixes: [], names: [name] })).get(name);
      expect(live).toMatchObject({ version: 2, description: "", keyId: KEY, type: "SecureString" });
    });
  });

  describe("tier", () => {
    it("is never lowered", async () => {
      const name = place()();
      await put(plainOf(name, { tier: "Advanced" }));
      const outcome = await store.put(plainOf(name, { overwrite: true }));
      if (deviations.includes("takes any tier back to Standard"))
        expect(outcome).toEqual({ kind: "written", version: 2 });
      else expect(outcome).toEqual({ kind: "refused", code: "ValidationException" });
    });
  });

  describe("read", () => {
    it("reads values with what belongs to them", async () => {
      const name = place()();
      await put(writeOf(name));
      const [reading] = await store.read([{ name }]);
      expect(reading).toMatchObject({ kind: "value", type: "SecureString", version: 1 });
      expect(reading).toHaveProperty(
        "arn",
        expect.stringMatching(`^arn:aws:ssm:[a-z0-9-]+:\\d{12}:parameter${name}$`),
      );
      expect(reading?.kind === "value" && reading.value.expose()).toBe("value-of-dev");
    });

    it("answers in the order of the question, doubles and absent ones included", async () => {
      const at = place();
      const names = Array.from({ length: 23 }, (_, index) => at(`p${index}`));
      await Promise.all(names.map((name) => put(plainOf(name, { value: new Secret(`value of ${name}`) }))));
      const asked = [...names.toReversed(), at("absent"), at("p0")];
      const readings = await store.read(asked.map((name) => ({ name })));
      expect(
        readings.map((reading) => (reading.kind === "value" ? reading.value.expose() : reading.kind)),
      ).toEqual(asked.map((name) => (name === at("absent") ? "absent" : `value of ${name}`)));
    });

    it("reads the version asked for, several of one name at once", async () => {
      const name = place()();
      await put(writeOf(name, { value: new Secret("one") }));
      await put(writeOf(name, { value: new Secret("two"), overwrite: true }));
      const selectors = [{ name, version: 2 }, { name, version: 1 }, { name }, { name, version: 3 }];
      const readings = await store.read(selectors);
      expect(
        readings.map((reading) =>
          reading.kind === "value" ? [reading.version, reading.value.expose()] : reading.kind,
        ),
      ).toEqual([[2, "two"], [1, "one"], [2, "two"], "absent"]);
    });

    it("tells an absent name and an absent version when they are asked for alone", async () => {
      const at = place();
      await put(plainOf(at("there")));
      expect(await store.read([{ name: at("absent") }])).toEqual([{ kind: "absent" }]);
      expect(await store.read([{ name: at("there"), version: 9 }])).toEqual([{ kind: "absent" }]);
    });

    it("asks nothing for nothing, and one call for each ten", async () => {
      const at = place();
      const cost = async (count: number): Promise<number> => {
        const before = store.calls;
        await store.read(Array.from({ length: count }, (_, index) => ({ name: at(`p${index}`) })));
        return store.calls - before;
      };
      expect([await cost(0), await cost(1), await cost(10), await cost(11), await cost(100)]).toEqual([
        0, 1, 1, 2, 10,
      ]);
    });
  });

  describe("history", () => {
    it("lists the versions, oldest first, without their values", async () => {
      const name = place()();
      for (const description of ["one", "two", "three"])
        await put(writeOf(name, { description, overwrite: description !== "one" }));
      const history = await store.history(name);
      expect(history.map(({ version, description }) => [version, description])).toEqual([
        [1, "one"],
        [2, "two"],
        [3, "three"],
      ]);
      expect(JSON.stringify(history)).not.toContain("value-of");
    });

    it("is empty for what is absent", async () => {
      expect(await store.history(place()())).toEqual([]);
    });
  });

  describe("delete and tag", () => {
    it("tells what it deleted from what was absent", async () => {
      const name = place()();
      await put(writeOf(name));
      expect(await store.delete(name)).toBe("deleted");
      expect(await store.delete(name)).toBe("absent");
      expect(await store.describe({ prefixes: [], names: [name] })).toEqual(new Map());
    });

    it("tags without making a version", async () => {
      const name = place()();
      await put(writeOf(name, { tags: { a: "1", b: "1" } }));
      await store.tag(name, { b: "2", c: "3" });
      expect((await store.describe({ prefixes: [], names: [name] })).get(name)?.version).toBe(1);
    });

    it("says that what is absent cannot be tagged", async () => {
      await expect(store.tag(place()(), { a: "1" })).rejects.toMatchObject({
        failure: "refused",
        code: "InvalidResourceId",
      });
    });
  });
}

function writeOf(name: ParameterName, changes: Partial<ParameterWrite> = {}): ParameterWrite {
  return {
    name,
    value: new Secret("value-of-dev"),
    type: "SecureString",
    description: "",
    overwrite: false,
    keyId: KEY,
    tier: "Standard",
    dataType: "text",
    ...changes,
  };
}

function plainOf(name: ParameterName, changes: Partial<ParameterWrite> = {}): ParameterWrite {
  const { keyId: _, ...plain } = writeOf(name, { type: "String", ...changes });
  return plain;
}

async function textOf(store: Store, name: ParameterName): Promise<string | undefined> {
  const [reading] = await store.read([{ name }]);
  return reading?.kind === "value" ? reading.value.expose() : undefined;
}
