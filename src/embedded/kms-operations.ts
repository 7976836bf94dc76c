import { accessDenied } from "./authorization.ts";
import type { Context, Operation } from "./context.ts";
import { readFields } from "./input.ts";
import {
  aliasArn,
  createAlias,
  createKey,
  findKey,
  isAliasName,
  type KeyState,
  type KmsKey,
  keyArn,
  listAliases,
  namesOfKey,
  setKeyState,
} from "./kms-key.ts";
import { ServiceError } from "./service-error.ts";

const KEY_ID = { min: 1, max: 2048 };
const ALIAS = { min: 1, max: 256 };

/** A write, because an alias may come into being by being asked for. */
const describeKey: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const keyId = fields.requiredText("KeyId", KEY_ID);
    fields.check();
    return { KeyMetadata: keyMetadata(context, requireKey(context, "kms:DescribeKey", keyId)) };
  },
};

const kmsListAliases: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const keyId = fields.text("KeyId", KEY_ID);
    const limit = fields.integer("Limit", { min: 1, max: 1000 }) ?? 50;
    const marker = fields.text("Marker", { min: 1, max: 1024 }) ?? "";
    fields.check();
    if (!context.permits("kms:ListAliases", ["*"])) throw accessDenied(context, "kms:ListAliases", "*");
    const key = keyId === undefined ? undefined : findKey(context, keyId).id;
    const rows = listAliases(context, key, marker, limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      Aliases: page.map((row) => ({
        AliasName: row.alias,
        AliasArn: aliasArn(context, row.alias),
        TargetKeyId: row.key,
        CreationDate: row.created / 1000,
        LastUpdatedDate: row.created / 1000,
      })),
      Truncated: rows.length > limit,
      ...(rows.length > limit && last !== undefined ? { NextMarker: last.alias } : {}),
    };
  },
};

const kmsCreateKey: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const description = fields.text("Description", { max: 8192 }) ?? "";
    fields.check();
    if (!context.permits("kms:CreateKey", ["*"])) throw accessDenied(context, "kms:CreateKey", "*");
    return { KeyMetadata: keyMetadata(context, createKey(context, "CUSTOMER", description)) };
  },
};

const kmsCreateAlias: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const alias = fields.requiredText("AliasName", ALIAS);
    const target = fields.requiredText("TargetKeyId", KEY_ID);
    fields.check();
    if (!isAliasName(alias))
      throw new ServiceError("InvalidAliasNameException", "The alias name is not valid.");
    if (alias.startsWith("alias/aws/")) {
      throw new ServiceError(
        "NotAuthorizedException",
        "Aliases that begin with alias/aws/ are reserved for AWS.",
      );
    }
    const key = requireKey(context, "kms:CreateAlias", target);
    const taken = listAliases(context, undefined, "", -1).some((existing) => existing.alias === alias);
    if (taken) {
      throw new ServiceError(
        "AlreadyExistsException",
        `An alias with the name ${aliasArn(context, alias)} already exists`,
      );
    }
    createAlias(context, alias, key.id);
    return {};
  },
};

const MS_PER_DAY = 86_400_000;

const scheduleKeyDeletion: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const keyId = fields.requiredText("KeyId", KEY_ID);
    const days = fields.integer("PendingWindowInDays", { min: 7, max: 30 }) ?? 30;
    fields.check();
    const key = requireKey(context, "kms:ScheduleKeyDeletion", keyId);
    const deletion = context.now + days * MS_PER_DAY;
    setKeyState(context, key.id, "PendingDeletion", deletion);
    return {
      KeyId: keyArn(context, key.id),
      DeletionDate: deletion / 1000,
      KeyState: "PendingDeletion",
      PendingWindowInDays: days,
    };
  },
};

/** EnableKey, DisableKey and CancelKeyDeletion differ in the states they lead from and to. */
function changeState(action: string, from: readonly KeyState[], to: KeyState, answers: boolean): Operation {
  return {
    kind: "write",
    run: (context, input) => {
      const fields = readFields(input);
      const keyId = fields.requiredText("KeyId", KEY_ID);
      fields.check();
      const key = requireKey(context, action, keyId);
      if (!from.includes(key.state)) {
        throw new ServiceError(
          "KMSInvalidStateException",
          `${keyArn(context, key.id)} is ${key.state === "PendingDeletion" ? "pending deletion" : "not pending deletion"}.`,
        );
      }
      setKeyState(context, key.id, to, null);
      return answers ? { KeyId: keyArn(context, key.id) } : {};
    },
  };
}

/**
 * Whether the caller may decrypt by itself, and no more: a dry run, whose answer is an error where it would be done. There
 * is no ciphertext of KMS's here to be decrypted.
 */
const kmsDecrypt: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const keyId = fields.requiredText("KeyId", KEY_ID);
    const dryRun = fields.flag("DryRun");
    const modifiers = fields.texts("DryRunModifiers", {}, { values: ["IGNORE_CIPHERTEXT"] }) ?? [];
    fields.check();
    if (!dryRun || modifiers.length === 0) {
      throw new ServiceError(
        "UnsupportedOperationException",
        "This store decrypts parameters alone: Decrypt takes DryRun with IGNORE_CIPHERTEXT.",
      );
    }
    const key = requireKey(context, "kms:Decrypt", keyId);
    const arn = keyArn(context, key.id);
    if (key.state === "Disabled") throw new ServiceError("DisabledException", `${arn} is disabled.`);
    if (key.state === "PendingDeletion") {
      throw new ServiceError("KMSInvalidStateException", `${arn} is pending deletion.`);
    }
    throw new ServiceError(
      "DryRunOperationException",
      "The request would have succeeded, but the DryRun option is set.",
      412,
    );
  },
};

/** The calls that look keys up, one that tries a right, and those that make keys and change their state. */
export const KMS_OPERATIONS: Readonly<Record<string, Operation>> = {
  DescribeKey: describeKey,
  ListAliases: kmsListAliases,
  Decrypt: kmsDecrypt,
  CreateKey: kmsCreateKey,
  CreateAlias: kmsCreateAlias,
  EnableKey: changeState("kms:EnableKey", ["Enabled", "Disabled"], "Enabled", false),
  DisableKey: changeState("kms:DisableKey", ["Enabled", "Disabled"], "Disabled", false),
  ScheduleKeyDeletion: scheduleKeyDeletion,
  CancelKeyDeletion: changeState("kms:CancelKeyDeletion", ["PendingDeletion"], "Disabled", true),
};

/** AWS's own keys can be described, and that is all. */
function requireKey(context: Context, action: string, keyId: string): KmsKey {
  const key = findKey(context, keyId);
  const arn = keyArn(context, key.id);
  const forbidden = key.manager === "AWS" && action !== "kms:DescribeKey";
  if (forbidden || !context.permits(action, namesOfKey(context, key.id)))
    throw accessDenied(context, action, arn);
  return key;
}

function keyMetadata(context: Context, key: KmsKey): object {
  return {
    AWSAccountId: context.account,
    Arn: keyArn(context, key.id),
    CreationDate: key.created / 1000,
    ...(key.deletion === null ? {} : { DeletionDate: key.deletion / 1000 }),
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    Description: key.description,
    Enabled: key.state === "Enabled",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    KeyId: key.id,
    KeyManager: key.manager,
    KeySpec: "SYMMETRIC_DEFAULT",
    KeyState: key.state,
    KeyUsage: "ENCRYPT_DECRYPT",
    MultiRegion: false,
    Origin: "AWS_KMS",
  };
}
