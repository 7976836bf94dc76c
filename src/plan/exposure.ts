import type { Environment } from "../config/environment.ts";
import { isReplica } from "../graph/replicas.ts";
import type { ParameterName } from "../model/name.ts";
import { tellsNothing } from "../model/recipe.ts";
import type { LiveParameter } from "../store/store.ts";
import { type Decision, holdsSecret, type Verdict } from "./decision.ts";
import { type Reach, reachBefore } from "./key-reach.ts";
import { type Lineage, newSecrets } from "./lineage.ts";
import type { World } from "./pass.ts";

/** The keys that nobody but replicators and consumers may use. */
type ReplicationKeys = Pick<Environment, "replicationKey" | "formerReplicationKey">;

/**
 * The changes after which more can read a value than before. `all` are also decisions that `--exclude` and
 * `--target` leave out, for a copy may follow from them; `shown` are the names whose values may be shown in clear.
 */
export function exposedNames(
  world: World,
  lineage: Lineage,
  decisions: readonly Decision[],
  all: ReadonlyMap<ParameterName, Decision>,
  shown: ReadonlySet<ParameterName>,
  reach: (key: string) => Reach,
  replication: ReplicationKeys,
): ReadonlySet<ParameterName> {
  const exposing = decisions.filter((decision) => {
    if (decision.verdict.kind !== "change") return false;
    const origins = originsOf(world, lineage, decision, all);
    return exposes(decision, all, shown, origins, reach) || isHandedOver(decision, replication);
  });
  return new Set(exposing.map(({ parameter }) => parameter.name));
}

/** Whether more can read a value after a change: decrypted, under a key that more may use, or as a public replica. */
function exposes(
  decision: Decision,
  decisions: ReadonlyMap<ParameterName, Decision>,
  shown: ReadonlySet<ParameterName>,
  origins: readonly (string | undefined)[],
  reach: (key: string) => Reach,
): boolean {
  const { parameter, type, inputs } = decision;
  if (parameter.public && !shown.has(parameter.name)) return true;
  if (parameter.rule.kind === "generate" && tellsNothing(parameter.rule.recipe)) return false;
  const former = liveBefore(decision);
  const secret = former?.type === "SecureString";
  if (type !== "SecureString") return secret || inputs.some(({ name }) => isSecret(decisions.get(name)));
  const after = reach(parameter.key);
  if (secret && former.keyId !== parameter.key && after > reachBefore(former.keyId)) return true;
  return origins.some((key) => after > reachBefore(key));
}

/**
 * The keys of the secrets that a change brings, whatever lies live where it brings them. What was made of the same and
 * lies under the same key could be read there all along: a source that is rotated exposes nothing.
 */
function originsOf(
  { live }: World,
  lineage: Lineage,
  { parameter, standing, verdict, source, inputs }: Decision,
  decisions: ReadonlyMap<ParameterName, Decision>,
): readonly (string | undefined)[] {
  if (source.kind === "earlier") return source.then.type === "SecureString" ? [source.then.keyId] : [];
  if (source.kind === "supplied") {
    const { readFrom } = source;
    return readFrom?.type === "SecureString" ? [live.get(readFrom.name)?.keyId] : [];
  }
  if (keepsItsValue(verdict)) return [];
  const lies = standing.kind !== "absent" && standing.live.keyId === parameter.key;
  if (lies && newSecrets(lineage, parameter.name).length === 0) return [];
  return inputs.flatMap(({ name }) => keyUnder(decisions.get(name)));
}

function keepsItsValue(verdict: Verdict): boolean {
  return (
    verdict.kind === "change" &&
    (verdict.reason === "attribute_changed" || verdict.reason === "stamp_renewed")
  );
}

/**
 * A replica that is one no more keeps its source's value. Sealed under a key of who owns the path, it is theirs to read,
 * which nobody could as long as it lay under the replication key; so is one that leaves that key and stays a replica.
 */
function isHandedOver(
  decision: Decision,
  { replicationKey, formerReplicationKey }: ReplicationKeys,
): boolean {
  const { parameter, standing, moving, source } = decision;
  const former = liveBefore(decision);
  if (former?.type !== "SecureString" || former.keyId === parameter.key) return false;
  const layApart =
    former.keyId !== undefined && [replicationKey, formerReplicationKey].includes(former.keyId);
  if (isReplica(parameter)) return layApart && parameter.key !== replicationKey;
  if (source.kind !== "live" && source.kind !== "moved") return false;
  const was = moving?.standing ?? standing;
  const wasReplica = was.kind === "stamped" && (was.valueKind === "copy" || was.valueKind === "merge");
  return wasReplica || layApart;
}

/** What lies live until now, here or under the name that the parameter moves from, whatever its value then comes from. */
function liveBefore({ standing, moving }: Decision): LiveParameter | undefined {
  const before = moving?.standing ?? standing;
  return before.kind === "absent" ? undefined : before.live;
}

function isSecret(input: Decision | undefined): boolean {
  return input !== undefined && holdsSecret(input);
}

/** The key of an input that is a secret, once the plan is carried out. */
function keyUnder(input: Decision | undefined): readonly (string | undefined)[] {
  if (input === undefined || !holdsSecret(input)) return [];
  const { parameter, standing, verdict } = input;
  return [verdict.kind === "change" || standing.kind === "absent" ? parameter.key : standing.live.keyId];
}
