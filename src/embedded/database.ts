import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Libsql from "libsql";
import { UserError } from "../model/error.ts";

/** What SQLite is given; bytes come back as an ArrayBuffer. */
export type SqlValue = string | number | Buffer | null;

/**
 * The SQLite file behind the embedded store. Statements are prepared once per text. Every failure of SQLite or of
 * the disk under it is a `UserError` that names the file; a statement that failed has changed nothing.
 */
export interface Database {
  readonly path: string;
  all<Row>(sql: string, ...values: SqlValue[]): Row[];
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined;
  /** The number of changed rows. */
  run(sql: string, ...values: SqlValue[]): number;
  exec(sql: string): void;
  /** Another number once another connection, of this process or another, has written; its own writes leave it alone. */
  writesElsewhere(): number;
  /** Makes writers leave readers alone and commits durable; to be called before the first write. */
  useWriteAheadLog(): void;
  /** One consistent view for all reads of `work`. */
  read<Result>(work: () => Result): Result;
  /** All of `work` or nothing, alone among all processes, on the disk when it returns. */
  write<Result>(work: () => Result): Result;
  close(): void;
}

/** How long a process waits for another one's write; a write takes about a millisecond. */
const BUSY_TIMEOUT_MS = 30_000;

/** @throws UserError when `path` cannot be opened */
export function openDatabase(path: string): Database {
  const handle = connect(path);
  handle.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return overHandle(path, handle);
}

/** To opening alone libsql gives no code; the file system's is known by then. */
function connect(path: string): Libsql.Database {
  try {
    if (path !== ":memory:") createPrivately(path);
    return new Libsql(path);
  } catch (error) {
    const code = codeOf(error);
    throw new UserError(`the embedded store ${path} cannot be opened${code === "" ? "" : ` (${code})`}`, {
      hint: "check that its folder and its disk can be written by this user, and that it is no folder itself",
    });
  }
}

/** SQLite would make the file readable to the group; its -wal and -shm files take the mode of this one. */
function createPrivately(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
}

/** Switching to WAL meets SQLITE_BUSY without waiting when several processes open a new file at once. */
function patiently(work: () => void): void {
  const deadline = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if (codeOf(error) !== "SQLITE_BUSY" || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function overHandle(path: string, handle: Libsql.Database): Database {
  const statements = new Map<string, Libsql.Statement>();
  // Values go in as one array: libsql takes a lone null or Buffer for an object of named values, and aborts.
  const prepared = (sql: string) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = handle.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  const transaction = <Result>(begin: string, work: () => Result): Result => {
    guarded(path, () => handle.exec(begin));
    try {
      const result = work();
      guarded(path, () => handle.exec("COMMIT"));
      return result;
    } catch (error) {
      if (handle.inTransaction) handle.exec("ROLLBACK");
      throw error;
    }
  };
  const all = <Row>(sql: string, ...values: SqlValue[]) =>
    guarded(path, () => prepared(sql).all(values) as Row[]);
  return {
    path,
    all,
    get: <Row>(sql: string, ...values: SqlValue[]) => all<Row>(sql, ...values)[0],
    run: (sql, ...values) => guarded(path, () => prepared(sql).run(values).changes),
    exec: (sql) => guarded(path, () => void handle.exec(sql)),
    writesElsewhere: () => all<{ data_version: number }>("PRAGMA data_version")[0]?.data_version ?? 0,
    useWriteAheadLog: () =>
      guarded(path, () => {
        patiently(() => handle.exec("PRAGMA journal_mode = WAL"));
        handle.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
      }),
    read: (work) => transaction("BEGIN", work),
    write: (work) => transaction("BEGIN IMMEDIATE", work),
    close: () => {
      statements.clear();
      if (handle.open) handle.close();
    },
  };
}

const REMEDIES: Record<string, readonly [problem: string, hint: string]> = {
  SQLITE_FULL: ["has no room left on its disk", "free some space; nothing was written"],
  SQLITE_NOTADB: ["is not a database", "point the store at another path; this file was left as it is"],
  SQLITE_CORRUPT: ["is damaged", "restore it from a copy together with its key file"],
  SQLITE_READONLY: ["cannot be written", "give this user write access to the file and its folder"],
  SQLITE_CANTOPEN: ["cannot be opened", "give this user write access to the file and its folder"],
  SQLITE_BUSY: ["is held by another process", "wait for the other process to finish, or end it"],
  SQLITE_IOERR: ["cannot be read or written", "check that the disk that holds it is sound and has room"],
};

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

/** Messages of SQLite may quote values, so they stop here. What is no failure of the file is a mistake of ours, and passes. */
function guarded<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const code = codeOf(error);
    const remedy = REMEDIES[code] ?? REMEDIES[code.split("_").slice(0, 2).join("_")];
    if (remedy === undefined) throw error;
    throw new UserError(`the embedded store ${path} ${remedy[0]} (${code})`, { hint: remedy[1] });
  }
}
