import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesizeInto } from "./synthesized.ts";

const ENVIRONMENT = {
  environment: "prod",
  store: { kind: "parameter-store", account: "444455556666", region: "eu-west-1" },
  owner: "platform",
  scopes: ["/dba/", "/app/"],
  keys: [{ path: "/dba/**", key: "alias/dba" }],
  replicationKey: "alias/replication",
  digestKey: { kmsKey: "alias/paraform" },
};

type Attributes = Readonly<Record<string, unknown>>;

/** Type to logical id to attributes. */
export type Resources = Readonly<Record<string, Readonly<Record<string, Attributes>>>>;

/** What the stack of `prod` is made of, and its text; `others` have stacks beside it. @throws UserError */
export function stackOf(
  environment: object,
  parameters: object,
  context?: object,
  others: readonly object[] = [],
): { resource: Resources; text: string } {
  const root = mkdtempSync(join(tmpdir(), "paraform-project-"));
  try {
    for (const own of [environment, ...others]) {
      const content = { ...ENVIRONMENT, ...own };
      const folder = join(root, "configs", content.environment);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "environment.json"), JSON.stringify(content));
      writeFileSync(join(folder, "main.json"), JSON.stringify({ parameters }));
    }
    const stacks = synthesizeInto(root, context);
    const { text } = stacks.stack("prod");
    stacks.remove();
    const { resource } = JSON.parse(text) as { resource: Resources };
    return { resource, text };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
