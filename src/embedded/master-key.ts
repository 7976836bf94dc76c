import { createHash, hkdfSync, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../model/error.ts";
import type { Database } from "./database.ts";
import { prepareSchema } from "./schema.ts";

/** 32 secret bytes that everything in one store is encrypted under; subkeys are made from it for each purpose. */
export interface MasterKey {
  /** 32 bytes for `purpose`, the same each time. */
  subkey(purpose: string): Buffer;
}

/**
 * Makes a new store's tables and key file together, or finds those of an existing one. The key file stands beside
 * the database, `<database>.key`, mode 0600; the database knows the key's id. First processes that race meet at the
 * database's write lock, so that there is one key; a file left by one that was killed here is taken up.
 * @throws UserError when the key file of an existing store is missing, malformed or another store's.
 */
export function openMasterKey(database: Database): MasterKey {
  const file = database.path === ":memory:" ? undefined : `${realpathSync(database.path)}.key`;
  const inMemory = randomBytes(32);
  const load = () => (file === undefined ? inMemory : readKeyFile(file));
  prepareSchema(database, () => {
    if (file !== undefined && !existsSync(file)) createKeyFile(file);
    database.run("INSERT INTO meta (name, value) VALUES ('key', ?)", keyId(load()));
  });
  const secret = load();
  const expected = database.get<{ value: string }>("SELECT value FROM meta WHERE name = 'key'")?.value;
  if (keyId(secret) !== expected) {
    throw new UserError(`${file} is not the key file of ${database.path}`, { hint: RESTORE });
  }
  return overSecret(secret);
}

const RESTORE = "restore the key file that was made with this store; its values cannot be read without it";

function overSecret(secret: Buffer): MasterKey {
  const subkeys = new Map<string, Buffer>();
  return {
    subkey: (purpose) => {
      let subkey = subkeys.get(purpose);
      if (subkey === undefined) {
        subkey = Buffer.from(hkdfSync("sha256", secret, "", `paraform embedded store: ${purpose}`, 32));
        subkeys.set(purpose, subkey);
      }
      return subkey;
    },
  };
}

/** Tells keys apart without telling anything of the key. */
function keyId(secret: Buffer): string {
  return createHash("sha256")
    .update("paraform embedded store key id\0")
    .update(secret)
    .digest("hex")
    .slice(0, 32);
}

function readKeyFile(file: string): Buffer {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
    chmodSync(file, 0o600);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const problem = missing ? "is missing" : "cannot be read";
    throw new UserError(`the key file ${file} of the embedded store ${problem}`, { hint: RESTORE });
  }
  const secret = Buffer.from(text.trim(), "hex");
  if (secret.length !== 32) throw new UserError(`the key file ${file} is malformed`, { hint: RESTORE });
  return secret;
}

/** Written aside and moved into place whole, so that a kill leaves either no key file or all of it. */
function createKeyFile(file: string): void {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    const handle = openSync(draft, "wx", 0o600);
    try {
      writeSync(handle, `${randomBytes(32).toString("hex")}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
    flushFolder(dirname(file));
  } catch {
    throw new UserError(`the key file ${file} of the embedded store cannot be written`, {
      hint: "check that this user may write to its folder and that the disk has room",
    });
  }
}

/** A store must not outlive its key: the key file's name is on the disk before the store's first page. */
function flushFolder(folder: string): void {
  let handle: number;
  try {
    handle = openSync(folder, "r");
  } catch {
    return; // Windows opens no folders, and needs no flush
  }
  fsyncSync(handle);
  closeSync(handle);
}
