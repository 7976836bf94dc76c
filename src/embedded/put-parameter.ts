import { AWS_MANAGED_KEY } from "../model/aws-managed-key.ts";
import { authorize } from "./authorization.ts";
import type { Context, Operation } from "./context.ts";
import { isResting } from "./delete-parameters.ts";
import { readFields } from "./input.ts";
import { type Reference, readNewName } from "./parameter-name.ts";
import { findCurrent, type StoredTier, type VersionRow } from "./parameter-rows.ts";
import { addVersion, createParameter, type ParameterWrite } from "./parameter-writes.ts";
import { readPolicies } from "./policies.ts";
import { encryptSecureString, sealPlain } from "./secure-string.ts";
import { invalid, ServiceError } from "./service-error.ts";
import { readTags, writeTags } from "./tags.ts";
import { assignTier } from "./tier.ts";
import { checkDataType, matchPattern, refuseNesting } from "./value-rules.ts";

interface Put {
  readonly name: string;
  readonly value: string;
  readonly type: string | undefined;
  readonly overwrite: boolean;
  readonly description: string | undefined;
  readonly keyId: string | undefined;
  readonly allowedPattern: string | undefined;
  readonly tier: string | undefined;
  readonly policies: string | undefined;
  readonly dataType: string | undefined;
  readonly tags: ReadonlyMap<string, string> | undefined;
}

/**
 * Creates a parameter, or with Overwrite its next version. What an overwrite leaves out stays as it was; AWS's
 * documents say so for Type and Policies and are silent or ambiguous for the rest.
 */
export const putParameter: Operation = {
  kind: "write",
  run: (context, input) => {
    const put = readPut(input);
    const reference = readNewName(context, put.name);
    authorize(context, "PutParameter", reference.path);
    if (put.overwrite && put.tags !== undefined && put.tags.size > 0) {
      throw invalid(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
      );
    }
    const current = findCurrent({ ...context, horizon: undefined }, reference.path);
    const write = completePut(context, put, reference, current);
    const parameter =
      current === undefined
        ? createParameter(context, reference.path, write)
        : addVersion(context, current, write);
    if (put.tags !== undefined && put.tags.size > 0) {
      authorize(context, "AddTagsToResource", reference.path);
      writeTags(context, parameter, put.tags);
    }
    return { Version: write.version, Tier: write.tier };
  },
};

/** SQLite would end a text there; AWS does not say what it does. */
const WITHOUT_NUL = /^[^\0]*$/;

function readPut(input: unknown): Put {
  const fields = readFields(input);
  const put = {
    name: fields.requiredText("Name", { min: 1, max: 2048 }),
    value: fields.requiredText("Value", { min: 1 }),
    type: fields.text("Type", { values: ["SecureString", "StringList", "String"] }),
    overwrite: fields.flag("Overwrite"),
    description: fields.text("Description", { max: 1024, pattern: WITHOUT_NUL }),
    keyId: fields.text("KeyId", { min: 1, max: 256, pattern: /^([a-zA-Z0-9:/_-]+)$/ }),
    allowedPattern: fields.text("AllowedPattern", { max: 1024, pattern: WITHOUT_NUL }),
    tier: fields.text("Tier", { values: ["Standard", "Intelligent-Tiering", "Advanced"] }),
    policies: fields.text("Policies", { min: 1, max: 4096 }),
    dataType: fields.text("DataType", { max: 128 }),
    tags: readTags(fields),
  };
  fields.check();
  return put;
}

function completePut(
  context: Context,
  put: Put,
  { path }: Reference,
  current: VersionRow | undefined,
): ParameterWrite {
  if (current !== undefined && !put.overwrite) {
    throw new ServiceError(
      "ParameterAlreadyExists",
      "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    );
  }
  const type = put.type ?? current?.type;
  if (type === undefined) throw invalid("A parameter type is required when you create a parameter.");
  if (current === undefined && isResting(context, path)) {
    throw new ServiceError(
      "TooManyUpdates",
      "Failed to create the parameter since stale tags associated to the name detected. Please retry in a while.",
    );
  }
  if (current !== undefined && current.type !== type && context.typeChange === "refuse") {
    throw new ServiceError(
      "HierarchyTypeMismatchException",
      `Parameter Store doesn't support changing a parameter type in a hierarchy from ${current.type} to ${type}. Create a new, unique parameter.`,
    );
  }
  refuseNesting(put.value);
  const allowedPattern = put.allowedPattern ?? current?.allowedPattern ?? "";
  matchPattern(allowedPattern, put.value);
  const dataType = put.dataType || current?.dataType || "text";
  checkDataType(dataType, type, path, put.value);
  const policies = put.policies === undefined ? undefined : readPolicies(put.policies, context.now);
  const shown = policies === undefined ? (current?.policies ?? "[]") : JSON.stringify(policies.shown);
  const tier = assignTier(context, {
    tier: put.tier,
    current: current?.tier,
    bytes: Buffer.byteLength(put.value),
    hasPolicies: shown !== "[]",
  });
  return {
    version: (current?.version ?? 0) + 1,
    type,
    tier,
    dataType,
    description: put.description ?? current?.description ?? "",
    allowedPattern,
    policies: shown,
    ...encrypt(context, put, path, type, tier, current),
    modified: context.now,
    modifiedBy: context.caller,
    expires: policies === undefined ? (current?.expires ?? null) : policies.expires,
  };
}

function encrypt(
  context: Context,
  put: Put,
  path: string,
  type: string,
  tier: StoredTier,
  current: VersionRow | undefined,
) {
  if (type !== "SecureString") {
    if (put.keyId !== undefined)
      throw invalid("KeyId can only be specified for a parameter of type SecureString.");
    return { keyId: null, ...sealPlain(context, path, put.value) };
  }
  const keyId = put.keyId ?? current?.keyId ?? AWS_MANAGED_KEY;
  return { keyId, ...encryptSecureString(context, path, keyId, tier, put.value) };
}
