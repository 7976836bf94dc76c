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
});
