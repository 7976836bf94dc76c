import { expect, it } from "vitest";
import { aliasArn, byAlias } from "../../src/access/by-alias.ts";

const PLACE = { partition: "aws", account: "123456789012", region: "eu-west-1", environment: "dev" };
const KNOWN = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const UNKNOWN = aliasArn(PLACE, "alias/app");

it("lets and forbids a key by its alias, beside those whose ARN is known", () => {
  const condition = { StringEquals: { "kms:ViaService": ["ssm.eu-west-1.amazonaws.com"] } };
  const use = { Sid: "Use", Effect: "Allow", Action: ["kms:Decrypt"], Condition: condition } as const;
  const no = { Sid: "No", Effect: "Deny", Action: ["kms:Encrypt"] } as const;
  expect(
    byAlias(PLACE, [
      { ...use, Resource: [KNOWN, UNKNOWN] },
      { ...no, NotResource: [KNOWN, UNKNOWN] },
      { ...no, NotResource: [UNKNOWN] },
    ]),
  ).toEqual([
    { ...use, Resource: [KNOWN] },
    {
      ...use,
      Resource: ["arn:aws:kms:eu-west-1:123456789012:key/*"],
      Condition: { ...condition, "ForAnyValue:StringEquals": { "kms:ResourceAliases": ["alias/app"] } },
    },
    {
      ...no,
      NotResource: [KNOWN],
      Condition: { "ForAllValues:StringNotEquals": { "kms:ResourceAliases": ["alias/app"] } },
    },
    {
      ...no,
      Resource: ["*"],
      Condition: { "ForAllValues:StringNotEquals": { "kms:ResourceAliases": ["alias/app"] } },
    },
  ]);
});
