import { type Context, parameterArn } from "./context.ts";
import type { SqlValue } from "./database.ts";
import { parameterNotFound, type Reference } from "./parameter-name.ts";
import { ServiceError } from "./service-error.ts";

export type StoredTier = "Standard" | "Advanced";

/** A version of a parameter as it is kept. Absent texts are `""`. */
export interface VersionRow {
  readonly parameter: number;
  readonly path: string;
  readonly version: number;
  readonly type: string;
  readonly tier: StoredTier;
  readonly dataType: string;
  readonly description: string;
  readonly allowedPattern: string;
  /** JSON: the policies as AWS shows them. */
  readonly policies: string;
  /** The KMS key as the writer spelled it; only of a SecureString. */
  readonly keyId: string | null;
  /** The id of the key that `keyId` meant when the version was written. */
  readonly kmsKey: string | null;
  readonly sealed: ArrayBuffer;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly modifiedBy: string;
  /** When the parameter, with all its versions, is deleted by a policy: milliseconds since 1970. */
  readonly expires: number | null;
}

const METADATA_COLUMNS =
  "p.id AS parameter, p.path, v.version, v.type, v.tier, v.dataType, v.description, v.allowedPattern, v.policies, v.keyId, v.kmsKey, v.modified, v.modifiedBy, p.expires";

/** All of a version but its value: what DescribeParameters shows. */
export type MetadataRow = Omit<VersionRow, "sealed">;

/** Parameters `p` joined with one version `v` each, and the values of its placeholders. */
export interface VersionSelect {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** `version` is SQL for the number of the version to join. */
export function selectVersions(
  columns: "metadata" | "all",
  version: string,
  values: readonly SqlValue[],
): VersionSelect {
  const sealed = columns === "all" ? ", v.sealed" : "";
  return {
    sql: `SELECT ${METADATA_COLUMNS}${sealed} FROM parameter p JOIN version v ON v.parameter = p.id AND v.version = ${version}`,
    values,
  };
}

/** Joins the version that readers see now. */
export function currentVersions(context: Context, columns: "metadata" | "all"): VersionSelect {
  if (context.horizon === undefined) return selectVersions(columns, "p.latest", []);
  const seen = "(SELECT max(version) FROM version WHERE parameter = p.id AND modified <= ?)";
  return selectVersions(columns, seen, [context.horizon]);
}

/** The version that readers see now. */
export function findCurrent(context: Context, path: string): VersionRow | undefined {
  const { sql, values } = currentVersions(context, "all");
  return context.database.get<VersionRow>(
    `${sql} WHERE p.account = ? AND p.region = ? AND p.path = ?`,
    ...values,
    context.account,
    context.region,
    path,
  );
}

/** The version that `reference` selects. @throws ServiceError ParameterNotFound, ParameterVersionNotFound */
export function findSelected(context: Context, reference: Reference): VersionRow {
  const current = findCurrent(context, reference.path);
  if (current === undefined) throw parameterNotFound(reference.name);
  const { selector } = reference;
  if (selector === undefined) return current;
  const row = /^\d+$/.test(selector)
    ? findVersion(context, current.parameter, Number(selector))
    : findLabelled(context, current.parameter, selector);
  if (row === undefined || (context.horizon !== undefined && row.modified > context.horizon)) {
    throw versionNotFound(reference.name, selector);
  }
  return row;
}

export function versionNotFound(name: string, selector: string): ServiceError {
  return new ServiceError(
    "ParameterVersionNotFound",
    `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`,
  );
}

const ONE_VERSION = `SELECT ${METADATA_COLUMNS}, v.sealed FROM parameter p JOIN version v ON v.parameter = p.id WHERE p.id = ?`;

function findVersion(context: Context, parameter: number, version: number): VersionRow | undefined {
  return context.database.get<VersionRow>(`${ONE_VERSION} AND v.version = ?`, parameter, version);
}

function findLabelled(context: Context, parameter: number, label: string): VersionRow | undefined {
  return context.database.get<VersionRow>(
    `${ONE_VERSION} AND v.version = (SELECT version FROM label WHERE parameter = p.id AND label = ?)`,
    parameter,
    label,
  );
}

/** Versions from `above` on upwards, oldest first. */
export function listVersions(
  context: Context,
  parameter: number,
  above: number,
  limit: number,
): VersionRow[] {
  return context.database.all<VersionRow>(
    `${ONE_VERSION} AND v.version > ? ORDER BY v.version LIMIT ?`,
    parameter,
    above,
    limit,
  );
}

/** The members that DescribeParameters and GetParameterHistory have in common. Dates are epoch seconds. */
export function metadataOf(row: MetadataRow, name: string): object {
  return {
    Name: name,
    Type: row.type,
    ...(row.keyId === null ? {} : { KeyId: row.keyId }),
    LastModifiedDate: row.modified / 1000,
    LastModifiedUser: row.modifiedBy,
    ...(row.description === "" ? {} : { Description: row.description }),
    ...(row.allowedPattern === "" ? {} : { AllowedPattern: row.allowedPattern }),
    Version: row.version,
    Tier: row.tier,
    Policies: JSON.parse(row.policies),
    DataType: row.dataType,
  };
}

/** A parameter with its value, as the Get operations give it. */
export function parameterOf(
  context: Context,
  row: VersionRow,
  name: string,
  value: string,
  selector?: string,
): object {
  return {
    ARN: parameterArn(context, row.path),
    DataType: row.dataType,
    LastModifiedDate: row.modified / 1000,
    Name: name,
    ...(selector === undefined ? {} : { Selector: `:${selector}` }),
    Type: row.type,
    Value: value,
    Version: row.version,
  };
}
