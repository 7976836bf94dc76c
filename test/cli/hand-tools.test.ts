import { spawnSync } from "node:child_process";
import { chmodSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { canary, expectNoneInFiles, foundIn } from "../canaries/canary.ts";
import { makeInitializedProject, makeProject, type Project, servedBy } from "../support/binary-project.ts";
import { startLocalServer } from "../support/local-server.ts";
import { ENTER, hasTerminals, startOnTerminal } from "../support/terminal.ts";

if (!hasTerminals) console.warn("skipped: python3 is not there to give these tests a terminal");

const MAIN = "configs/dev/main.json";
const SHOWN = canary("Shown");
/** Several lines, and none of them ended. */
const VALUE = `${SHOWN.value}\nsecond line`;

/** A DBA's file and a service's; one value is put. */
async function ready(environment: Record<string, unknown> = {}): Promise<Project> {
  const project = await makeInitializedProject({ environment });
  project.write(
    MAIN,
    `{
  "parameters": {
    "/dba/password": {}, // the owner's
    "/dba/other":    {},
    "/app/a/password": { "copy": "/dba/password" }
  }
}
`,
  );
  const put = await project.env("put", ["/dba/password"], { input: VALUE });
  expect(put).toMatchObject({ code: 0 });
  return project;
}

describe.concurrent("get", () => {
  test("prints the value into a pipe to the last byte, and nothing else", async () => {
    const project = await ready();
    expect(await project.env("get", ["/dba/password"])).toEqual({ code: 0, stdout: VALUE, stderr: "" });
  });

  test("prints an earlier version", async () => {
    const project = await ready();
    await project.env("put", ["/dba/password"], { input: "another-dummy" });
    expect((await project.env("get", ["/dba/password"])).stdout).toBe("another-dummy");
    expect((await project.env("get", ["/dba/password", "--version", "1"])).stdout).toBe(VALUE);
    const { code, stdout, stderr } = await project.env("get", ["/dba/password", "--version", "9"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^error: version 9 of \/dba\/password does not exist\n {2}hint: it has versions 1 to 2\n/,
    );
  });

  test("tells what is denied from what is not there", async () => {
    const server = await startLocalServer(["--deny", "kms:Decrypt:alias/owner"]);
    const project = makeProject({ environment: { store: servedBy(server.url) } });
    await server.inRegion("eu-west-1").put("/dba/denied", "dummy", { KeyId: "alias/owner" });
    const denied = await project.env("get", ["/dba/denied"]);
    expect(denied).toMatchObject({ code: 1, stdout: "" });
    expect(denied.stderr).toMatch(
      /^error: \/dba\/denied may not be read by this identity\n {2}hint: get needs /,
    );
    const absent = await project.env("get", ["/dba/absent"]);
    expect(absent).toMatchObject({ code: 1, stdout: "" });
    expect(absent.stderr).toMatch(/^error: \/dba\/absent does not exist\n {2}hint: /);
  });

  test("and history too: which declared name a misspelt one may have meant", async () => {
    const project = await ready();
    for (const verb of ["get", "history"]) {
      const { code, stderr } = await project.env(verb, ["/dba/Pasword"]);
      expect([code, stderr]).toEqual([1, expect.stringContaining("hint: did you mean /dba/password? ")]);
    }
  });

  test("takes no format, no name of paraform's own, and nothing that is no name", async () => {
    const project = await ready();
    const refusal = async (...words: string[]) => {
      const { code, stdout, stderr } = await project.env("get", words);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      return stderr;
    };
    expect(await refusal("/dba/password", "--format", "json")).toMatch(/^error: an option is not known here/);
    expect(await refusal("/paraform/dev/digest-key")).toMatch(/^error: paraform's own parameters/);
    expect(await refusal("password")).toMatch(/^error: this is no parameter name/);
    expect(await refusal("/dba/password", "--version", "latest")).toMatch(/^error: --version takes a whole/);
  });

  test.skipIf(!hasTerminals)("ends the line on a terminal", async () => {
    const project = await ready();
    const terminal = startOnTerminal(["get", "/dba/password", "--env", "dev"], { cwd: project.folder });
    const { code, stdout } = await terminal.finished;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${VALUE}\n`.replaceAll("\n", "\r\n") });
  });
});

describe.concurrent("put", () => {
  test("takes a file to the last byte; one that git tracks, or that is no text, it refuses", async () => {
    const project = await ready();
    project.write("value.txt", `\ufeff${VALUE}`);
    expect(await project.env("put", ["/dba/other", "--file", "value.txt"])).toMatchObject({ code: 0 });
    expect((await project.env("get", ["/dba/other"])).stdout).toBe(`\ufeff${VALUE}`);
    chmodSync(project.path("value.txt"), 0o644);
    const open = await project.env("put", ["/dba/other", "--file", "value.txt"]);
    expect(open.stderr).toMatch(/^warning: the file can be read by other users; chmod 600 closes it\n/);
    for (const words of [
      ["init", "-q"],
      ["add", "value.txt"],
    ]) {
      expect(spawnSync("git", words, { cwd: project.folder }).status).toBe(0);
    }
    const tracked = await project.env("put", ["/dba/other", "--file", "value.txt"]);
    expect(tracked.stderr).toMatch(/^error: --file: git tracks this file, and it holds values\n {2}hint: /);
    project.write("binary", Buffer.from([0xff, 0xfe]));
    const binary = await project.env("put", ["/dba/other", "--file", "binary"]);
    expect(binary.stderr).toMatch(/^error: --file: this is no text in UTF-8\n {2}hint: /);
    const gone = await project.env("put", ["/dba/other", "--file", "gone"]);
    expect(gone.stderr).toMatch(/^error: --file: there is no such file\n {2}hint: /);
    expect((await project.env("get", ["/dba/other", "--version", "2"])).code).toBe(0);
    expect((await project.env("get", ["/dba/other", "--version", "3"])).code).toBe(1);
  });
});

describe.concurrent("share", () => {
  const SHARE = ["/dba/password", "/app/b/password"];

  test("without a terminal shows the edit and writes nothing", async () => {
    const project = await ready();
    const before = project.files();
    const { code, stdout, stderr } = await project.env("share", SHARE);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "error: share cannot ask without a terminal, and wrote nothing\n  hint: if the edit above is right, add --auto-approve\n",
    });
    expect(stdout).toBe(`--- ${MAIN}
+++ ${MAIN}
@@ -2,6 +2,7 @@
   "parameters": {
     "/dba/password": {}, // the owner's
     "/dba/other":    {},
-    "/app/a/password": { "copy": "/dba/password" }
+    "/app/a/password": { "copy": "/dba/password" },
+    "/app/b/password": { "copy": "/dba/password" }
   }
 }
`);
    expect(project.files()).toEqual(before);
  });

  test("--auto-approve writes it, keeps the file's mode, and says what to run next", async () => {
    const project = await ready();
    chmodSync(project.path(MAIN), 0o640);
    const { code, stdout } = await project.env("share", [...SHARE, "--auto-approve"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nWrote configs\/dev\/main\.json\. See .+:\n {4}paraform plan --env dev\n$/);
    expect(project.read(MAIN)).toContain('"/app/b/password": { "copy": "/dba/password" }\n');
    expect(statSync(project.path(MAIN)).mode & 0o777).toBe(0o640);
    expect((await project.env("apply", ["--auto-approve", "--allow", "blocked=1"])).code).toBe(0);
    expect((await project.env("get", ["/app/b/password"])).stdout).toBe(VALUE);
    const again = await project.env("share", SHARE);
    expect(again.stderr).toMatch(
      /^error: \/app\/b\/password is declared already: a copy of \/dba\/password, at configs\/dev\/main\.json:6:5\n/,
    );
  });

  test("each application's file says what lies in its folder, whoever shares the source already", async () => {
    const project = await ready();
    project.write(MAIN, {
      parameters: { "/dba/password": {}, "/app/x/a/password": { copy: "/dba/password" } },
    });
    project.write("configs/dev/b.json", { parameters: { "/app/x/b/host": { value: "host" } } });
    const { code, stdout } = await project.env("share", [
      "/dba/password",
      "/app/x/b/password",
      "--auto-approve",
    ]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("\nWrote configs/dev/b.json. ")]);
  });

  test("a source that is nowhere is told before the file is looked for, and what it may have meant", async () => {
    const project = await ready();
    const { code, stderr } = await project.env("share", ["/dba/Password", "/data/new/password"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^error: \/dba\/Password is neither declared nor there\n {2}hint: did you mean \/dba\/password\? /,
      ),
    ]);
  });

  test("a Figgy file that shares the source says it in its own language", async () => {
    const project = await ready();
    project.write(MAIN, { parameters: { "/dba/other": {} } });
    project.write("configs/dev/figgy.json", '{ "replicate_figs": { "/dba/password": "/app/a/password" } }\n');
    expect((await project.env("share", [...SHARE, "--auto-approve"])).code).toBe(0);
    expect(project.read("configs/dev/figgy.json")).toBe(
      '{ "replicate_figs": { "/dba/password": ["/app/a/password", "/app/b/password"] } }\n',
    );
  });

  test("asks which file, where several could say it; --config names one", async () => {
    const project = await ready();
    project.write("configs/dev/b.json", { parameters: { "/app/c/password": { copy: "/dba/password" } } });
    const { code, stderr } = await project.env("share", [...SHARE, "--auto-approve"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "error: several files could share it: configs/dev/b.json, configs/dev/main.json\n  hint: name one of them with --config\n",
    });
    const named = ["--config", "configs/dev/b.json", "--auto-approve"];
    expect((await project.env("share", [...SHARE, ...named])).code).toBe(0);
    expect(project.read("configs/dev/b.json")).toContain("/app/b/password");
    project.write("elsewhere.json", { parameters: {} });
    const foreign = await project.env("share", ["/dba/other", "/app/b/o", "--config", "elsewhere.json"]);
    expect(foreign.stderr).toMatch(/^error: elsewhere\.json is no config of environment dev\n/);
  });

  test("refuses what would not stand, before it writes", async () => {
    const project = await ready({ grants: [{ source: "/dba/**", to: "/app/**" }] });
    const before = project.files();
    const refusal = async (...words: string[]) => {
      const { code, stdout, stderr } = await project.env("share", [...words, "--auto-approve"]);
      expect({ words, code, stdout }).toEqual({ words, code: 1, stdout: "" });
      return stderr;
    };
    expect(await refusal("/dba/nowhere", "/app/b/x")).toMatch(
      /^error: \/dba\/nowhere is neither declared nor there\n/,
    );
    expect(await refusal("/dba/password", "/dba/password")).toMatch(
      /^error: \/dba\/password would be copied to itself\n/,
    );
    expect(await refusal("/dba/password", "/dba/other")).toMatch(
      /^error: \/dba\/other is declared already: static/,
    );
    expect(await refusal("/app/a/password", "/dba/new")).toMatch(
      /: no grant lets \/app\/a\/password reach \/dba\/new\n/,
    );
    expect(await refusal("/dba/password", "/aws/x")).toMatch(/^error: this is no parameter name: /);
    expect(await refusal("/dba/password", "/paraform/dev/x")).toMatch(/^error: paraform's own parameters/);
    expect(project.files()).toEqual(before);
  });

  test("refuses a cycle, and a destination that is live and somebody else's", async () => {
    const server = await startLocalServer();
    const project = makeProject({ environment: { store: servedBy(server.url) } });
    expect((await project.env("init")).code).toBe(0);
    project.write(MAIN, {
      parameters: { "/app/a/x": { copy: "/app/a/y" }, "/app/a/z": { copy: "/app/a/x" } },
    });
    const cycle = await project.env("share", ["/app/a/z", "/app/a/y", "--auto-approve"]);
    expect(cycle.stderr).toMatch(/: cycle: \/app\/a\/x → \/app\/a\/z → \/app\/a\/y → \/app\/a\/x\n/);
    const declared = await project.env("share", ["/app/a/z", "/app/a/x", "--auto-approve"]);
    expect(declared.stderr).toBe(
      "error: /app/a/z follows from /app/a/x, which cannot follow from it\n  hint: a value cannot follow from itself: name another destination\n",
    );
    const region = server.inRegion("eu-west-1");
    await region.put("/app/a/y", "dummy");
    await region.put("/app/a/taken", "dummy");
    const taken = await project.env("share", ["/app/a/y", "/app/a/taken", "--auto-approve"]);
    expect(taken.stderr).toMatch(/^error: \/app\/a\/taken exists already and is not this configuration's\n/);
    await region.put("/app/a/figgy", "dummy", { Description: "Replicated from: /app/a/y by: somebody" });
    expect((await project.env("share", ["/app/a/y", "/app/a/figgy", "--auto-approve"])).code).toBe(0);
  });

  test.skipIf(!hasTerminals).each([
    ["yes", 0, /Wrote configs\/dev\/main\.json/],
    ["y", 1, /Share cancelled\./],
  ])("on a terminal asks, and %s ends with %d", async (answer, code, said) => {
    const project = await ready();
    const before = project.files();
    const terminal = startOnTerminal(["share", ...SHARE, "--env", "dev"], { cwd: project.folder });
    await terminal.until("stdout", /Only 'yes' will be accepted\.\s+Enter a value: /);
    terminal.write(`${answer}${ENTER}`);
    const finished = await terminal.finished;
    expect(finished.code).toBe(code);
    expect(finished.stdout).toMatch(said);
    expect(JSON.stringify(project.files()) === JSON.stringify(before)).toBe(code !== 0);
  });
});

test("only get shows a value, and only on standard output", async () => {
  const project = await ready();
  const heard = [
    await project.env("get", ["/dba/password", "--version", "7"]),
    await project.env("share", ["/dba/password", "/app/b/password", "--auto-approve"]),
    await project.env("share", ["/dba/password", `/app/${SHOWN.marker}/?`]),
    await project.env("get", [SHOWN.value]),
  ];
  const got = await project.env("get", ["/dba/password"]);
  expect(foundIn(got.stdout, [SHOWN])).not.toEqual([]);
  for (const { stdout, stderr } of [...heard, { stdout: "", stderr: got.stderr }]) {
    expect(foundIn(stdout + stderr, [SHOWN])).toEqual([]);
  }
  expectNoneInFiles(project, [SHOWN], []);
});
