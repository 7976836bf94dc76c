import { UserError } from "../model/error.ts";
import type { Database } from "./database.ts";

/** The version of the tables below; a file that says a higher one was written by a newer paraform. */
export const SCHEMA_VERSION = 1;

/**
 * `path` is a name with its leading slash, the one spelling of `x` and `/x`; it is the index that all pages walk.
 * `sealed` is a value encrypted at rest. `expires`, `modified` and `deleted` are milliseconds since 1970.
 */
const TABLES = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE parameter (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL, region TEXT NOT NULL, path TEXT NOT NULL,
  latest INTEGER NOT NULL, expires INTEGER,
  UNIQUE (account, region, path)
);
CREATE INDEX parameter_expires ON parameter (expires) WHERE expires IS NOT NULL;
CREATE TABLE version (
  parameter INTEGER NOT NULL REFERENCES parameter (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  type TEXT NOT NULL, tier TEXT NOT NULL, dataType TEXT NOT NULL,
  description TEXT NOT NULL, allowedPattern TEXT NOT NULL, policies TEXT NOT NULL,
  keyId TEXT, kmsKey TEXT, sealed BLOB NOT NULL,
  modified INTEGER NOT NULL, modifiedBy TEXT NOT NULL,
  PRIMARY KEY (parameter, version)
);
CREATE TABLE label (
  parameter INTEGER NOT NULL, label TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (parameter, label),
  FOREIGN KEY (parameter, version) REFERENCES version (parameter, version) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX label_version ON label (parameter, version);
CREATE TABLE tag (
  parameter INTEGER NOT NULL REFERENCES parameter (id) ON DELETE CASCADE,
  key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (parameter, key)
) WITHOUT ROWID;
CREATE TABLE tombstone (
  account TEXT NOT NULL, region TEXT NOT NULL, path TEXT NOT NULL, deleted INTEGER NOT NULL,
  PRIMARY KEY (account, region, path)
) WITHOUT ROWID;
CREATE TABLE kmsKey (
  account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  manager TEXT NOT NULL, state TEXT NOT NULL, description TEXT NOT NULL, created INTEGER NOT NULL, deletion INTEGER,
  PRIMARY KEY (account, region, id)
) WITHOUT ROWID;
CREATE TABLE kmsAlias (
  account TEXT NOT NULL, region TEXT NOT NULL, alias TEXT NOT NULL, key TEXT NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (account, region, alias)
) WITHOUT ROWID;
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Makes the tables of a new file, with `first` run in the same transaction.
 * @throws UserError for what is no database, for one of another program, which is left as it is, or of a newer paraform
 */
export function prepareSchema(database: Database, first: () => void): void {
  database.read(() => readFormat(database));
  database.useWriteAheadLog();
  database.write(() => {
    if (readFormat(database) === "ours") return;
    database.exec(TABLES);
    first();
  });
}

function readFormat(database: Database): "empty" | "ours" {
  const version = database.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
  const tables = database.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'");
  if (version === 0 && tables.length === 0) return "empty";
  const isOurs =
    tables.some(({ name }) => name === "parameter") && tables.some(({ name }) => name === "kmsAlias");
  if (isOurs && version === SCHEMA_VERSION) return "ours";
  if (isOurs && version > SCHEMA_VERSION) {
    throw new UserError(`the embedded store ${database.path} has the newer format ${version}`, {
      hint: `this paraform reads format ${SCHEMA_VERSION}; use the paraform that wrote it`,
    });
  }
  throw new UserError(`${database.path} is a database of another program`, {
    hint: "point the store at another path; this file was left as it is",
  });
}
