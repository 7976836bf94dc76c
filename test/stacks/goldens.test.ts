import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { synthesizeInto } from "./synthesized.ts";

/** The configs of this repository: what they say is what the goldens show. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ENVIRONMENTS = ["prod", "stage"];

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Resources = Record<string, Record<string, Record<string, Json>>>;

let stacks: ReturnType<typeof synthesizeInto>;
beforeAll(() => {
  stacks = synthesizeInto(ROOT);
});
afterAll(() => stacks.remove());

describe.each(ENVIRONMENTS)("the stack of %s", (environment) => {
  const golden = (name: string) => `goldens/${environment}/${name}.json`;

  it("has the resources of its golden, and each policy those statements of its own", async () => {
    const { policies, ...stack } = readable(stacks.stack(environment).text);
    await expect(print(stack)).toMatchFileSnapshot(golden("stack"));
    expect(policies.size).toBeGreaterThan(10);
    for (const [name, policy] of policies) await expect(print(policy)).toMatchFileSnapshot(golden(name));
  });

  it("makes no parameter and holds no value of one", () => {
    const { text } = stacks.stack(environment);
    expect(text).not.toContain("aws_ssm_parameter");
    expect(text).not.toContain("mysql.internal");
    expect(text).not.toContain("mysql://");
  });
});

describe("the stacks", () => {
  it("are of the environments in a Parameter Store, not of those in an embedded one", () => {
    expect(() => stacks.stack("dev")).toThrow("ENOENT");
  });

  it("leave the functions out where the replicator is not built", () => {
    const others = synthesizeInto(ROOT, {}, { built: false });
    const { text } = others.stack("prod");
    others.remove();
    expect(text).not.toContain("aws_lambda_function");
    expect(text).toContain("role-replicator-dba");
  });

  it("keep their state in S3 under a lock file where that is asked for", () => {
    const backend = { kind: "s3", bucket: "example-states", region: "eu-west-1" };
    const others = synthesizeInto(ROOT, { backend });
    const { terraform } = JSON.parse(others.stack("prod").text) as { terraform: { backend: Json } };
    others.remove();
    expect(terraform.backend).toEqual({
      s3: {
        bucket: "example-states",
        region: "eu-west-1",
        key: "paraform/prod.tfstate",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  it("let the account's own policies choose who plans where no repository is named", () => {
    const others = synthesizeInto(ROOT, {});
    const { resource } = JSON.parse(others.stack("prod").text) as { resource: Resources };
    others.remove();
    const trust = JSON.parse(String(resource.aws_iam_role?.["role-planner"]?.assume_role_policy)) as object;
    expect(trust).toMatchObject({ Statement: [{ Principal: { AWS: "arn:aws:iam::444455556666:root" } }] });
    // And let who plans list versions, which any pull request's workflow could otherwise.
    expect(resource.aws_iam_policy?.["policy-planner"]?.policy).toContain("ReadHistory");
  });

  it("let an event wait for the longest quiet period of a group, beside two hours for a lock", () => {
    const root = mkdtempSync(join(tmpdir(), "paraform-groups-"));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    cpSync(join(ROOT, "configs"), join(root, "configs"), { recursive: true });
    const folder = "/dba/secrets/mysql/shared/data-changer";
    const members = [`${folder}/user`, `${folder}/password`];
    writeFileSync(
      join(root, "configs", "common", "group.json"),
      JSON.stringify({ parameters: {}, groups: [{ members, quietSeconds: 900 }] }),
    );
    const stacks = synthesizeInto(root);
    const { resource } = JSON.parse(stacks.stack("prod").text) as { resource: Resources };
    stacks.remove();
    const queue = resource.aws_sqs_queue?.["queue-replicator-dba"] ?? {};
    const { maxReceiveCount } = JSON.parse(String(queue.redrive_policy)) as { maxReceiveCount: number };
    expect(maxReceiveCount * Number(queue.visibility_timeout_seconds)).toBeGreaterThanOrEqual(7200 + 900);
  });

  it("refuse settings that they do not know, by name", () => {
    expect(() => synthesizeInto(ROOT, { backend: { kind: "s3" }, gitlab: {} })).toThrow(
      "context.paraform.backend.bucket",
    );
  });
});

/** The stack without cdktf's notes, and with each policy taken out of its string. */
function readable(text: string): { [key: string]: Json } & { policies: Map<string, Json> } {
  const { resource, ...rest } = JSON.parse(text) as { resource: Resources };
  const policies = new Map<string, Json>();
  for (const [type, named] of Object.entries(resource)) {
    for (const [name, resourceOfType] of Object.entries(named)) {
      const attribute = type === "aws_iam_role" ? "assume_role_policy" : "policy";
      const document = resourceOfType[attribute];
      if (typeof document !== "string" || !document.startsWith("{")) continue;
      policies.set(name, JSON.parse(document) as Json);
      resourceOfType[attribute] = `see ${name}.json`;
    }
  }
  const stack = withoutNotes({ ...rest, resource }) as { [key: string]: Json };
  return Object.assign(stack, { policies });
}

function withoutNotes(json: Json): Json {
  if (Array.isArray(json)) return json.map(withoutNotes);
  if (typeof json !== "object" || json === null) return json;
  const entries = Object.entries(json).filter(([key]) => key !== "//");
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutNotes(value)]));
}

function print(json: Json): string {
  return `${JSON.stringify(json, null, 2)}\n`;
}
