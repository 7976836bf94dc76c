import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, openEngine } from "../../src/embedded/engine.ts";
import { memoryEngine, temporaryFolder } from "./clients.ts";

const run = promisify(execFile);
const project = fileURLToPath(new URL("../../", import.meta.url));
const script = fileURLToPath(new URL("child.mjs", import.meta.url));

let compiled: string;
let engineUrl: string;

/** Node 20 runs no TypeScript, so the children get the engine compiled, apart from dist, which may be older. */
beforeAll(async () => {
  compiled = mkdtempSync(join(tmpdir(), "paraform-compiled-"));
  const config = {
    extends: join(project, "tsconfig.build.json"),
    compilerOptions: {
      rootDir: join(project, "src"),
      outDir: join(compiled, "out"),
      declaration: false,
      typeRoots: [join(project, "node_modules/@types")],
    },
    include: [join(project, "src/embedded")],
  };
  writeFileSync(join(compiled, "tsconfig.json"), JSON.stringify(config));
  writeFileSync(join(compiled, "package.json"), '{"type":"module"}');
  symlinkSync(join(project, "node_modules"), join(compiled, "node_modules"));
  const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  await run(process.execPath, [join(typescript, "bin/tsc"), "-p", join(compiled, "tsconfig.json")]);
  engineUrl = pathToFileURL(join(compiled, "out/embedded/engine.js")).href;
});

afterAll(() => rmSync(compiled, { recursive: true, force: true }));

async function linesOf(path: string, ...job: string[]): Promise<string[]> {
  const { stdout } = await run(process.execPath, [script, engineUrl, path, ...job]);
  return stdout.split("\n").filter((line) => line !== "");
}

const call = (engine: Engine, operation: string, input: object) =>
  engine.handle({ service: "ssm", operation, input }).outcome;

describe("several processes", () => {
  test("overwrite one name at once: no version is given twice, none is left out", async () => {
    const path = join(temporaryFolder(), "store.db");
    const told = await Promise.all(Array.from({ length: 4 }, () => linesOf(path, "overwrite", "25")));
    const versions = told
      .flat()
      .map(Number)
      .sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  test("open a new store at once: all agree on one key, and one of them wins a create", async () => {
    const path = join(temporaryFolder(), "store.db");
    const told = await Promise.all(Array.from({ length: 6 }, () => linesOf(path, "create")));
    expect(told.flat().sort()).toEqual([...Array(5).fill("ParameterAlreadyExists"), "created"]);
    const outcome = call(memoryEngine({ path }), "GetParameter", { Name: "/once" });
    expect(outcome).toMatchObject({ body: { Parameter: { Value: "value" } } });
  });

  test("race for a label: exactly one is told that it removed it", async () => {
    const path = join(temporaryFolder(), "store.db");
    const engine = memoryEngine({ path });
    call(engine, "PutParameter", { Name: "/lock", Value: "v", Type: "String" });
    call(engine, "LabelParameterVersion", { Name: "/lock", Labels: ["free"] });
    const told = await Promise.all(Array.from({ length: 6 }, () => linesOf(path, "unlabel")));
    expect(told.flat().sort()).toEqual(['["free"]', ...Array(5).fill("[]")]);
  });
});

describe("a kill at any moment", () => {
  /** Creates parameters in a process that is killed after `count` acknowledgements; gives all that it acknowledged. */
  function killAfter(count: number, path: string): Promise<string[]> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [script, engineUrl, path, "createForever"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const acknowledged: string[] = [];
      const lines = createInterface({ input: child.stdout });
      lines.on("line", (line) => {
        acknowledged.push(line);
        if (acknowledged.length === count) child.kill("SIGKILL");
      });
      lines.on("close", () => resolve(acknowledged));
    });
  }

  test.each([1, 2, 17, 60])("loses nothing of what was acknowledged, after %i writes", async (count) => {
    const path = join(temporaryFolder(), "store.db");
    const acknowledged = await killAfter(count, path);
    expect(acknowledged.length).toBeGreaterThanOrEqual(count);
    const engine = openEngine({ path });
    for (const line of acknowledged) {
      const outcome = call(engine, "GetParameter", { Name: `/kept/${line}`, WithDecryption: true });
      expect(outcome).toMatchObject({ body: { Parameter: { Value: `value ${line}`, Version: 1 } } });
    }
    // The write that the kill met is there whole or not at all, and the store takes the next one.
    const next = call(engine, "GetParameter", { Name: `/kept/${acknowledged.length}`, WithDecryption: true });
    expect(["done", "refused"]).toContain(next.kind);
    expect(call(engine, "PutParameter", { Name: "/after", Value: "v", Type: "String" }).kind).toBe("done");
    engine.close();
  });

  test("while it is being made leaves a store that can be opened", async () => {
    for (const delay of [5, 40, 60, 80, 100, 120]) {
      const path = join(temporaryFolder(), "store.db");
      await new Promise((resolve) => {
        const child = spawn(process.execPath, [script, engineUrl, path, "createForever"], {
          stdio: "ignore",
        });
        child.on("exit", resolve);
        setTimeout(() => child.kill("SIGKILL"), delay);
      });
      const engine = openEngine({ path });
      expect(call(engine, "PutParameter", { Name: "/after", Value: "v", Type: "String" }).kind).toBe("done");
      engine.close();
    }
  });
});

describe("a disk without room", () => {
  test.skipIf(process.platform === "win32")(
    "is the user's error; what was written before is whole",
    async () => {
      const path = join(temporaryFolder(), "store.db");
      const limited = 'ulimit -f 2000; exec "$@"';
      const { stdout } = await run("bash", [
        "-c",
        limited,
        "bash",
        process.execPath,
        script,
        engineUrl,
        path,
        "fill",
      ]);
      const told = JSON.parse(stdout);
      expect(told.name).toBe("UserError");
      expect(told.message).toContain("the embedded store");
      expect(told.written).toBeGreaterThan(0);
      const engine = memoryEngine({ path });
      for (let i = 0; i < told.written; i++) {
        expect(call(engine, "GetParameter", { Name: `/large/${i}` }).kind).toBe("done");
      }
      expect(call(engine, "GetParameter", { Name: `/large/${told.written}` })).toMatchObject({
        code: "ParameterNotFound",
      });
      expect(call(engine, "PutParameter", { Name: "/after", Value: "v", Type: "String" }).kind).toBe("done");
    },
  );
});
