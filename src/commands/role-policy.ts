import { keysNamed, principalsOf } from "../access/access.ts";
import { aliasArn, byAlias } from "../access/by-alias.ts";
import { keyArnOfId, type Place, placeOf } from "../access/place.ts";
import type { PolicyDocument } from "../access/policy-document.ts";
import { type Principal, principalId } from "../access/principal.ts";
import { rolePolicies } from "../access/role-policies.ts";
import { UserError } from "../model/error.ts";
import { describeKey } from "../store/identity.ts";
import type { OpenStore } from "./session.ts";

export interface RolePolicy {
  readonly documents: readonly PolicyDocument[];
  /** Keys that this identity may not describe: the documents tell them by their aliases. */
  readonly aliases: readonly string[];
}

/**
 * What a principal needs, with the ARNs of the live keys that its policy names; no other key is asked for.
 * @throws UserError for an unknown principal, an embedded store, and a key that does not exist
 */
export async function rolePolicy(open: OpenStore, wanted: string): Promise<RolePolicy> {
  const { config, graph, connection } = open;
  const place = placeOf(config.environment, String);
  const named = principalCalled(open, place, wanted).statements.flatMap(
    ({ Resource = [], NotResource = [] }) => [...Resource, ...NotResource],
  );
  const arns = new Map<string, string>();
  const aliases: string[] = [];
  for (const key of keysNamed(config, graph).filter((each) => named.includes(each))) {
    if (key.startsWith("arn:")) arns.set(key, key);
    else if (!key.startsWith("alias/")) arns.set(key, keyArnOfId(place, key));
    else {
      const found = await describeKey(connection, key);
      if (found.kind === "absent") {
        throw new UserError(`KMS key ${key} does not exist`, { hint: "create it: a policy needs its ARN" });
      }
      if (found.kind === "denied") aliases.push(key);
      arns.set(key, found.kind === "key" ? found.arn : aliasArn(place, key));
    }
  }
  const keyArn = (key: string) => arns.get(key) ?? key;
  const principal = principalCalled(open, { ...place, keyArn }, wanted);
  const { managed, inline } = rolePolicies({
    ...principal,
    statements: byAlias(place, principal.statements),
  });
  return { documents: [...managed, ...inline], aliases };
}

/** @throws UserError */
function principalCalled({ config, graph }: OpenStore, place: Place, wanted: string): Principal {
  const principals = principalsOf(config, graph, place);
  const found = principals.find((principal) => principalId(principal) === wanted);
  if (found !== undefined) return found;
  throw new UserError("--policy names no principal of this environment", {
    hint: `its principals are ${principals.map(principalId).join(", ")}`,
  });
}
