import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it, onTestFinished, test } from "vitest";
import { literal } from "../../stacks/literal.ts";
import { missingTerraform, terraformIn } from "../support/terraform.ts";
import { stackOf } from "./project.ts";

/** What Terraform would evaluate, in every way that it has. */
const EXPRESSION = fc.constantFrom(
  '${file("main.json")}',
  "${aws_kms_key.key-dba.policy}",
  "$${jsonencode(path)}",
  "%{ if true }yes%{ endif }",
  "%%{ for x in [1] }${x}",
  "$%{x}",
  "${",
  "%{",
);
const TEXT = fc.array(fc.oneof(EXPRESSION, fc.string({ maxLength: 4 })), { minLength: 1, maxLength: 4 });
const hostile = TEXT.map((parts) => parts.join("")).filter((text) => !text.includes("TfToken"));
const arn = hostile.map((text) => `arn:${text}`);

const PARAMETERS = { "/dba/password": {}, "/app/a/password": { copy: "/dba/password" } };

/** Every field that takes a free text and reaches a stack. */
const CASE = fc.record({
  path: hostile.map((text) => `/dba/${text.replaceAll(/[\0/]/g, "")}/**`),
  bucket: hostile,
  prefix: hostile,
  region: hostile,
  branch: hostile,
  repository: hostile.map((text) => `example/r${text.replaceAll("/", "")}`),
  ownerArn: arn,
  topic: arn,
  runtime: hostile,
});

it("no text of a config or a setting is an expression in a stack", () => {
  fc.assert(
    fc.property(CASE, ({ path, bucket, prefix, region, branch, repository, ownerArn, topic, runtime }) => {
      const context = {
        backend: { kind: "s3", bucket, prefix, region },
        github: { repository, branch },
        owners: { prod: { dba: [ownerArn] } },
        alarmTopics: [topic],
        runtime,
      };
      const keys = [
        { path, key: "alias/hostile" },
        { path: "/dba/**", key: "alias/dba" },
      ];
      const { text } = stackOf({ keys }, PARAMETERS, context);
      const foreign = expressionsIn(JSON.parse(text)).filter((each) => !OUR_OWN.test(each));
      expect(foreign).toEqual([]);
    }),
    { numRuns: 8 },
  );
}, 120_000);

/** An attribute of a resource of the stack, by the logical id that the stack itself gave. */
const OUR_OWN =
  /^\$\{(data\.aws_iam_openid_connect_provider\.github|aws_[a-z_]+\.[A-Za-z0-9_-]+)\.(arn|id|key_id|name)\}$/;

/** What Terraform evaluates in the strings of a document: an escaped one, as `$${`, it does not. */
function expressionsIn(json: unknown): string[] {
  if (typeof json === "string") {
    const unescaped = json.replaceAll(/\$\$\{|%%\{/g, "");
    return unescaped.match(/[$%]\{[^}]*\}?/g) ?? [];
  }
  if (typeof json !== "object" || json === null) return [];
  return [...Object.keys(json), ...Object.values(json)].flatMap(expressionsIn);
}

test.skipIf(missingTerraform !== "")("Terraform reads each text as it was written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "paraform-literal-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const texts = fc.sample(hostile, { seed: 1, numRuns: 200 });
  const output = Object.fromEntries(texts.map((value, index) => [`text_${index}`, { value }]));
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(literal({ output })));
  const terraform = terraformIn(folder);
  await terraform("apply", "-auto-approve");
  const { stdout } = await terraform("output", "-json");
  const read = JSON.parse(stdout) as Record<string, { value: string }>;
  expect(texts.map((_, index) => read[`text_${index}`]?.value)).toEqual(texts);
});
