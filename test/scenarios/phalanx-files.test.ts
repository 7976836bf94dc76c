import { cpSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { readSecrets } from "../../src/import/secrets-file.ts";
import { readYamlFile } from "../../src/import/yaml-file.ts";
import type { Problem } from "../../src/model/problem.ts";
import { documentOf, filesIn, folderOf, paraform, write } from "../import/in-process.ts";
import { CHECKOUT, golden, phalanxEnvironment, withFixtures } from "./phalanx-environment.ts";

describe.skipIf(!withFixtures)("scenario 4: the list, and from where it is found", () => {
  it("is Phalanx's, also where --chdir leads to the configs from a folder below", async () => {
    const { cwd, run } = await phalanxEnvironment("idfdev", { live: {} });
    expect((await run("list")).stdout).toBe(golden("list"));
    const below = path.join(cwd, "configs", "idfdev");
    const said = await paraform(below, "list", "--env", "idfdev", "--chdir", "../..");
    expect(said).toEqual({ code: 0, stdout: golden("list"), stderr: "" });
  });

  it.each([
    ["list", 1],
    ["plan", 1],
    ["audit", 2],
    ["validate", 1],
  ])(
    "%s takes no configs of a folder above unasked, ends with %d and says what to type",
    async (verb, code) => {
      const { cwd } = await phalanxEnvironment("idfdev", { live: {} });
      const below = path.join(cwd, "a folder", "below");
      mkdirSync(below, { recursive: true });
      expect(await paraform(below, verb, "--env", "idfdev")).toEqual({
        code,
        stdout: "",
        stderr:
          "error: no environment is in configs/ of this folder\n  hint: a folder above has some: add --chdir ../..\n",
      });
      expect((await paraform(below, verb, "--env", "idfdev", "--chdir", "../..")).stderr).not.toContain(
        "--chdir",
      );
    },
  );

  it("names the folder as it is written from where one stands, also behind a --chdir", async () => {
    const { cwd } = await phalanxEnvironment("idfdev", { live: {} });
    mkdirSync(path.join(cwd, "it's here", "x"), { recursive: true });
    const from = (folder: string, ...flags: string[]) =>
      paraform(path.join(cwd, folder), "list", "--env", "idfdev", ...flags);
    expect((await from(".", "--chdir", "it's here/x")).stderr).toContain("add --chdir .\n");
    write(path.join(cwd, "it's here", "configs", "dev", "environment.json"), {});
    expect((await from(".", "--chdir", "it's here/x")).stderr).toContain("add --chdir 'it'\\''s here'\n");
    expect((await from("it's here/x", "--configs", "elsewhere")).stderr).not.toContain("--chdir");
  });

  it("ends with 1, SPEC's code of an error, where no folder up to the root has any: Phalanx ends with 2", async () => {
    const { root } = path.parse(CHECKOUT);
    const { code, stdout, stderr } = await paraform(root, "list", "--env", "idfdev");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("there is no environment idfdev");
  });

  it("a checkout is found from any folder in it, told, and imported alike", async () => {
    const [whole, part] = [folderOf({}), folderOf({})];
    const imported = (cwd: string, folder: string) =>
      paraform(cwd, "import", "phalanx", folder, "--env", "idfdev");
    expect((await imported(whole, CHECKOUT)).stderr).not.toContain("Reading");
    const { code, stderr } = await imported(part, path.join(CHECKOUT, "applications", "mobu"));
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`Reading the checkout ${path.relative(part, CHECKOUT)}\n`),
    ]);
    expect(filesIn(part)).toEqual(filesIn(whole));
  });

  it.each(["nothing in it", "no applications/", "no environments/values.yaml", "no such folder"])(
    "a folder with %s that lies in no checkout is none, and ends with 1",
    async (what) => {
      const cwd = folderOf({
        "nothing in it/x": "",
        "no applications//environments/values.yaml": "",
        "no environments/values.yaml/applications/x": "",
      });
      const { code, stderr } = await paraform(cwd, "import", "phalanx", what, "--env", "idfdev");
      expect([code, stderr]).toEqual([1, expect.stringMatching(/is no Phalanx checkout, and lies in none/)]);
    },
  );

  it("a folder that is not there is none, also inside of a checkout", async () => {
    const { code, stderr } = await paraform(CHECKOUT, "import", "phalanx", "aplications", "--env", "idfdev");
    expect([code, stderr]).toEqual([1, expect.stringContaining("error: aplications is no Phalanx checkout")]);
  });
});

describe.skipIf(!withFixtures)(
  "scenario 6: the schema of secrets.yaml, as reference §1.2 tells it, and of what is written",
  () => {
    const applications = withFixtures ? readdirSync(path.join(CHECKOUT, "applications")) : [];
    const secretsFiles = applications.flatMap((application) =>
      readdirSync(path.join(CHECKOUT, "applications", application))
        .filter((file) => /^secrets.*\.yaml$/.test(file))
        .map((file) => [application, file] as const),
    );

    it.each(secretsFiles)("%s/%s is accepted whole", (application, file) => {
      const problems: Problem[] = [];
      const root = readYamlFile(path.join(CHECKOUT, "applications", application, file), CHECKOUT, problems);
      if (root === undefined) throw new Error(`${file} was not read`);
      expect(readSecrets(root, application, problems)).not.toEqual([]);
      expect(problems).toEqual([]);
    });

    const LINES: readonly (readonly [string, string])[] = [
      ["x: {}", "description must be set"],
      ["x: {description: d, surprise: 1}", "an unknown key of the secret"],
      ["x: {description: d, copy: {application: a}}", "copy names no application and key"],
      ["x: {description: d, copy: {application: a, key: k, x: 1}}", "an unknown key of copy"],
      ["x: {description: d, generate: {type: dice}}", "generate has no type that is known"],
      ["x: {description: d, generate: {type: password, x: 1}}", "an unknown key of generate"],
      ["x: {description: d, generate: {type: bcrypt-password-hash}}", "names no source"],
      ["x: {description: d, generate: {type: mtime}}", "names no source"],
      ["x: {description: d, generate: {type: password, source: y}}", "takes no source"],
      ["x: {description: d, value: 5432}", "value is no text"],
      ["x: {description: d, value: v, generate: {type: password}}", "has value and generate"],
      ["x: {value: v, copy: {application: mobu, key: ALERT_HOOK}}", "has value and copy"],
      [
        "x: {copy: {application: mobu, key: ALERT_HOOK}, generate: {type: password}}",
        "has copy and generate",
      ],
      ["x: {description: d, onepassword: {encoded: maybe}}", "encoded is neither true nor false"],
      ["x: {description: d, onepassword: true}", "onepassword is no mapping"],
      ["- x", "no mapping"],
    ];

    it.each(LINES)("%s is refused or reported, with its file and the reason", async (yaml, reason) => {
      const cwd = folderOf({});
      cpSync(CHECKOUT, path.join(cwd, "phalanx"), { recursive: true });
      write(path.join(cwd, "phalanx/applications/portal/secrets.yaml"), `${yaml}\n`);
      const { stderr } = await paraform(cwd, "import", "phalanx", "phalanx", "--env", "idfdev");
      const line = stderr.split("\n").find((one) => one.includes(reason));
      expect([reason, line]).toEqual([
        reason,
        expect.stringMatching(/^phalanx\/applications\/portal\/secrets\.yaml:1:\d+: /),
      ]);
    });

    it("what the importer passes over, as Phalanx does: more keys of onepassword", async () => {
      const cwd = folderOf({});
      cpSync(CHECKOUT, path.join(cwd, "phalanx"), { recursive: true });
      const file = "phalanx/applications/portal/secrets.yaml";
      write(path.join(cwd, file), "x: {description: d, onepassword: {encoded: false, surprise: 1}}\n");
      const { code, stderr } = await paraform(cwd, "import", "phalanx", "phalanx", "--env", "idfdev");
      expect([code, stderr]).toEqual([0, expect.not.stringContaining(file)]);
    });

    it.each(["idfdev", "minikube", "usdfdev-prompt-processing"])(
      "every file that the import of %s writes is accepted by the schema that paraform prints",
      async (environment) => {
        const cwd = folderOf({});
        await paraform(cwd, "import", "phalanx", CHECKOUT, "--env", environment, "--pull-secret");
        const schemaOf = async (what: string) => JSON.parse((await paraform(cwd, "schema", what)).stdout);
        const ajv = new Ajv2020();
        const accepts = {
          environment: ajv.compile(await schemaOf("environment")),
          replication: ajv.compile(await schemaOf("replication")),
        };
        const files = Object.entries(filesIn(path.join(cwd, "configs", environment)));
        expect(files.length).toBeGreaterThan(1);
        for (const [file, text] of files) {
          const accept = file === "environment.json" ? accepts.environment : accepts.replication;
          expect([file, accept(documentOf(text)), accept.errors]).toEqual([file, true, null]);
        }
        expect(accepts.replication({ parameters: { "/a/b": { surprise: 1 } } })).toBe(false);
      },
    );
  },
);

describe.skipIf(!withFixtures)("scenario 7: the template of static secrets", () => {
  it("is Phalanx's, byte for byte", async () => {
    const { run } = await phalanxEnvironment("idfdev", { live: {} });
    expect(await run("static-template")).toEqual({ code: 0, stdout: golden("static-template"), stderr: "" });
  });
});
