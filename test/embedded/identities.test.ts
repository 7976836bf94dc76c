import { GetParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import { authorityOf, parseIdentities } from "../../src/embedded/identities.ts";
import { memoryEngine, ssmOf, stsOf } from "./clients.ts";

const READER = {
  accessKeyId: "reader",
  arn: "arn:aws:iam::123456789012:role/reader",
  policies: [
    {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "ssm:GetParameter", Resource: "arn:aws:ssm:*:*:parameter/app/*" },
        {
          Effect: "Allow",
          Action: "kms:Decrypt",
          Resource: "*",
          Condition: {
            StringEquals: {
              "kms:EncryptionContext:PARAMETER_ARN": "arn:aws:ssm:us-east-1:123456789012:parameter/app/a",
            },
          },
        },
      ],
    },
  ],
};
const WRITER = {
  accessKeyId: "writer",
  arn: "arn:aws:iam::123456789012:user/writer",
  policies: [{ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }],
};

describe("an embedded store with identities", () => {
  const storeWith = async (keys: object = {}) => {
    const identities = parseIdentities(JSON.stringify({ principals: [READER, WRITER], keys }));
    const engine = memoryEngine({ authority: await authorityOf(identities) });
    const put = (name: string, more: object = { Type: "SecureString", KeyId: "alias/app" }) =>
      ssmOf(engine, { accessKeyId: "writer" }).send(
        new PutParameterCommand({ Name: name, Value: "dummy", Type: "String", ...more }),
      );
    const get = (who: string, name: string) =>
      ssmOf(engine, { accessKeyId: who }).send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return { engine, put, get };
  };

  it("lets a key be used for the parameters of the policy's encryption context alone", async () => {
    const { put, get } = await storeWith();
    await put("/app/a");
    await put("/app/b");
    expect((await get("reader", "/app/a")).Parameter?.Value).toBe("dummy");
    await expect(get("reader", "/app/b")).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("asks the key's policy too: what it does not leave to IAM, IAM cannot give", async () => {
    const policy = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: WRITER.arn }, Action: "kms:Encrypt", Resource: "*" },
        { Effect: "Deny", Principal: { AWS: "*" }, Action: "kms:GenerateDataKey", Resource: "*" },
      ],
    };
    const { put, get } = await storeWith({ "alias/app": policy });
    await put("/app/a");
    await expect(get("reader", "/app/a")).rejects.toThrow("AWSKMS");
    await expect(get("writer", "/app/a")).rejects.toThrow("AWSKMS");
    const advanced = put("/app/b", { Type: "SecureString", KeyId: "alias/app", Tier: "Advanced" });
    await expect(advanced).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("lets everybody use the key that AWS manages", async () => {
    const { put, get } = await storeWith();
    await put("/app/c", { Type: "SecureString" });
    expect((await get("reader", "/app/c")).Parameter?.Value).toBe("dummy");
  });

  it("refuses who is no principal, and tells the others who they are", async () => {
    const { engine, put, get } = await storeWith();
    await put("/app/a");
    await expect(get("stranger", "/app/a")).rejects.toMatchObject({ name: "AccessDeniedException" });
    const { Arn } = await stsOf(engine, { accessKeyId: "reader" }).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(READER.arn);
  });
});

describe("a file of identities", () => {
  it.each([
    ["no JSON", "the file"],
    ['{"principals": [{"accessKeyId": "a", "arn": "me", "policies": []}]}', "principals.0.arn"],
    ['{"principals": [], "keys": {"alias/a": {"Statement": []}}}', "keys.alias/a.Statement"],
  ])("that is wrong is refused with the place: %s", (text, place) => {
    expect(() => parseIdentities(text)).toThrow(`the identities are not well-formed at ${place}`);
  });

  it.each([
    {
      Effect: "Deny",
      Action: "ssm:*",
      Resource: "*",
      Condition: { StringEqualz: { "aws:PrincipalArn": "x" } },
    },
    { Effect: "Deny", Action: "ssm:*", Resourse: "*" },
    { Effect: "Deny", Action: "ssm:*" },
    { Effect: "Deny", Action: "ssm:*", NotAction: "kms:*", Resource: "*" },
  ])("refuses what would otherwise be passed over, and so a denial with it: %j", (Deny) => {
    const reader = { ...READER, policies: [{ Version: "2012-10-17", Statement: [Deny] }] };
    const text = JSON.stringify({ principals: [reader] });
    expect(() => parseIdentities(text)).toThrow(
      "the identities are not well-formed at principals.0.policies.0",
    );
  });

  it("refuses an access key of two principals", () => {
    const text = JSON.stringify({ principals: [READER, { ...WRITER, accessKeyId: READER.accessKeyId }] });
    expect(() => parseIdentities(text)).toThrow("the identities are not well-formed at principals");
  });
});
