import { afterEach, describe, expect, it } from "vitest";
import { type Denial, denial } from "../../src/embedded/denial.ts";
import { type ParameterName, parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Reading } from "../../src/store/store.ts";
import { type EmbeddedStore, embeddedStore } from "./embedded.ts";
import { type FakeServer, fakeServer, json, refuse, storeAt } from "./fake-server.ts";

let open: EmbeddedStore | undefined;
let server: FakeServer | undefined;
afterEach(async () => {
  open?.close();
  await server?.close();
  open = undefined;
  server = undefined;
});

const names = Array.from({ length: 25 }, (_, index) => parameterName(`/app/a/p${index}`));
const kinds = (readings: readonly Reading[]): string[] => readings.map(({ kind }) => kind);

/** Twenty-five secrets, the ones in `foreign` under a key of their own, read under `denials`. */
async function secretsUnder(
  denials: readonly Denial[],
  foreign: readonly ParameterName[] = [],
): Promise<EmbeddedStore> {
  open = await embeddedStore({ denials });
  for (const name of names) {
    await open.store.put({
      name,
      value: new Secret(`value of ${name}`),
      type: "SecureString",
      keyId: foreign.includes(name) ? "alias/foreign" : "alias/ours",
      description: "",
      overwrite: false,
      tier: "Standard",
      dataType: "text",
    });
  }
  open.called.length = 0;
  return open;
}

describe("reading values", () => {
  it("tells the one that may not be decrypted, and reads all others", async () => {
    const foreign = names.slice(13, 14);
    const { store, called } = await secretsUnder([denial("kms:Decrypt", "alias/foreign")], foreign);
    const readings = await store.read(names.map((name) => ({ name })));
    expect(kinds(readings)).toEqual(names.map((name) => (foreign.includes(name) ? "denied" : "value")));
    // Three batches; the second is halved three times, for its fourth name: five and five, three and two, one and one.
    expect(called).toEqual(Array.from({ length: 3 + 2 + 2 + 2 }, () => "GetParameters"));
  });

  it("tells the ones that may not be read by name", async () => {
    const { store } = await secretsUnder([denial("ssm:GetParameters", "/app/a/p1*")]);
    const readings = await store.read(names.map((name) => ({ name })));
    expect(kinds(readings)).toEqual(names.map((name) => (name.startsWith("/app/a/p1") ? "denied" : "value")));
  });

  it("tells a single one that may not be read, asked for alone", async () => {
    const { store, called } = await secretsUnder([denial("kms:Decrypt")]);
    expect(await store.read([{ name: names[0] ?? parameterName("/x") }])).toEqual([
      { kind: "denied", code: "AccessDeniedException" },
    ]);
    expect(called).toEqual(["GetParameter"]);
  });

  it("takes a key that is gone for a value that may not be read", async () => {
    server = await fakeServer((_, response) => refuse(response, "InvalidKeyId"));
    expect(kinds(await storeAt(server.url).read(names.slice(0, 2).map((name) => ({ name }))))).toEqual([
      "denied",
      "denied",
    ]);
  });
});

describe("an answer with values", () => {
  const value = (name: string) => ({
    Name: name,
    Type: "String",
    Value: "value-of-dev",
    Version: 3,
    LastModifiedDate: 1_900_000_000,
    ARN: `arn:aws:ssm:eu-west-1:123456789012:parameter${name}`,
  });
  const read = async (body: object, versions: readonly (number | undefined)[] = [undefined, undefined]) => {
    server = await fakeServer((_, response) => json(response, body));
    const selectors = versions.map((version, index) => ({
      name: parameterName(`/app/a/p${index}`),
      ...(version === undefined ? {} : { version }),
    }));
    return storeAt(server.url).read(selectors);
  };

  it("is whole when every name is there or said to be missing", async () => {
    expect(kinds(await read({ Parameters: [value("/app/a/p1")], InvalidParameters: ["/app/a/p0"] }))).toEqual(
      ["absent", "value"],
    );
  });

  it.each([
    ["a name that it leaves out", { Parameters: [value("/app/a/p1")], InvalidParameters: [] }],
    [
      "a value that it leaves out",
      { Parameters: [value("/app/a/p0"), { ...value("/app/a/p1"), Value: undefined }] },
    ],
    ["a type nobody knows", { Parameters: [value("/app/a/p0"), { ...value("/app/a/p1"), Type: "Blob" }] }],
    ["nothing at all", {}],
  ])("is broken by %s", async (_, body) => {
    await expect(read(body)).rejects.toMatchObject({ failure: "broken" });
  });

  it("is broken by another version than the one asked for", async () => {
    const body = { Parameters: [value("/app/a/p0"), value("/app/a/p1")], InvalidParameters: [] };
    await expect(read(body, [3, 2])).rejects.toMatchObject({ failure: "broken" });
  });
});
