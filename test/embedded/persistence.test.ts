import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { GetParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { openEngine } from "../../src/embedded/engine.ts";
import { UserError } from "../../src/model/error.ts";
import { memoryEngine, ssmOf, temporaryFolder } from "./clients.ts";

const VALUE = "dummy-password-of-dev";

function newStore(): string {
  const path = join(temporaryFolder(), "store.db");
  write(path);
  return path;
}

function write(path: string): void {
  const engine = openEngine({ path });
  engine.handle({
    service: "ssm",
    operation: "PutParameter",
    input: { Name: "/a/x", Value: VALUE, Type: "SecureString", Overwrite: true },
  });
  engine.close();
}

async function read(path: string): Promise<string | undefined> {
  const ssm = ssmOf(memoryEngine({ path }));
  return (await ssm.send(new GetParameterCommand({ Name: "/a/x", WithDecryption: true }))).Parameter?.Value;
}

function problemOf(path: string): UserError {
  try {
    openEngine({ path }).close();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  return expect.fail("the store was opened");
}

describe("a store in a file", () => {
  test("is there again when it is opened again", async () => {
    expect(await read(newStore())).toBe(VALUE);
  });

  test("makes its folder; all its files are its owner's alone", () => {
    const folder = join(temporaryFolder(), "deep", "er");
    const engine = openEngine({ path: join(folder, "store.db") });
    expect(readdirSync(folder).sort()).toEqual(["store.db", "store.db-shm", "store.db-wal", "store.db.key"]);
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    engine.close();
  });

  test("several engines see each other's writes at once", async () => {
    const path = newStore();
    const [one, other] = [ssmOf(memoryEngine({ path })), ssmOf(memoryEngine({ path }))];
    const input = { Name: "/a/x", Value: "new", Type: "SecureString", Overwrite: true } as const;
    expect((await one.send(new PutParameterCommand(input))).Version).toBe(2);
    expect((await other.send(new PutParameterCommand(input))).Version).toBe(3);
    expect((await one.send(new GetParameterCommand({ Name: "/a/x" }))).Parameter?.Version).toBe(3);
  });

  test("accounts know nothing of each other", () => {
    const path = newStore();
    const engine = memoryEngine({ path, account: "210987654321" });
    const { outcome } = engine.handle({ service: "ssm", operation: "GetParameter", input: { Name: "/a/x" } });
    expect(outcome).toMatchObject({ code: "ParameterNotFound" });
  });

  test("values cannot be moved to another name", () => {
    const path = newStore();
    const database = new Database(path);
    database.exec("UPDATE parameter SET path = '/a/y'");
    database.close();
    const engine = memoryEngine({ path });
    const input = { Name: "/a/y", WithDecryption: true };
    expect(() => engine.handle({ service: "ssm", operation: "GetParameter", input })).toThrow(UserError);
  });
});

describe("the key file", () => {
  test("is never made anew for a store that has one", () => {
    const path = newStore();
    rmSync(`${path}.key`);
    const problem = problemOf(path);
    expect(problem.message).toContain("is missing");
    expect(problem.hint).toContain("restore");
    expect(existsSync(`${path}.key`)).toBe(false);
  });

  test("of another store does not pass", () => {
    const path = newStore();
    copyFileSync(`${newStore()}.key`, `${path}.key`);
    expect(problemOf(path).message).toContain("is not the key file of");
  });

  test("that is malformed does not pass, and is not quoted", () => {
    const path = newStore();
    writeFileSync(`${path}.key`, "dummy-password-of-dev");
    const problem = problemOf(path);
    expect(problem.message).toContain("is malformed");
    expect(`${problem.message}${problem.hint}`).not.toContain("dummy-password-of-dev");
  });

  test("that a killed first process left is taken up", async () => {
    const path = join(temporaryFolder(), "store.db");
    const key = "ab".repeat(32);
    writeFileSync(`${path}.key`, `${key}\n`, { mode: 0o600 });
    write(path);
    expect(readFileSync(`${path}.key`, "utf8").trim()).toBe(key);
    expect(await read(path)).toBe(VALUE);
  });
});

describe("what cannot be opened is said clearly, and left as it is", () => {
  test("a file that is no database", () => {
    const path = join(temporaryFolder(), "store.db");
    const text = "this is a letter, not a database\n".repeat(100);
    writeFileSync(path, text);
    expect(problemOf(path).message).toContain("is not a database");
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("a database of another program", () => {
    const path = join(temporaryFolder(), "other.db");
    const other = new Database(path);
    other.exec("CREATE TABLE theirs (a)");
    other.close();
    const before = readFileSync(path);
    expect(problemOf(path).message).toContain("another program");
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}.key`)).toBe(false);
  });

  test("a store of a newer paraform", () => {
    const path = newStore();
    const database = new Database(path);
    database.exec("PRAGMA user_version = 7");
    database.close();
    const problem = problemOf(path);
    expect(problem.message).toContain("newer format 7");
    expect(problem.hint).toContain("the paraform that wrote it");
  });

  test("a damaged store", () => {
    const path = newStore();
    const bytes = readFileSync(path);
    writeFileSync(
      path,
      Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(Math.max(bytes.length - 100, 8192), 255)]),
    );
    for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
    expect(problemOf(path).message).toMatch(/is damaged|is not a database|cannot be read/);
  });

  test("a folder, and a path below a file", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "sub"));
    writeFileSync(join(folder, "file"), "");
    expect(problemOf(join(folder, "sub")).message).toContain("cannot be opened");
    expect(problemOf(join(folder, "file", "store.db")).message).toContain("cannot be opened");
  });
});

test("a failure of the file rejects an SDK call as it is, unsent again", async () => {
  const failure = new UserError("the embedded store has no room left on its disk");
  let calls = 0;
  const engine = {
    ...memoryEngine(),
    handle: () => {
      calls += 1;
      throw failure;
    },
  };
  const call = ssmOf(engine, { maxAttempts: 3 }).send(new GetParameterCommand({ Name: "/a/x" }));
  await expect(call).rejects.toBe(failure);
  expect(calls).toBe(1);
});
