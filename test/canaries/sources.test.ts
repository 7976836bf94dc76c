import { chmodSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { filesIn, folderOf, paraform, paraformWith, type Said, write } from "../import/in-process.ts";
import { makeProject, servedBy } from "../support/binary-project.ts";
import { fakeConnect } from "../values/fake-connect.ts";
import { fakeVault } from "../values/fake-vault.ts";
import { type Answer, jsonServer, MISHAPS, reply } from "../values/json-server.ts";
import { canary, foundIn } from "./canary.ts";

/** What a source holds, and what opens it. */
const VALUE = canary("Sourced");
const TOKEN = canary("Token");
const BIRDS = [VALUE, TOKEN];
const { marker } = VALUE;
const quoted = JSON.stringify(VALUE.value);
const NAME = "/dba/a";

/** Those that take waiting for a time-out or between tries: test/values has them, by a clock of its own. */
const WAITING = ["no answer at all", "an answer that stops half-way", "a reset", "a 500"];
const QUICK = Object.keys(MISHAPS).filter((mishap) => !WAITING.includes(mishap));

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

function projectWith(source: object, files: Given["files"] = {}): string {
  const cwd = folderOf({
    "configs/dev/environment.json": {
      environment: "dev",
      store: { kind: "embedded" },
      owner: "platform",
      scopes: ["/dba/"],
      digestKey: { kmsKey: "alias/paraform" },
      sources: [source],
      configs: ["./main.json"],
    },
    "configs/dev/main.json": { parameters: { [NAME]: {} } },
  });
  for (const [name, text] of Object.entries(files)) {
    write(path.join(cwd, "configs/dev", name), text);
    chmodSync(path.join(cwd, "configs/dev", name), 0o600);
  }
  return cwd;
}

/** What every command that asks sources says of one that is broken; no last check on the sinks stands behind it here. */
async function toldOf(source: object, { files, env = {} }: Given): Promise<readonly Said[]> {
  const cwd = projectWith(source, files);
  const run = (...argv: string[]) => paraformWith(env, cwd, ...argv, "--env", "dev");
  return [
    await run("plan"),
    await run("plan", "--format", "json"),
    await run("audit"),
    await run("apply", "--auto-approve"),
    await run("static-template"),
  ];
}

async function expectError(source: object, given: Given): Promise<void> {
  for (const { code, stdout, stderr } of await toldOf(source, given)) {
    expect(stdout).toBe("");
    expect([1, 2]).toContain(code);
    expect(stderr).toMatch(/^(configs\/dev\/\S+|standard input):\d+:\d+: /);
    expect([stderr, foundIn(stderr, BIRDS)]).toEqual([stderr, []]);
  }
}

async function served(answer: Answer): Promise<string> {
  const server = await jsonServer(answer);
  onTestFinished(() => server.close());
  return server.url;
}

describe("a local source that is broken is told of, and not quoted", () => {
  test.each<[string, object, Given | (() => Given)]>([
    ["dotenv, a line", { kind: "dotenv", path: ".env" }, { files: { ".env": `DBA_A=1\n${marker}\n` } }],
    ["dotenv, an end", { kind: "dotenv", path: ".env" }, { files: { ".env": `DBA_A="${marker}` } }],
    ["dotenv, no value", { kind: "dotenv", path: ".env" }, { files: { ".env": `DBA_A=\n#${marker}` } }],
    ["dotenv, twice", { kind: "dotenv", path: ".env" }, { files: { ".env": `DBA_A=${marker}\nDBA_A=x` } }],
    ["environment, empty", { kind: "environment" }, { env: { PARAFORM_VALUE_DBA_A: "" } }],
    ["a file that is not there", { kind: "file", path: "v.json" }, {}],
    ["a command that fails", command(`console.error(${quoted}); process.exitCode = 3;`), scripted()],
    ["a command that prints half", command(`process.stdout.write('{"${NAME}": "${marker}');`), scripted()],
    ["a command that prints a list", command(`process.stdout.write('["${marker}"]');`), scripted()],
    [
      "a command that takes too long",
      { ...command(`process.stdout.write("${marker}"); setTimeout(() => {}, 1e6);`), timeoutSeconds: 1 },
      scripted(),
    ],
    ["sops that is refused its key", { kind: "sops", path: "v.enc.yaml" }, sops("process.exitCode = 128;")],
    [
      "sops that prints half",
      { kind: "sops", path: "v.enc.yaml" },
      sops(`process.stdout.write('{"${NAME}": "${marker}');`),
    ],
  ])("%s", async (_, source, given) => {
    await expectError(source, typeof given === "function" ? given() : given);
  });

  test("standard input", async () => {
    const project = makeProject({
      parameters: { [NAME]: {} },
      environment: { sources: [{ kind: "stdin" }] },
    });
    for (const input of [
      marker,
      `{"${NAME}": "${marker}`,
      `{"${NAME}": ["${marker}"]}`,
      `{"${NAME}": "", "x": "${marker}"}`,
    ]) {
      const { code, stdout, stderr } = await project.env("plan", [], { input });
      expect([code, stdout, stderr]).toEqual([1, "", expect.stringMatching(/^standard input:1:\d+: /)]);
      expect(foundIn(stderr, BIRDS)).toEqual([]);
    }
  });
});

/** The sources that are asked over HTTP, each with its token, and a server that speaks its protocol. */
const REMOTE: Readonly<Record<string, Remote>> = {
  onepassword: {
    source: (url) => ({
      kind: "onepassword",
      connect: url,
      vault: "dev",
      map: [{ names: "/dba/{key}", item: "dba", field: "{key}" }],
    }),
    env: () => ({ OP_CONNECT_TOKEN: TOKEN.marker }),
    lacking: fakeConnect({
      token: TOKEN.marker,
      vaults: { dev: [{ title: "dba", fields: [{ label: marker, value: VALUE.value }] }] },
    }),
  },
  vault: {
    source: (url) => ({
      kind: "vault",
      address: url,
      map: [{ names: "/dba/{key}", path: "dba", field: "{key}" }],
    }),
    env: () => ({ VAULT_TOKEN: TOKEN.marker }),
    lacking: fakeVault({
      token: TOKEN.marker,
      mounts: { secret: { dba: { [marker]: VALUE.value, list: [VALUE.value] } } },
    }),
  },
};

interface Remote {
  readonly source: (url: string) => object;
  readonly env: () => Readonly<Record<string, string>>;
  /** Has values, but not the one that is asked for. */
  readonly lacking: Answer;
}

describe.each(Object.entries(REMOTE))("%s", (_, { source, env, lacking }) => {
  test("that refuses the token repeats it in vain", async () => {
    const url = await served(({ headers }, response) => {
      const said = `${marker} ${headers.authorization ?? headers["x-vault-token"]}`;
      reply(response, 403, { message: said, errors: [said] });
    });
    await expectError(source(url), { env: env() });
  });

  test("whose token is no token, or missing", async () => {
    const url = await served(lacking);
    const [[variable = ""] = []] = Object.entries(env());
    await expectError(source(url), { env: { [variable]: `${TOKEN.value}\n` } });
    await expectError(source(url), { env: {} });
  });

  test("that has it not: the parameter is missing, and nothing is told of what is there", async () => {
    const url = await served(lacking);
    const told = await toldOf(source(url), { env: env() });
    for (const { stdout, stderr } of told) expect(foundIn(stdout + stderr, BIRDS)).toEqual([]);
    expect(told.map(({ stderr }) => stderr).join("")).not.toContain(":1:1:");
  });

  test.each(QUICK)("that answers with %s", async (mishap) => {
    const url = await served((_request, response) => MISHAPS[mishap]?.(response, marker));
    await expectError(source(url), { env: env() });
  });
});

describe("what the store's own service says is not quoted either", () => {
  test.each([
    ["secrets-manager", { names: "/dba/{key}", secret: "dba/{key}" }],
    ["parameter", { names: "/dba/{key}", parameter: "/legacy/{key}" }],
  ])("%s", async (kind, entry) => {
    for (const [status, type] of [
      [400, "AccessDeniedException"],
      [400, marker],
      [200, undefined],
    ] as const) {
      const url = await served((_request, response) =>
        status === 200
          ? reply(response, 200, `<html>${marker}`, "text/html")
          : reply(response, status, { __type: type, message: VALUE.value }, "application/x-amz-json-1.1"),
      );
      const project = makeProject({
        parameters: { [NAME]: {} },
        environment: { store: servedBy(url), sources: [{ kind, map: [entry] }] },
      });
      const { code, stdout, stderr } = await project.env("plan");
      expect([code, stdout]).toEqual([1, ""]);
      expect([stderr, foundIn(stderr, BIRDS)]).toEqual([
        expect.stringMatching(/^configs\/dev\/environment\.json:\d+:\d+: /),
        [],
      ]);
    }
  });
});

describe("an importer quotes nothing of a file that is broken, and writes nothing of it", () => {
  const BROKEN = [
    `{"a": ${quoted}`,
    `{"a": [${quoted}]}`,
    `[${quoted}]`,
    marker,
    `{${quoted}: ${quoted}, "b"}`,
  ];
  const YAML = [
    `a: [${marker}`,
    `a: "\\q${marker}"`,
    `a: *${marker}`,
    `- ${marker}`,
    `a: ${marker}: ${marker}`,
    `\t${marker}`,
  ];
  const CHECKOUT = {
    "environments/values.yaml": "applications: {a: true}\n",
    "environments/values-dev.yaml": "vaultPathPrefix: secret/dev\n",
    "applications/a/values.yaml": "config: {}\n",
    "applications/a/secrets.yaml": "x: {description: d, if: config.on}\n",
  };

  test.each<[string, string, readonly string[], readonly string[]]>([
    [
      "vault",
      "export/a.json",
      BROKEN.filter((text) => !text.includes("[") || text.startsWith("[")),
      ["export", "--prefix", "/k8s/dev"],
    ],
    ["figgy", "figs.json", BROKEN, ["figs.json"]],
    ["figgy", "table.json", BROKEN, ["own.json", "--table", "table.json"]],
    ["phalanx", "applications/a/secrets.yaml", YAML, ["."]],
    ["phalanx", "applications/a/values.yaml", YAML, ["."]],
    ["phalanx", "environments/values-dev.yaml", YAML, ["."]],
  ])("%s: %s", async (kind, file, texts, words) => {
    for (const text of texts) {
      const cwd = folderOf({ ...CHECKOUT, "own.json": { replicate_figs: { "/a/b": "/c/d" } }, [file]: text });
      const { stdout, stderr } = await paraform(cwd, "import", kind, ...words, "--env", "dev");
      const written = Object.entries(filesIn(cwd)).filter(([name]) => name.startsWith("configs/"));
      const told = stdout + stderr + JSON.stringify(written);
      expect([text, told, foundIn(told, BIRDS)]).toEqual([text, told, []]);
      expect(stderr).toContain(`${file}:`);
    }
  });
});

function command(script: string): { kind: "command"; command: string[]; environment: string[] } {
  return { kind: "command", command: [process.execPath, "-e", script], environment: ["DUMMY_TOKEN"] };
}

/** A program that is handed its token by the environment. */
function scripted(): Given {
  return { env: { DUMMY_TOKEN: TOKEN.marker, PATH: process.env.PATH ?? "" } };
}

/** A `sops` that says the secret on stderr, whatever else it does. */
function sops(script: string): () => Given {
  return () => {
    const bin = folderOf({ sops: `#!${process.execPath}\nconsole.error(${quoted}); ${script}\n` });
    chmodSync(path.join(bin, "sops"), 0o700);
    return { files: { "v.enc.yaml": `sops: ${marker}\n` }, env: { PATH: bin } };
  };
}
