import { compare } from "@node-rs/bcrypt";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fixtureItems, minikubeOf, type StaticSecrets } from "./phalanx-connect.ts";
import { changes, golden, named, phalanxEnvironment, withFixtures } from "./phalanx-environment.ts";

/** They take seconds each and have no part in what 1Password holds. */
const WITHOUT_HASHES = "--exclude=/phalanx/minikube/argocd/admin.password*";

describe.skipIf(!withFixtures)("scenario 5: 1Password's secrets, which no command of ours prints", () => {
  const expected = () => parse(golden("onepassword-secrets")) as StaticSecrets;

  it("are in the store after a sync, each as Phalanx's file has it", async () => {
    const minikube = await minikubeOf(fixtureItems);
    expect((await minikube.sync(WITHOUT_HASHES)).code).toBe(0);
    const { applications, ...documents } = expected();
    const value = async (name: string) => (await minikube.run("get", `${minikube.prefix}/${name}`)).stdout;
    for (const [application, secrets] of Object.entries(applications)) {
      for (const [key, entry] of Object.entries(secrets))
        expect([key, await value(`${application}/${key}`)]).toEqual([key, entry.value]);
    }
    expect(JSON.parse(await value("gafaelfawr/oidc-server-secrets"))).toEqual(
      Object.values(documents["oidc-clients"]),
    );
    const { auths } = JSON.parse(await value("pull-secret/.dockerconfigjson"));
    for (const [registry, entry] of Object.entries(documents["pull-secret"].registries))
      expect([registry, auths[registry]]).toMatchObject([registry, entry]);
    expect(Object.keys(auths).sort()).toEqual(Object.keys(documents["pull-secret"].registries));
  }, 180_000);

  it("come out the same where that file is the source: it is what --secrets takes", async () => {
    const file = golden("onepassword-secrets");
    const [connected, filed] = [
      await minikubeOf(fixtureItems),
      await phalanxEnvironment("minikube", { secrets: file, pullSecret: true }),
    ];
    for (const environment of [connected, filed])
      expect((await environment.sync(WITHOUT_HASHES)).code).toBe(0);
    const differing = Object.keys(changes(await connected.values(), await filed.values()));
    for (const [application, secrets] of Object.entries(expected().applications))
      for (const key of Object.keys(secrets)) expect(differing).not.toContain(`${application} ${key}`);
    expect(differing).not.toContain("gafaelfawr oidc-server-secrets");
    expect(differing).not.toContain("pull-secret .dockerconfigjson");
    // What each made for itself shows that two stores were compared.
    expect(differing).toContain("argocd server.secretkey");
  }, 180_000);

  it("are an error without a token: 2 for audit as for Phalanx, 1 for plan and apply, and nothing is written", async () => {
    const minikube = await minikubeOf(fixtureItems, { withToken: false });
    const before = await minikube.values();
    for (const [command, code, ...flags] of [
      ["audit", 2],
      ["plan", 1],
      ["apply", 1, "--auto-approve"],
    ] as const) {
      const said = await minikube.run(command, ...flags);
      expect([command, said.code, said.stdout]).toEqual([command, code, ""]);
      expect(said.stderr).toContain("1Password Connect needs OP_CONNECT_TOKEN, which is not set");
    }
    expect(await minikube.values()).toEqual(before);
  });

  it("are printed by no command: Phalanx's word for it is not one of ours", async () => {
    const minikube = await minikubeOf(fixtureItems);
    const { code, stdout } = await minikube.run("onepassword-secrets");
    expect([code, stdout]).toEqual([1, ""]);
  });
});

describe.skipIf(!withFixtures)("defect 9: an application that is left out", () => {
  it("is not missed in 1Password either", async () => {
    const minikube = await minikubeOf(() => fixtureItems().filter(({ title }) => title !== "mobu"));
    expect(await minikube.run("audit")).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^Missing static secrets from 1Password:\n• mobu\n/),
    });
    const { code, stdout } = await minikube.run("audit", "--exclude=/phalanx/minikube/mobu/**");
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^Missing secrets:\n/)]);
    expect(stdout).not.toContain("mobu");
  });
});

describe.skipIf(!withFixtures)("scenario 9: sync from 1Password", () => {
  it("decodes encoded fields, and composes the clients and the pull secret", async () => {
    const minikube = await minikubeOf(fixtureItems);
    const before = await minikube.values();
    expect((await minikube.sync()).code).toBe(0);
    const after = await minikube.values();
    expect(Object.keys(changes(before, after))).toEqual(named(golden("sync-onepassword"), "Created", after));
    expect(after["unknown some-secret"]).toBe("secret-for-unknown-application");
    expect(after["mobu ALERT_HOOK"]).toBe("https://example.com/alert-hook");
    expect(JSON.parse(after["gafaelfawr oidc-server-secrets"] ?? "")).toEqual(
      JSON.parse(golden("output-minikube/oidc-clients.json")),
    );
    expect({ ".dockerconfigjson": after["pull-secret .dockerconfigjson"] }).toEqual(
      JSON.parse(golden("output-minikube/pull-secret.json")),
    );
    expect(
      await compare(after["argocd admin.plaintext_password"] ?? "", after["argocd admin.password"] ?? ""),
    ).toBe(true);
  }, 180_000);
});

describe.skipIf(!withFixtures)("scenario 10: an encoded field that is no base64 of a text", () => {
  it.each([
    ["no base64", "invalid base64"],
    ["base64 of no UTF-8", Buffer.from("\u00e4", "latin1").toString("base64")],
  ])("%s ends with 2, with the name of the parameter and its item", async (_, hook) => {
    const broken = () =>
      fixtureItems().map((item) => ({
        ...item,
        fields: item.fields.map((field) =>
          field.label === "ALERT_HOOK" ? { ...field, value: hook } : field,
        ),
      }));
    const minikube = await minikubeOf(broken);
    const { code, stdout, stderr } = await minikube.run("audit");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(
      "/phalanx/minikube/mobu/ALERT_HOOK in 1Password item mobu is no base64 of a text",
    );
    expect(stderr).not.toContain(hook);
  });
});
