import { fromStore } from "../model/name.ts";
import { canonicalPolicies } from "../model/policies.ts";
import type { ParameterType } from "../model/rule.ts";
import { brokenAnswer } from "./failure.ts";
import type { LiveParameter } from "./store.ts";

/** What DescribeParameters says of one parameter, as it came off the wire: nothing in it can be relied on yet. */
export interface Described {
  readonly Name?: string | undefined;
  readonly Type?: string | undefined;
  readonly Version?: number | undefined;
  readonly LastModifiedDate?: Date | undefined;
  readonly LastModifiedUser?: string | undefined;
  readonly Description?: string | undefined;
  readonly KeyId?: string | undefined;
  readonly Tier?: string | undefined;
  readonly Policies?: readonly { readonly PolicyText?: string | undefined }[] | undefined;
  readonly AllowedPattern?: string | undefined;
  readonly DataType?: string | undefined;
  readonly Labels?: readonly string[] | undefined;
}

/** Half an answer must not pass for a whole one. @throws StoreError when something that every parameter has is missing */
export function liveParameters(
  operation: string,
  described: readonly Described[] | undefined,
): LiveParameter[] {
  if (!Array.isArray(described)) throw brokenAnswer(operation);
  return (described as readonly Described[]).map((one) => {
    const parameter = liveParameter(one);
    if (parameter === undefined) throw brokenAnswer(operation);
    return parameter;
  });
}

function liveParameter(described: Described): LiveParameter | undefined {
  const { Name, Type, Version, LastModifiedDate } = described;
  const lastModified = LastModifiedDate?.getTime() ?? Number.NaN;
  if (!isName(Name) || !isType(Type) || !isVersion(Version) || Number.isNaN(lastModified)) return undefined;
  const policies = policiesOf(described);
  if (policies === null) return undefined;
  return {
    name: fromStore(Name),
    type: Type,
    version: Version,
    lastModified,
    ...(described.LastModifiedUser === undefined ? {} : { lastModifiedUser: described.LastModifiedUser }),
    description: described.Description ?? "",
    ...(Type !== "SecureString" || described.KeyId === undefined ? {} : { keyId: described.KeyId }),
    tier: described.Tier === "Advanced" ? "Advanced" : "Standard",
    ...(policies === undefined ? {} : { policies }),
    ...(described.AllowedPattern === undefined ? {} : { allowedPattern: described.AllowedPattern }),
    dataType: described.DataType ?? "text",
    ...(described.Labels === undefined || described.Labels.length === 0 ? {} : { labels: described.Labels }),
  };
}

export function isName(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}

export function isType(text: string | undefined): text is ParameterType {
  return text === "String" || text === "StringList" || text === "SecureString";
}

export function isVersion(number: number | undefined): number is number {
  return Number.isSafeInteger(number) && (number ?? 0) >= 1;
}

/** `null` when a policy cannot be read. */
function policiesOf(described: Described): string | undefined | null {
  try {
    return canonicalPolicies(
      (described.Policies ?? []).map(({ PolicyText }) => JSON.parse(PolicyText ?? "")),
    );
  } catch {
    return null;
  }
}
