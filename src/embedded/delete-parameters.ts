import { authorize } from "./authorization.ts";
import type { Context, Operation } from "./context.ts";
import { readFields } from "./input.ts";
import { findPath, parameterNotFound, readName } from "./parameter-name.ts";
import { findCurrent } from "./parameter-rows.ts";

/** How long a deleted name rests before it can be created again (API reference, DeleteParameter). */
export const RESTING_MS = 30_000;

const NAME = { min: 1, max: 2048 };

export const deleteParameter: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const name = fields.requiredText("Name", NAME);
    fields.check();
    const reference = readName(name);
    authorize(context, "DeleteParameter", reference.path);
    if (!remove(context, reference.path)) throw parameterNotFound(reference.name);
    return {};
  },
};

export const deleteParameters: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const names = [...new Set(fields.requiredTexts("Names", { min: 1, max: 10 }, NAME))];
    fields.check();
    const paths = new Map(names.map((name) => [name, findPath(name)]));
    for (const path of paths.values()) {
      if (path !== undefined) authorize(context, "DeleteParameters", path);
    }
    const deleted: string[] = [];
    const invalidNames: string[] = [];
    for (const [name, path] of paths) {
      (path !== undefined && remove(context, path) ? deleted : invalidNames).push(name);
    }
    return { DeletedParameters: deleted, InvalidParameters: invalidNames };
  },
};

function remove(context: Context, path: string): boolean {
  const { database, account, region, now } = context;
  const current = findCurrent({ ...context, horizon: undefined }, path);
  if (current === undefined) return false;
  database.run("DELETE FROM parameter WHERE id = ?", current.parameter);
  context.changed(context, { operation: "Delete", name: path, type: current.type });
  database.run("DELETE FROM tombstone WHERE deleted <= ?", now - RESTING_MS);
  database.run("INSERT OR REPLACE INTO tombstone VALUES (?, ?, ?, ?)", account, region, path, now);
  return true;
}

/** Whether `path` was deleted so lately that it cannot be created again yet. */
export function isResting(context: Context, path: string): boolean {
  return (
    context.database.get(
      "SELECT 1 AS found FROM tombstone WHERE account = ? AND region = ? AND path = ? AND deleted > ?",
      context.account,
      context.region,
      path,
      context.now - RESTING_MS,
    ) !== undefined
  );
}

/** Whether an Expiration policy has come due; AWS looks in the background, this store before each call. */
export function hasExpired(context: Context): boolean {
  return (
    context.database.get("SELECT 1 AS found FROM parameter WHERE expires <= ? LIMIT 1", context.now) !==
    undefined
  );
}

/** Deletes what has expired, in every region. */
export function deleteExpired(context: Context): void {
  const due = context.database.all<{ account: string; region: string; path: string }>(
    "SELECT account, region, path FROM parameter WHERE expires <= ?",
    context.now,
  );
  for (const { account, region, path } of due) remove({ ...context, account, region }, path);
}
