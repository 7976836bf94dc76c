import { readFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import { parse } from "yaml";
import { type FakeItem, fakeConnect } from "../values/fake-connect.ts";
import { jsonServer } from "../values/json-server.ts";
import { CHECKOUT, type PhalanxEnvironment, phalanxEnvironment } from "./phalanx-environment.ts";

type Sections = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A file of Phalanx's static secrets, as its `onepassword-secrets` prints it and its `--secrets` takes it. */
export interface StaticSecrets {
  readonly applications: Readonly<Record<string, Readonly<Record<string, { readonly value: string }>>>>;
  readonly "oidc-clients": Readonly<Record<string, { id: string; secret: string; return_uri: string }>>;
  readonly "pull-secret": {
    readonly registries: Readonly<Record<string, { username: string; password: string }>>;
  };
}

const TOKEN = "dummy-connect-token";

/** The items of the fixture's 1Password vault. */
export function fixtureItems(): FakeItem[] {
  const file = path.join(CHECKOUT, "onepassword", "minikube.yaml");
  const secrets = parse(readFileSync(file, "utf8")) as StaticSecrets;
  const applications = Object.entries(secrets.applications).map(([application, fields]) =>
    item(application, Object.fromEntries(Object.entries(fields).map(([label, { value }]) => [label, value]))),
  );
  return [
    ...applications,
    item("oidc-clients", {}, secrets["oidc-clients"]),
    item("pull-secret", {}, secrets["pull-secret"].registries),
  ];
}

/** minikube with its 1Password vault on a server on loopback; `withToken` false where nobody set OP_CONNECT_TOKEN. */
export async function minikubeOf(
  items: () => readonly FakeItem[],
  { withToken = true, pullSecret = true } = {},
): Promise<PhalanxEnvironment> {
  const server = await jsonServer((...call) =>
    fakeConnect({ token: TOKEN, vaults: { "RSP minikube.lsst.codes": items() } })(...call),
  );
  onTestFinished(() => server.close());
  return phalanxEnvironment("minikube", {
    pullSecret,
    env: withToken ? { OP_CONNECT_TOKEN: TOKEN } : {},
    environment: (imported) => ({
      ...imported,
      sources: (imported.sources as object[]).map((source) => ({ ...source, connect: server.url })),
    }),
  });
}

/** An item as 1Password has it: fields of its own, and sections with theirs. */
function item(title: string, fields: Readonly<Record<string, string>>, sections: Sections = {}): FakeItem {
  return {
    title,
    sections: Object.keys(sections).map((label) => ({ id: label, label })),
    fields: [
      ...Object.entries(fields).map(([label, value]) => ({ label, value })),
      ...Object.entries(sections).flatMap(([section, inside]) =>
        Object.entries(inside).map(([label, value]) => ({ label, value, section: { id: section } })),
      ),
    ],
  };
}
