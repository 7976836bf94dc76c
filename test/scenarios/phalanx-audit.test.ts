import { rmSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { write } from "../import/in-process.ts";
import { minikubeOf } from "./phalanx-connect.ts";
import { golden, phalanxEnvironment, withFixtures } from "./phalanx-environment.ts";

describe.skipIf(!withFixtures)("Phalanx's scenarios of audit", () => {
  it("scenario 1: what is missing, not as expected and unknown, over a Vault export that nobody adopted", async () => {
    const idfdev = await phalanxEnvironment("idfdev", { secrets: true });
    expect(await idfdev.run("audit")).toEqual({ code: 1, stdout: golden("audit"), stderr: "" });
  });

  it("scenario 1: the same once its names are listed for adoption, and with every value compared", async () => {
    const idfdev = await phalanxEnvironment("idfdev", { secrets: true, adopt: true });
    expect(await idfdev.run("audit")).toEqual({ code: 1, stdout: golden("audit"), stderr: "" });
    expect(await idfdev.run("audit", "--deep")).toMatchObject({ code: 1, stdout: golden("audit") });
  });

  it("scenario 2: with applications left out", async () => {
    const idfdev = await phalanxEnvironment("idfdev", { secrets: true });
    const exclude = ["argocd", "unknown"].map((application) => `--exclude=/phalanx/idfdev/${application}/**`);
    expect(await idfdev.run("audit", ...exclude)).toEqual({
      code: 1,
      stdout: golden("audit-exclude"),
      stderr: "",
    });
  });

  it("scenario 3: an empty 1Password vault is reported alone, by its items", async () => {
    const minikube = await minikubeOf(() => [], { pullSecret: false });
    expect(await minikube.run("audit")).toEqual({ code: 1, stdout: golden("audit-missing"), stderr: "" });
  });

  it("ends with 2 where no report could be made: wrong words, wrong configs, a source that is gone", async () => {
    const idfdev = await phalanxEnvironment("idfdev", { secrets: true, live: {} });
    const wrong = [
      idfdev.run("audit", "--delete"),
      idfdev.run("audit", "--exclude", "argocd"),
      idfdev.run("audit", "--endpoint-url", "http://store.example"),
    ];
    for (const { code, stdout, stderr } of await Promise.all(wrong)) {
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain("error: ");
    }
    rmSync(path.join(idfdev.cwd, "secrets.yaml"));
    const { code, stderr } = await idfdev.run("audit");
    expect(code).toBe(2);
    expect(stderr).toContain("secrets.yaml:1:1: there is no such file");
    write(path.join(idfdev.cwd, "configs/idfdev/more.json"), { parameters: { "/a/b": { copy: "no name" } } });
    expect((await idfdev.run("audit")).code).toBe(2);
  });

  it("is data with --format json", async () => {
    const idfdev = await phalanxEnvironment("idfdev", { secrets: true });
    const { stdout } = await idfdev.run("audit", "--format", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      format_version: "1.0",
      environment: "idfdev",
      clean: false,
      unexpected: [
        {
          address: "/phalanx/idfdev/gafaelfawr/database-password",
          application: "gafaelfawr",
          key: "database-password",
        },
        { address: "/phalanx/idfdev/postgres/nublado3_password" },
      ],
      unresolved: [],
    });
  });
});
