import { readFileSync } from "node:fs";
import path from "node:path";
import { compare } from "@node-rs/bcrypt";
import { describe, expect, it } from "vitest";
import {
  CHECKOUT,
  changes,
  exported,
  golden,
  named,
  type PhalanxEnvironment,
  phalanxEnvironment,
  withFixtures,
} from "./phalanx-environment.ts";

/** By SPEC §5 adopting what is derived makes it anew: nothing else proves that it is made of its source. */
const DERIVED = ["argocd admin.password", "argocd admin.passwordMtime"];

const STATIC = {
  "argocd dex.clientSecret": "some-random-secret",
  "gafaelfawr cilogon-client-secret": "some-cilogon-password",
  "gafaelfawr database-password": "some-other-database-password",
  "gafaelfawr ldap-password": "some-ldap-password",
  "mobu ALERT_HOOK": "https://hooks.slack.com/mobu-slack-hook",
  "mobu app-alert-webhook": "https://hooks.slack.com/app-slack-hook",
  "nublado aws-credentials.ini": "aws-credentials",
  "nublado butler-gcs-idf-creds.json": "gcs-credentials",
  "nublado butler-hmac-idf-creds.json": "more-gcs-credentials",
  "nublado postgres-credentials.txt": "postgres-credentials",
};

const COPIES = [
  ["gafaelfawr slack-webhook", "mobu app-alert-webhook"],
  ["nublado slack_webhook", "mobu app-alert-webhook"],
  ["postgres nublado3_password", "nublado hub_db_password"],
] as const;

function expectFormats(values: Readonly<Record<string, string>>): void {
  expect(values["argocd server.secretkey"]).toMatch(/^[0-9a-f]{64}$/);
  expect(values["gafaelfawr session-secret"]).toMatch(/^[A-Za-z0-9_-]{43}=$/);
  expect(values["gafaelfawr signing-key"]).toMatch(/^-----BEGIN PRIVATE KEY-----\n[\s\S]*\n$/);
  expect(values["nublado proxy_token"]).toMatch(/^[0-9a-f]{64}$/);
  expect(values["portal ADMIN_PASSWORD"]).toMatch(/^[0-9a-f]{64}$/);
  for (const [copy, source] of COPIES) expect([copy, values[copy]]).toEqual([copy, values[source]]);
}

const excluded = (...applications: string[]) =>
  applications.map((application) => `--exclude=/phalanx/idfdev/${application}/**`);

async function synced(idfdev: PhalanxEnvironment, ...flags: string[]) {
  const before = await idfdev.values();
  const { code, stderr } = await idfdev.sync(...flags);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const after = await idfdev.values();
  return { before, after, changed: changes(before, after) };
}

describe.skipIf(!withFixtures)("Phalanx's scenarios of sync, as apply", () => {
  it("scenario 8a: without a source's token the exit code is 2 for audit, 1 for apply, and nothing is written", async () => {
    const vault = { VAULT_ADDR: "https://vault.example" };
    const idfdev = await phalanxEnvironment("idfdev", {
      env: vault,
      environment: (imported) => ({
        ...imported,
        sources: [
          {
            kind: "vault",
            map: [{ names: "/phalanx/idfdev/{app}/{key}", path: "phalanx/idfdev/{app}", field: "{key}" }],
          },
        ],
      }),
    });
    const before = await idfdev.values();
    for (const [command, code, ...flags] of [
      ["audit", 2],
      ["plan", 1],
      ["apply", 1, "--auto-approve"],
    ] as const) {
      const said = await idfdev.run(command, ...flags);
      expect([command, said.code, said.stdout]).toEqual([command, code, ""]);
      expect(said.stderr).toContain("Vault needs VAULT_TOKEN, which is not set");
    }
    expect(await idfdev.values()).toEqual(before);
  });

  it("scenario 8: apply makes what sync makes, deletes only when told, and needs the file no more", async () => {
    const idfdev = await phalanxEnvironment("idfdev", { secrets: true, adopt: true });
    const { after, changed } = await synced(idfdev);
    expect(Object.keys(changed)).toEqual(
      [...named(golden("sync"), "Updated Created", after), ...DERIVED].sort(),
    );
    expect(Object.values(changed)).not.toContain("-");
    expect(after).toMatchObject(STATIC);
    expectFormats(after);

    // c: without the file, with --delete: the two that nobody declares go, all else is as it was.
    idfdev.forgetSources();
    const second = await synced(idfdev, "--delete");
    expect(second.changed).toEqual({ "gafaelfawr cilogon": "-", "unknown some-secret": "-" });
    expect(named(golden("sync-delete"), "Deleted", second.before)).toEqual(Object.keys(second.changed));

    // d: the pull secret that nobody declares is left alone.
    await idfdev.put("/phalanx/idfdev/pull-secret/.dockerconfigjson", "{}");
    expect((await synced(idfdev, "--delete")).changed).toEqual({});
    expect((await idfdev.plan("--delete")).summary).toMatchObject({ add: 0, change: 0, destroy: 0 });

    // e: a clean audit says nothing.
    expect(await idfdev.run("audit")).toEqual({ code: 0, stdout: "", stderr: "" });
  }, 180_000);

  it("scenario 11: --regenerate makes generated values anew, and what follows from them", async () => {
    const idfdev = await phalanxEnvironment("idfdev", { secrets: true, adopt: true, rounds: "as imported" });
    await synced(idfdev);
    const { before, after, changed } = await synced(idfdev, "--regenerate");
    // What the first apply brought into order already does not change again.
    const settled = [
      ...Object.keys(STATIC).filter((name) => before[name] === after[name]),
      "gafaelfawr slack-webhook",
    ];
    expect(Object.keys(changed)).toEqual(
      named(golden("sync-regenerate"), "Updated Created", after).filter((name) => !settled.includes(name)),
    );
    expect(after).toMatchObject(STATIC);
    expectFormats(after);
    const [plain = "", hash = "", mtime = ""] = [
      "argocd admin.plaintext_password",
      "argocd admin.password",
      "argocd admin.passwordMtime",
    ].map((name) => after[name]);
    expect(hash).toMatch(/^\$2b\$15\$/);
    expect(await compare(plain, hash)).toBe(true);
    expect(mtime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const written = await idfdev.writtenAt("/phalanx/idfdev/argocd/admin.passwordMtime");
    expect(Math.abs(written - Date.parse(mtime))).toBeLessThanOrEqual(5000);
  }, 180_000);

  it("scenario 12: with applications left out", async () => {
    const idfdev = await phalanxEnvironment("idfdev", { secrets: true, adopt: true });
    const { after, changed } = await synced(idfdev, ...excluded("argocd", "portal"));
    expect(Object.keys(changed)).toEqual(named(golden("sync-exclude"), "Updated Created", after));
  }, 180_000);

  it("scenario 13: an update beside a delete in one application is not undone by it", async () => {
    const idfdev = await phalanxEnvironment("idfdev", { secrets: true, adopt: true });
    const { before, after, changed } = await synced(
      idfdev,
      ...excluded("argocd", "nublado", "portal", "postgres", "unknown"),
      "--delete",
    );
    const text = golden("sync-modify-delete");
    expect(Object.keys(changed)).toEqual(
      [...named(text, "Updated", after), ...named(text, "Deleted", before)].sort(),
    );
    expect(changed["gafaelfawr cilogon"]).toBe("-");
    expect(after["gafaelfawr database-password"]).toBe("some-other-database-password");
  }, 180_000);

  it("scenario 15: copies from another path, and refuses to copy a path onto itself", async () => {
    const from = (parameter: string) => ({
      environment: (imported: Record<string, unknown>) => ({
        ...imported,
        sources: [{ kind: "parameter", map: [{ names: "/phalanx/idfdev/{app}/{key}", parameter }] }],
      }),
    });
    const moved = await phalanxEnvironment("idfdev", {
      live: {},
      ...from("/old/data-dev/{app}/{key}"),
    });
    const all = exported("idfdev");
    for (const [application, secrets] of Object.entries(all))
      for (const [key, value] of Object.entries(secrets))
        await moved.put(`/old/data-dev/${application}/${key}`, value);
    const known = new Map(
      Object.entries(all).flatMap(([application, secrets]) =>
        Object.entries(secrets).map(([key, value]) => [`${application} ${key}`, value]),
      ),
    );
    const blocked = (await moved.plan()).blocked.filter(({ reason }) => reason === "missing");
    expect(blocked.map(({ address }) => address)).toEqual(
      Object.keys(STATIC)
        .filter((name) => !known.has(name))
        .map((name) => `/phalanx/idfdev/${name.replace(" ", "/")}`)
        .sort(),
    );
    await moved.sync();
    const after = await moved.values();
    const copied = Object.keys(STATIC).filter((name) => known.has(name));
    expect(copied.map((name) => [name, after[name]])).toEqual(copied.map((name) => [name, known.get(name)]));

    const onto = await phalanxEnvironment("idfdev", { ...from("/phalanx/idfdev/{app}/{key}") });
    expect((await onto.run("audit")).code).toBe(2);
  }, 180_000);
});

it.skipIf(!withFixtures)("the fixture is the one that these scenarios were read from", () => {
  const secrets = readFileSync(path.join(CHECKOUT, "secrets", "idfdev.yaml"), "utf8");
  for (const value of Object.values(STATIC)) expect(secrets).toContain(value);
});
