import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StoreLocation } from "../../src/config/environment.ts";
import { systemClock } from "../../src/store/clock.ts";
import { connect } from "../../src/store/connection.ts";
import { describeKey, readIdentity } from "../../src/store/identity.ts";
import { UNLIMITED } from "../../src/store/rates.ts";
import { ssmStore } from "../../src/store/ssm.ts";
import { throttle } from "../../src/store/throttle.ts";
import { type FakeServer, fakeServer, json } from "./fake-server.ts";

const AWS: Extract<StoreLocation, { kind: "parameter-store" }> = {
  kind: "parameter-store",
  account: "123456789012",
  region: "eu-west-1",
};

let folder: string;
let right: FakeServer;
let wrong: FakeServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "paraform-connection-"));
  right = await fakeServer((_, response) => json(response, { Parameters: [], KeyMetadata: {} }));
  wrong = await fakeServer((_, response) => json(response, { Parameters: [] }));
  // The SDK finds its profiles by these; a developer's own never come into play.
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "credentials"));
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  await writeFile(join(folder, "config"), "");
  await writeFile(
    join(folder, "credentials"),
    "[default]\naws_access_key_id = of-default\naws_secret_access_key = dummy\n[dba]\naws_access_key_id = of-dba\naws_secret_access_key = dummy\n",
  );
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await right.close();
  await wrong.close();
  await rm(folder, { recursive: true });
});

const ask = async (location: StoreLocation, endpoint?: string) => {
  const connection = await connect(location, endpoint === undefined ? {} : { endpoint });
  try {
    return await ssmStore(connection, throttle(UNLIMITED, systemClock)).describe({
      prefixes: ["/dba/"],
      names: [],
    });
  } finally {
    connection.close();
  }
};

describe("the endpoint", () => {
  it("is the location's, and the one given stands above it", async () => {
    await ask({ ...AWS, endpoint: right.url });
    expect(right.received).toHaveLength(1);
    await ask({ ...AWS, endpoint: wrong.url }, right.url);
    expect(right.received).toHaveLength(2);
    expect(wrong.received).toHaveLength(0);
  });

  it("is never the one of the SDK's variables and profiles", async () => {
    for (const name of [
      "AWS_ENDPOINT_URL",
      "AWS_ENDPOINT_URL_SSM",
      "AWS_ENDPOINT_URL_STS",
      "AWS_ENDPOINT_URL_KMS",
    ])
      vi.stubEnv(name, wrong.url);
    await writeFile(
      join(folder, "config"),
      `[default]\nendpoint_url = ${wrong.url}\n[profile dba]\nendpoint_url = ${wrong.url}\n`,
    );
    const connection = { ...(await connect(AWS)), requestTimeout: 30_000 };
    const hosts: string[] = [];
    const transport = {
      handle: async (request: { hostname: string }) => {
        hosts.push(request.hostname);
        throw Object.assign(new Error(), { code: "ECONNREFUSED", syscall: "connect" });
      },
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
    };
    const offline = { ...connection, transport };
    await ssmStore(offline, throttle(UNLIMITED, systemClock))
      .describe({ prefixes: [], names: [] })
      .catch(() => {});
    await readIdentity(offline).catch(() => {});
    await describeKey(offline, "alias/dba").catch(() => {});
    expect(new Set(hosts)).toEqual(
      new Set(["ssm.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com", "kms.eu-west-1.amazonaws.com"]),
    );
    await ask({ ...AWS, profile: "dba", endpoint: right.url });
    expect(wrong.received).toHaveLength(0);
  });

  it("serves the assumed role too", async () => {
    await ask({ ...AWS, roleArn: "arn:aws:iam::123456789012:role/deployer", endpoint: right.url }).catch(
      () => {},
    );
    expect(right.received.map(({ input }) => String(input.body))).toEqual([
      expect.stringContaining("Action=AssumeRole&"),
    ]);
  });

  it.each([
    "http://example.com",
    "http://10.0.0.1:4566",
    "http://127.0.0.1.example.com",
    "http://[2001:db8::1]",
  ])("is refused in clear beyond loopback: %s", async (endpoint) => {
    await expect(connect(AWS, { endpoint })).rejects.toThrow("plain http is only for loopback");
  });

  it.each(["ftp://127.0.0.1", "example.com", "", "//host"])(
    "is refused when it is no http URL: %s",
    async (endpoint) => {
      await expect(connect(AWS, { endpoint })).rejects.toThrow("not an http or https URL");
    },
  );

  it.each(["https://ssm.example.com", "http://localhost:4566", "http://127.8.9.1", "http://[::1]:4566"])(
    "may be %s",
    async (endpoint) => {
      expect((await connect(AWS, { endpoint })).endpoint).toBe(endpoint);
    },
  );

  it("is not for an embedded store", async () => {
    const location = { kind: "embedded", path: join(folder, "store.db") } as const;
    await expect(connect(location, { endpoint: right.url })).rejects.toThrow(
      "an embedded store has no endpoint",
    );
  });
});

describe("the credentials", () => {
  const keyOf = async (location: StoreLocation): Promise<string> => {
    const { credentials } = await connect(location);
    return (typeof credentials === "function" ? await credentials() : credentials).accessKeyId;
  };

  it("are the default chain's, or the profile's", async () => {
    expect(await keyOf(AWS)).toBe("of-default");
    expect(await keyOf({ ...AWS, profile: "dba" })).toBe("of-dba");
  });

  it("are missing in one clear error that says nothing of files", async () => {
    await expect(ask({ ...AWS, profile: "nobody", endpoint: right.url })).rejects.toMatchObject({
      failure: "expired",
      message:
        "DescribeParameters failed: there are no AWS credentials, or their session is over (CredentialsProviderError)",
    });
    expect(right.received).toHaveLength(0);
  });
});

describe("an embedded location", () => {
  it("is made with its folder, and found again", async () => {
    const location = { kind: "embedded", path: join(folder, "deep", "er", "store.db") } as const;
    expect(await ask(location)).toEqual(new Map());
    expect(await ask(location)).toEqual(new Map());
  });

  it("says when its folder cannot be made", async () => {
    await writeFile(join(folder, "file"), "");
    const location = { kind: "embedded", path: join(folder, "file", "store.db") } as const;
    await expect(connect(location)).rejects.toThrow(
      /^the folder of the embedded store cannot be made \(\w+\)$/,
    );
  });
});
