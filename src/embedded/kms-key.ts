import { randomUUID } from "node:crypto";
import { AWS_MANAGED_KEY } from "../model/aws-managed-key.ts";
import type { Context } from "./context.ts";
import { ServiceError } from "./service-error.ts";

export type KeyState = "Enabled" | "Disabled" | "PendingDeletion";

/** A symmetric KMS key. Times are milliseconds since 1970. */
export interface KmsKey {
  readonly id: string;
  readonly manager: "AWS" | "CUSTOMER";
  readonly state: KeyState;
  readonly description: string;
  readonly created: number;
  readonly deletion: number | null;
}

export interface KmsAlias {
  readonly alias: string;
  readonly key: string;
  readonly created: number;
}

const KEY_COLUMNS = "id, manager, state, description, created, deletion";

export function keyArn(context: Context, id: string): string {
  return `arn:aws:kms:${context.region}:${context.account}:key/${id}`;
}

export function aliasArn(context: Context, alias: string): string {
  return `arn:aws:kms:${context.region}:${context.account}:${alias}`;
}

/**
 * The key that `name` (an alias, an id, or an ARN of either) means. An alias comes into being with a key of its own
 * on first use, unless the store is strict; `alias/aws/ssm` always does, as on AWS, and is managed by AWS.
 * @throws ServiceError KMS's own NotFoundException
 */
export function findKey(context: Context, name: string): KmsKey {
  const prefix = `arn:aws:kms:${context.region}:${context.account}:`;
  const local = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const key = local.startsWith("alias/")
    ? keyOfAlias(context, local)
    : keyById(context, local.replace(/^key\//, ""));
  if (key !== undefined) return key;
  if (
    isAliasName(local) &&
    (local === AWS_MANAGED_KEY || !(context.strictKeys || local.startsWith("alias/aws/")))
  ) {
    const created = createKey(context, local === AWS_MANAGED_KEY ? "AWS" : "CUSTOMER", "");
    createAlias(context, local, created.id);
    return created;
  }
  const resource = name.startsWith("arn:")
    ? name
    : local.startsWith("alias/")
      ? aliasArn(context, local)
      : keyArn(context, local);
  const kind = local.startsWith("alias/") ? "Alias" : "Key";
  throw new ServiceError("NotFoundException", `${kind} ${resource} is not found.`);
}

/** `alias/` and up to 250 of AWS's characters. */
export function isAliasName(text: string): boolean {
  return /^alias\/[A-Za-z0-9/_-]{1,250}$/.test(text);
}

function keyOfAlias(context: Context, alias: string): KmsKey | undefined {
  const target = context.database.get<{ key: string }>(
    "SELECT key FROM kmsAlias WHERE account = ? AND region = ? AND alias = ?",
    context.account,
    context.region,
    alias,
  );
  return target === undefined ? undefined : keyById(context, target.key);
}

export function keyById(context: Context, id: string): KmsKey | undefined {
  const key = context.database.get<KmsKey>(
    `SELECT ${KEY_COLUMNS} FROM kmsKey WHERE account = ? AND region = ? AND id = ?`,
    context.account,
    context.region,
    id,
  );
  return key !== undefined && key.deletion !== null && key.deletion <= context.now ? undefined : key;
}

export function createKey(context: Context, manager: KmsKey["manager"], description: string): KmsKey {
  const key: KmsKey = {
    id: randomUUID(),
    manager,
    state: "Enabled",
    description,
    created: context.now,
    deletion: null,
  };
  context.database.run(
    `INSERT INTO kmsKey (account, region, ${KEY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    context.account,
    context.region,
    key.id,
    key.manager,
    key.state,
    key.description,
    key.created,
    key.deletion,
  );
  return key;
}

export function createAlias(context: Context, alias: string, key: string): void {
  context.database.run(
    "INSERT INTO kmsAlias (account, region, alias, key, created) VALUES (?, ?, ?, ?, ?)",
    context.account,
    context.region,
    alias,
    key,
    context.now,
  );
}

export function setKeyState(context: Context, id: string, state: KeyState, deletion: number | null): void {
  context.database.run(
    "UPDATE kmsKey SET state = ?, deletion = ? WHERE account = ? AND region = ? AND id = ?",
    state,
    deletion,
    context.account,
    context.region,
    id,
  );
}

/** In the order of their names; only those of `key` when it is given. */
export function listAliases(
  context: Context,
  key: string | undefined,
  after: string,
  limit: number,
): KmsAlias[] {
  return context.database.all<KmsAlias>(
    "SELECT alias, key, created FROM kmsAlias WHERE account = ? AND region = ? AND alias > ? AND (? IS NULL OR key = ?) ORDER BY alias LIMIT ?",
    context.account,
    context.region,
    after,
    key ?? null,
    key ?? null,
    limit,
  );
}

/** Every name that a denial may know a key by: its id, its ARN, its aliases and theirs. */
export function namesOfKey(context: Context, id: string): string[] {
  const aliases = listAliases(context, id, "", -1).map(({ alias }) => alias);
  return [id, keyArn(context, id), ...aliases, ...aliases.map((alias) => aliasArn(context, alias))];
}
