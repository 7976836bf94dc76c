import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  type KMSClient,
  ListAliasesCommand,
  paginateListAliases,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import { denial } from "../../src/embedded/denial.ts";
import { kmsOf, memoryEngine, ssmOf, stsOf, temporaryFolder } from "./clients.ts";
import { codeOf, messageOf } from "./outcome.ts";

const SECRET = "dummy-password-of-dev";
const put = (ssm: SSMClient, more: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ Name: "/dba/pw", Value: SECRET, Type: "SecureString", ...more }));
const get = async (ssm: SSMClient, decrypt = true) =>
  (await ssm.send(new GetParameterCommand({ Name: "/dba/pw", WithDecryption: decrypt }))).Parameter?.Value;
const describeKey = async (kms: KMSClient, id: string) =>
  (await kms.send(new DescribeKeyCommand({ KeyId: id }))).KeyMetadata;

describe("keys", () => {
  test("an alias comes into being on first use, as one customer key", async () => {
    const engine = memoryEngine();
    const kms = kmsOf(engine);
    const first = await describeKey(kms, "alias/dba");
    expect(first).toMatchObject({ KeyManager: "CUSTOMER", KeyState: "Enabled" });
    for (const name of [first?.KeyId, first?.Arn, "arn:aws:kms:us-east-1:123456789012:alias/dba"]) {
      expect((await describeKey(kms, name ?? ""))?.Arn).toBe(first?.Arn);
    }
    await put(ssmOf(engine), { KeyId: "alias/dba" });
    const { Aliases } = await kms.send(new ListAliasesCommand({}));
    expect(Aliases).toMatchObject([{ AliasName: "alias/dba", TargetKeyId: first?.KeyId }]);
  });

  test("alias/aws/ssm is AWS's, and cannot be touched", async () => {
    const kms = kmsOf(memoryEngine());
    expect(await describeKey(kms, "alias/aws/ssm")).toMatchObject({ KeyManager: "AWS" });
    const disable = new DisableKeyCommand({ KeyId: "alias/aws/ssm" });
    expect(await codeOf(kms.send(disable))).toBe("AccessDeniedException");
  });

  test("a dry run of Decrypt tells by its error whether the caller may, and decrypts nothing", async () => {
    const denials = [denial("kms:Decrypt", "alias/replication")];
    const kms = kmsOf(memoryEngine({ denials }));
    const dryRun = (KeyId: string, more: object = { DryRunModifiers: ["IGNORE_CIPHERTEXT"] }) =>
      kms.send(new DecryptCommand({ KeyId, DryRun: true, ...more }));
    const allowed = await dryRun("alias/dba").catch((error: unknown) => error);
    expect(allowed).toMatchObject({
      name: "DryRunOperationException",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await codeOf(dryRun("alias/replication"))).toBe("AccessDeniedException");
    expect(await codeOf(dryRun("alias/aws/ssm"))).toBe("AccessDeniedException");
    expect(await codeOf(dryRun("alias/dba", { DryRun: false }))).toBe("UnsupportedOperationException");
    const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? "";
    await kms.send(new DisableKeyCommand({ KeyId }));
    expect(await codeOf(dryRun(KeyId))).toBe("DisabledException");
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
    expect(await codeOf(dryRun(KeyId))).toBe("KMSInvalidStateException");
  });

  test("strict keys have to be made first", async () => {
    const engine = memoryEngine({ strictKeys: true });
    const ssm = ssmOf(engine);
    const kms = kmsOf(engine);
    expect(await codeOf(describeKey(kms, "alias/dba"))).toBe("NotFoundException");
    expect(await codeOf(put(ssm, { KeyId: "alias/dba" }))).toBe("InvalidKeyId");
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: "the DBA's" }));
    const alias = new CreateAliasCommand({ AliasName: "alias/dba", TargetKeyId: KeyMetadata?.KeyId });
    await kms.send(alias);
    expect(await codeOf(kms.send(alias))).toBe("AlreadyExistsException");
    await put(ssm, { KeyId: "alias/dba" });
    await put(ssm, { Overwrite: true, KeyId: "alias/aws/ssm" });
  });

  test("a key that is disabled or about to go can be neither written nor read under, until it is back", async () => {
    const engine = memoryEngine();
    const ssm = ssmOf(engine);
    const kms = kmsOf(engine);
    await put(ssm, { KeyId: "alias/dba" });
    const KeyId = (await describeKey(kms, "alias/dba"))?.KeyId;

    await kms.send(new DisableKeyCommand({ KeyId }));
    expect(await messageOf(get(ssm))).toContain("DisabledException");
    expect(await codeOf(put(ssm, { KeyId, Overwrite: true }))).toBe("InvalidKeyId");
    await kms.send(new EnableKeyCommand({ KeyId }));
    expect(await get(ssm)).toBe(SECRET);

    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    expect(await codeOf(get(ssm))).toBe("InvalidKeyId");
    expect(await codeOf(kms.send(new EnableKeyCommand({ KeyId })))).toBe("KMSInvalidStateException");
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    expect(await describeKey(kms, "alias/dba")).toMatchObject({ KeyState: "Disabled" });
  });

  test("aliases are listed page by page", async () => {
    const engine = memoryEngine();
    const kms = kmsOf(engine);
    const names = Array.from({ length: 5 }, (_, i) => `alias/k${i}`);
    for (const name of names) await describeKey(kms, name);
    const found: unknown[] = [];
    for await (const page of paginateListAliases({ client: kms, pageSize: 2 }, {})) {
      found.push(...(page.Aliases ?? []).map(({ AliasName }) => AliasName));
    }
    expect(found).toEqual(names);
  });
});

describe("SecureStrings", () => {
  test("without a key are under alias/aws/ssm; keys are shown as they were given", async () => {
    const ssm = ssmOf(memoryEngine());
    const keyId = async () => (await ssm.send(new DescribeParametersCommand({}))).Parameters?.[0]?.KeyId;
    await put(ssm);
    expect(await keyId()).toBe("alias/aws/ssm");
    const arn = "arn:aws:kms:us-east-1:123456789012:alias/dba";
    await put(ssm, { Overwrite: true, KeyId: arn });
    expect(await keyId()).toBe(arn);
  });

  test("without decryption are a ciphertext that is never the same twice and does not hold the value", async () => {
    const ssm = ssmOf(memoryEngine());
    await put(ssm);
    const first = await get(ssm, false);
    await put(ssm, { Overwrite: true });
    const second = await get(ssm, false);
    expect(first).not.toBe(second);
    expect(Buffer.from(first ?? "", "base64").toString()).not.toContain(SECRET);
  });

  test("leave no byte in the files, and neither does a String", () => {
    const path = join(temporaryFolder(), "store.db");
    const engine = memoryEngine({ path });
    const call = (name: string, type: string) =>
      engine.handle({
        service: "ssm",
        operation: "PutParameter",
        input: { Name: name, Value: SECRET, Type: type },
      });
    call("/dba/pw", "SecureString");
    call("/dba/plain", "String");
    for (const suffix of ["", "-wal", ".key"]) {
      expect(readFileSync(`${path}${suffix}`).includes(SECRET)).toBe(false);
    }
  });

  test("old versions stay under their old key", async () => {
    const engine = memoryEngine();
    const ssm = ssmOf(engine);
    await put(ssm, { KeyId: "alias/old" });
    await put(ssm, { KeyId: "alias/new", Overwrite: true });
    await kmsOf(engine).send(
      new DisableKeyCommand({ KeyId: (await describeKey(kmsOf(engine), "alias/old"))?.KeyId }),
    );
    expect(await get(ssm)).toBe(SECRET);
    const history = new GetParameterHistoryCommand({ Name: "/dba/pw", WithDecryption: true });
    expect(await codeOf(ssm.send(history))).toBe("InvalidKeyId");
  });
});

describe("denials", () => {
  test("of decryption leave everything else readable", async () => {
    const engine = memoryEngine({ denials: [denial("kms:Decrypt", "alias/replication")] });
    const ssm = ssmOf(engine);
    await put(ssm, { KeyId: "alias/replication" });
    expect(await codeOf(get(ssm))).toBe("AccessDeniedException");
    expect(await messageOf(get(ssm))).toContain(
      "AWSKMS; Status Code: 400; Error Code: AccessDeniedException",
    );
    expect(await get(ssm, false)).toBeDefined();
    await put(ssm, { Name: "/dba/other", KeyId: "alias/dba" });
    const batch = new GetParametersCommand({ Names: ["/dba/other", "/dba/pw"], WithDecryption: true });
    expect(await codeOf(ssm.send(batch))).toBe("AccessDeniedException");
  });

  test("meet a key under whatever name it is used", async () => {
    const engine = memoryEngine({ denials: [denial("kms:*", "alias/dba")] });
    const arn = "arn:aws:kms:us-east-1:123456789012:alias/dba";
    expect(await codeOf(put(ssmOf(engine), { KeyId: arn }))).toBe("AccessDeniedException");
    expect(await codeOf(describeKey(kmsOf(engine), "alias/dba"))).toBe("AccessDeniedException");
  });

  test.each([
    ["kms:Encrypt", "Standard", "kms:GenerateDataKey", "Advanced"],
    ["kms:GenerateDataKey", "Advanced", "kms:Encrypt", "Standard"],
  ] as const)("of %s stop writes of the %s tier", async (action, denied, _other, allowed) => {
    const ssm = ssmOf(memoryEngine({ denials: [denial(action)] }));
    expect(await messageOf(put(ssm, { Tier: denied }))).toContain(`not authorized to perform: ${action}`);
    await put(ssm, { Tier: allowed });
  });

  test("name user, action and resource, and come before what would tell whether the parameter is there", async () => {
    const ssm = ssmOf(memoryEngine({ denials: [denial("ssm:Get*", "/dba/**")] }));
    const message = await messageOf(ssm.send(new GetParameterCommand({ Name: "/dba/none" })));
    expect(message).toContain(
      "User: arn:aws:iam::123456789012:user/tester is not authorized to perform: ssm:GetParameter",
    );
    expect(message).toContain("on resource: arn:aws:ssm:us-east-1:123456789012:parameter/dba/none");
    expect(await codeOf(ssm.send(new GetParameterCommand({ Name: "/app/none" })))).toBe("ParameterNotFound");
  });

  test("may be of one caller only", async () => {
    const engine = memoryEngine({ denials: [denial("ssm:PutParameter", "**", "reader")] });
    expect(await codeOf(put(ssmOf(engine, { accessKeyId: "reader" })))).toBe("AccessDeniedException");
    await put(ssmOf(engine, { accessKeyId: "writer" }));
  });

  test("of DescribeParameters have no resource", async () => {
    const ssm = ssmOf(memoryEngine({ denials: [denial("ssm:DescribeParameters")] }));
    expect(await codeOf(ssm.send(new DescribeParametersCommand({})))).toBe("AccessDeniedException");
  });
});

describe("identity", () => {
  test("GetCallerIdentity tells the account and the access key's user", async () => {
    const engine = memoryEngine({ account: "210987654321" });
    const identity = await stsOf(engine, { accessKeyId: "deployer" }).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: "210987654321",
      Arn: "arn:aws:iam::210987654321:user/deployer",
      UserId: "deployer",
    });
  });

  test("regions know nothing of each other's parameters and keys", async () => {
    const engine = memoryEngine();
    await put(ssmOf(engine), { KeyId: "alias/dba" });
    const elsewhere = ssmOf(engine, { region: "eu-west-1" });
    expect(await codeOf(get(elsewhere))).toBe("ParameterNotFound");
    await put(elsewhere);
    const { Aliases } = await kmsOf(engine, { region: "eu-west-1" }).send(new ListAliasesCommand({}));
    expect(Aliases?.map(({ AliasName }) => AliasName)).toEqual(["alias/aws/ssm"]);
  });
});
