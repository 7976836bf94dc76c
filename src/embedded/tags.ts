import { authorize } from "./authorization.ts";
import type { Context, Operation } from "./context.ts";
import { type Fields, readFields } from "./input.ts";
import { findPath } from "./parameter-name.ts";
import { invalid, ServiceError } from "./service-error.ts";

/** Tags per parameter (user guide, "Tagging Systems Manager parameters"). */
const MOST = 50;
const CHARACTERS = /^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$/u;
const KEY = { min: 1, max: 128, pattern: CHARACTERS };
const VALUE = { min: 0, max: 256, pattern: CHARACTERS };

/** Resource types of the API that this store holds none of. */
const OTHER_RESOURCES = new Set([
  "Document",
  "ManagedInstance",
  "MaintenanceWindow",
  "PatchBaseline",
  "OpsItem",
  "OpsMetadata",
  "Automation",
  "Association",
]);

/** The Tags member, `undefined` when the request has none; broken constraints are left to `fields.check`. */
export function readTags(fields: Fields): Map<string, string> | undefined {
  const tags = fields.objects("Tags", { max: 1000 });
  if (tags === undefined) return undefined;
  return new Map(tags.map((tag) => [tag.requiredText("Key", KEY), tag.requiredText("Value", VALUE)]));
}

/** Adds or replaces `tags`. @throws ServiceError ValidationException for AWS's own keys, TooManyTagsError */
export function writeTags(context: Context, parameter: number, tags: ReadonlyMap<string, string>): void {
  const { database } = context;
  for (const [key, value] of tags) {
    if (/^aws:/i.test(key)) throw invalid('Tag keys that begin with "aws:" are reserved for AWS use.');
    database.run(
      "INSERT OR REPLACE INTO tag (parameter, key, value) VALUES (?, ?, ?)",
      parameter,
      key,
      value,
    );
  }
  const count =
    database.get<{ n: number }>("SELECT count(*) AS n FROM tag WHERE parameter = ?", parameter)?.n ?? 0;
  if (count > MOST)
    throw new ServiceError("TooManyTagsError", `A resource can have a maximum of ${MOST} tags.`);
}

export const addTagsToResource: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const resource = readResource(fields);
    const tags = readTags(fields) ?? new Map<string, string>();
    fields.check();
    writeTags(context, findResource(context, "AddTagsToResource", resource), tags);
    return {};
  },
};

export const removeTagsFromResource: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const resource = readResource(fields);
    const keys = fields.requiredTexts("TagKeys", {}, KEY);
    fields.check();
    const parameter = findResource(context, "RemoveTagsFromResource", resource);
    for (const key of keys)
      context.database.run("DELETE FROM tag WHERE parameter = ? AND key = ?", parameter, key);
    return {};
  },
};

export const listTagsForResource: Operation = {
  kind: "read",
  run: (context, input) => {
    const fields = readFields(input);
    const resource = readResource(fields);
    fields.check();
    const parameter = findResource(context, "ListTagsForResource", resource);
    const tags = context.database.all<{ key: string; value: string }>(
      "SELECT key, value FROM tag WHERE parameter = ? ORDER BY key",
      parameter,
    );
    return { TagList: tags.map(({ key, value }) => ({ Key: key, Value: value })) };
  },
};

interface Resource {
  readonly type: string;
  readonly id: string;
}

function readResource(fields: Fields): Resource {
  return { type: fields.requiredText("ResourceType"), id: fields.requiredText("ResourceId") };
}

function findResource(context: Context, operation: string, { type, id }: Resource): number {
  if (type !== "Parameter" && !OTHER_RESOURCES.has(type)) {
    throw new ServiceError("InvalidResourceType", "The resource type is not valid.");
  }
  const path = type === "Parameter" ? findPath(id) : undefined;
  if (path !== undefined) authorize(context, operation, path);
  const row = context.database.get<{ id: number }>(
    "SELECT id FROM parameter WHERE account = ? AND region = ? AND path = ?",
    context.account,
    context.region,
    path ?? "",
  );
  if (row === undefined) throw new ServiceError("InvalidResourceId", "The resource ID is not valid.");
  return row.id;
}
