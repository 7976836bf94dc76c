import { z } from "zod";
import { UserError } from "../model/error.ts";
import { parsedJson } from "../model/parsed-json.ts";

/** Who may call an embedded store, and with which of IAM's policies. Whoever is not among them may do nothing. */
export interface Identities {
  readonly principals: readonly {
    /** By which a call tells who makes it: roles are not assumed here. */
    readonly accessKeyId: string;
    /** Of a user or a role. */
    readonly arn: string;
    readonly policies: readonly object[];
  }[];
  /** Key policies by alias or id. A key without one leaves it to IAM's policies, as AWS's default key policy does. */
  readonly keys: Readonly<Record<string, object>>;
}

/** A call as policies see it. */
export interface AccessRequest {
  readonly accessKeyId: string;
  readonly account: string;
  readonly region: string;
  /** `ssm:GetParameter`, `kms:Decrypt`. */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** All names of the key, where the resource is one. */
  readonly keyNames: readonly string[];
  /** The parameter for which Parameter Store asks KMS; its ARN is the encryption context. */
  readonly parameterArn?: string;
}

/** Decides calls by policies. */
export interface Authority {
  permits(request: AccessRequest): boolean;
  /** The ARN behind an access key; absent for a stranger. */
  arnOf(accessKeyId: string): string | undefined;
}

/** The condition operators of IAM (user guide, "IAM JSON policy elements: Condition operators"). */
const OPERATOR = new RegExp(
  "^((ForAllValues|ForAnyValue):)?(" +
    "String(Not)?Equals(IgnoreCase)?|String(Not)?Like|(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)|" +
    "Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?$|^Null$",
  "i",
);

/** The interpreter passes over what it does not know, and so over a denial: nothing unknown is let in. */
const text = z.union([z.string(), z.array(z.string()).min(1)]);
const statement = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(["Allow", "Deny"]),
    Principal: z.union([z.literal("*"), z.record(z.string(), text)]).optional(),
    NotPrincipal: z.record(z.string(), text).optional(),
    Action: text.optional(),
    NotAction: text.optional(),
    Resource: text.optional(),
    NotResource: text.optional(),
    Condition: z.record(z.string().regex(OPERATOR), z.record(z.string(), z.unknown())).optional(),
  })
  .refine((each) => (each.Action === undefined) !== (each.NotAction === undefined))
  .refine((each) => (each.Resource === undefined) !== (each.NotResource === undefined));
const document = z.strictObject({
  Version: z.enum(["2012-10-17", "2008-10-17"]).optional(),
  Id: z.string().optional(),
  Statement: z.union([statement, z.array(statement).min(1)]),
});

const identitiesFile = z.strictObject({
  principals: z
    .array(
      z.strictObject({
        accessKeyId: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
        arn: z.string().regex(/^arn:[a-z-]+:iam::\d{12}:(user|role)\/.+$/),
        policies: z.array(document),
      }),
    )
    .refine((all) => new Set(all.map(({ accessKeyId }) => accessKeyId)).size === all.length),
  keys: z.record(z.string(), document).default({}),
});

/** The text of a file of identities. @throws UserError with every place that is wrong */
export function parseIdentities(text: string): Identities {
  const read = identitiesFile.safeParse(parsedJson(text));
  if (read.success) return read.data;
  const places = new Set(read.error.issues.map(({ path }) => path.join(".") || "the file"));
  throw new UserError(`the identities are not well-formed at ${[...places].join(", ")}`, {
    hint: 'write {"principals": [{"accessKeyId", "arn", "policies": [...]}], "keys": {"alias/a": {...}}}',
  });
}

async function interpreter() {
  try {
    return await import("@cloud-copilot/iam-simulate");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UserError(
      "--identities needs the package @cloud-copilot/iam-simulate, which is not installed",
      {
        hint: "npm install @cloud-copilot/iam-simulate; its licence is the AGPL",
      },
    );
  }
}

/**
 * Loads the interpreter of policies, which is large and which its users install themselves: its licence, the AGPL, asks
 * more of who passes it on than ours. @throws UserError where it is not installed
 */
export async function authorityOf({ principals, keys }: Identities): Promise<Authority> {
  const { runUnsafeSimulation } = await interpreter();
  const byAccessKey = new Map(principals.map((principal) => [principal.accessKeyId, principal]));
  return {
    arnOf: (accessKeyId) => byAccessKey.get(accessKeyId)?.arn,
    permits({ accessKeyId, account, region, action, resource, keyNames, parameterArn }) {
      const principal = byAccessKey.get(accessKeyId);
      if (principal === undefined) return false;
      const own = keyNames.map((name) => keys[name]).find((policy) => policy !== undefined);
      const keyPolicy =
        keyNames.length === 0
          ? undefined
          : (own ?? (keyNames.includes("alias/aws/ssm") ? managedKeyPolicy() : defaultKeyPolicy(account)));
      const aliases = keyNames.filter((name) => name.startsWith("alias/"));
      const result = runUnsafeSimulation(
        {
          request: {
            principal: principal.arn,
            action,
            resource: { resource, accountId: account },
            contextVariables: {
              "aws:PrincipalArn": principal.arn,
              "aws:PrincipalAccount": account,
              ...(aliases.length === 0 ? {} : { "kms:ResourceAliases": aliases }),
              ...(parameterArn === undefined
                ? {}
                : {
                    "kms:EncryptionContext:PARAMETER_ARN": parameterArn,
                    "kms:ViaService": `ssm.${region}.amazonaws.com`,
                  }),
            },
          },
          identityPolicies: principal.policies.map((policy, index) => ({ name: `${index}`, policy })),
          serviceControlPolicies: [],
          resourceControlPolicies: [],
          ...(keyPolicy === undefined ? {} : { resourcePolicy: named(keyPolicy) }),
        },
        {},
      );
      return result === "Allowed";
    },
  };
}

/** The interpreter wants a name of every policy, and takes a resource's in this form alone. */
function named(policyDocument: object): object {
  return { __validated: true, policyDocument, metadata: { name: "key policy" }, errors: [] };
}

/** Everybody in the account may use AWS's key through Parameter Store, but for who is denied it (KMS developer guide). */
function managedKeyPolicy(): object {
  const uses = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"];
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: uses, Resource: "*" }],
  };
}

/** What KMS gives a key that is made without a policy (KMS developer guide, "Default key policy"). */
function defaultKeyPolicy(account: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  };
}
