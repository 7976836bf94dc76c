import type { Context } from "./context.ts";
import type { VersionRow } from "./parameter-rows.ts";
import { ServiceError } from "./service-error.ts";

/** Versions kept of a parameter (user guide, "Working with parameter versions"). */
const MOST_VERSIONS = 100;

/** A version that is to be written, complete. */
export type ParameterWrite = Omit<VersionRow, "parameter" | "path" | "sealed"> & { readonly sealed: Buffer };

/** @returns the parameter's row id */
export function createParameter(context: Context, path: string, write: ParameterWrite): number {
  const { database, account, region } = context;
  const created = database.get<{ id: number }>(
    "INSERT INTO parameter (account, region, path, latest, expires) VALUES (?, ?, ?, ?, ?) RETURNING id",
    account,
    region,
    path,
    write.version,
    write.expires,
  );
  if (created === undefined) throw new TypeError("an insert returns its row");
  insertVersion(context, created.id, write);
  return created.id;
}

/** @throws ServiceError ParameterMaxVersionLimitExceeded @returns the parameter's row id */
export function addVersion(context: Context, current: VersionRow, write: ParameterWrite): number {
  const { database } = context;
  pruneOldest(context, current);
  insertVersion(context, current.parameter, write);
  database.run(
    "UPDATE parameter SET latest = ?, expires = ? WHERE id = ?",
    write.version,
    write.expires,
    current.parameter,
  );
  return current.parameter;
}

/** The 101st version drops the oldest, which a label holds fast. */
function pruneOldest(context: Context, current: VersionRow): void {
  const { database } = context;
  const kept = database.get<{ n: number; oldest: number }>(
    "SELECT count(*) AS n, min(version) AS oldest FROM version WHERE parameter = ?",
    current.parameter,
  );
  if (kept === undefined || kept.n < MOST_VERSIONS) return;
  const label = "SELECT 1 AS found FROM label WHERE parameter = ? AND version = ?";
  if (database.get(label, current.parameter, kept.oldest) !== undefined) {
    throw new ServiceError(
      "ParameterMaxVersionLimitExceeded",
      `You attempted to create a new version of ${current.path} by calling the PutParameter API with the overwrite flag. Version ${kept.oldest}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  }
  database.run("DELETE FROM version WHERE parameter = ? AND version = ?", current.parameter, kept.oldest);
}

function insertVersion(context: Context, parameter: number, write: ParameterWrite): void {
  context.database.run(
    "INSERT INTO version (parameter, version, type, tier, dataType, description, allowedPattern, policies, keyId, kmsKey, sealed, modified, modifiedBy) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    parameter,
    write.version,
    write.type,
    write.tier,
    write.dataType,
    write.description,
    write.allowedPattern,
    write.policies,
    write.keyId,
    write.kmsKey,
    write.sealed,
    write.modified,
    write.modifiedBy,
  );
}
