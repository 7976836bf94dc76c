import { describe, expect, it } from "vitest";
import { documentParts } from "../../src/access/document-parts.ts";
import type { Statement } from "../../src/access/policy-document.ts";

const arns = Array.from(
  { length: 300 },
  (_, index) => `arn:aws:ssm:eu-west-1:123456789012:parameter/app/${index}`,
);
const write: Statement = { Sid: "Write", Effect: "Allow", Action: ["ssm:PutParameter"], Resource: arns };
const open: Statement = {
  Sid: "Open",
  Effect: "Allow",
  Action: ["kms:Decrypt"],
  Resource: ["arn:aws:kms:eu-west-1:123456789012:key/a"],
  Condition: { StringEquals: { "kms:EncryptionContext:PARAMETER_ARN": arns } },
};

describe("the parts of a principal's policy", () => {
  const parts = documentParts([write, open]);
  const statements = parts.flatMap(({ Statement }) => Statement);

  it("are each small enough for IAM, with a name of its own for each statement", () => {
    expect(parts.length).toBeGreaterThan(5);
    for (const part of parts) expect(JSON.stringify(part).length).toBeLessThan(6_144);
    expect(new Set(statements.map(({ Sid }) => Sid)).size).toBe(statements.length);
  });

  it("say together what the policy said, no resource lost and none gained", () => {
    const written = statements.filter(({ Sid }) => Sid.startsWith("Write"));
    expect(written.flatMap(({ Resource = [] }) => Resource)).toEqual(arns);
    const opened = statements.filter(({ Sid }) => Sid.startsWith("Open"));
    const contexts = opened.map(
      ({ Condition }) => Condition?.StringEquals?.["kms:EncryptionContext:PARAMETER_ARN"] ?? [],
    );
    expect(contexts.flat()).toEqual(arns);
    expect(new Set(opened.flatMap(({ Resource = [] }) => Resource)).size).toBe(1);
  });

  it("are one where everything fits, and leave out what is about nothing", () => {
    const [only, ...others] = documentParts([
      { ...write, Resource: arns.slice(0, 2) },
      { ...write, Sid: "Nothing", Resource: [] },
    ]);
    expect(others).toEqual([]);
    expect(only?.Statement.map(({ Sid }) => Sid)).toEqual(["Write"]);
  });

  it("keep every other condition, and the key that a denial spares, in each of them", () => {
    const via = { "kms:ViaService": ["ssm.eu-west-1.amazonaws.com"] };
    const context = { "kms:EncryptionContext:PARAMETER_ARN": arns };
    const spared = ["arn:aws:kms:eu-west-1:123456789012:key/a"];
    const seal: Statement = {
      Sid: "SealOnly",
      Effect: "Deny",
      Action: ["kms:Encrypt"],
      NotResource: spared,
      Condition: { StringEquals: via, StringLike: context },
    };
    const divided = documentParts([seal]).flatMap(({ Statement }) => Statement);
    expect(divided.length).toBeGreaterThan(1);
    for (const { NotResource, Condition } of divided) {
      expect(NotResource).toEqual(spared);
      expect(Condition?.StringEquals).toEqual(via);
    }
    const contexts = divided.map(({ Condition }) => Object.values(Condition?.StringLike ?? {}).flat());
    expect(contexts.flat()).toEqual(arns);
  });

  it.each([
    { Effect: "Deny", Action: ["kms:Encrypt"], NotResource: arns },
    {
      Effect: "Allow",
      Action: ["kms:Encrypt"],
      Resource: ["*"],
      Condition: { StringNotLike: { "a:b": arns } },
    },
  ] as const)("are none where a list of what is excluded is too long: nothing is left out", (rest) => {
    const statements = [
      { ...write, Resource: ["x"] },
      { Sid: "Excluding", ...rest },
    ];
    expect(() => documentParts(statements)).toThrow("the statement Excluding is too long");
  });

  it("have room for the ARNs that Terraform puts into them", () => {
    const placeholders = Array.from({ length: 150 }, (_, index) => `\${TfToken[TOKEN.${index}]}`);
    const keys: Statement = { ...open, Resource: placeholders, Condition: {} };
    for (const part of documentParts([keys])) {
      const text = JSON.stringify(part).replaceAll(
        /\$\{[^}]*\}/g,
        `arn:aws:kms:eu-west-1:123456789012:key/${"0".repeat(36)}`,
      );
      expect(text.length).toBeLessThanOrEqual(6_144);
    }
  });

  it("name no two statements alike, also where their keys are called alike", () => {
    const statements = [open, open, { ...open, Sid: "OpenNo2" }].map((each) => ({ ...each, Condition: {} }));
    const [only] = documentParts(statements);
    const names = only?.Statement.map(({ Sid }) => Sid) ?? [];
    expect(names).toHaveLength(3);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9]+$/);
  });
});
