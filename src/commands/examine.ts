import { keysNamed } from "../access/access.ts";
import { inputParameters } from "../access/inputs.ts";
import { suppliersOf } from "../access/suppliers.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { matchesAny } from "../graph/name-glob.ts";
import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { digestKeyName, keptRoot } from "../model/own-name.ts";
import type { Check, Checkup } from "../plan/checkup.ts";
import { checkedKeyring } from "../plan/live-state.ts";
import { bearsStamp } from "../plan/stamp.ts";
import { describeKey, readIdentity } from "../store/identity.ts";
import type { LiveParameter, Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import type { OpenStore } from "./session.ts";

/** Standard parameters of an account and region (AWS General Reference, "AWS Systems Manager endpoints and quotas"). */
const MOST_PARAMETERS = 10_000;

/**
 * Tries what planning takes by the calls that planning makes, and reads what applying reads; nothing is written.
 * @throws StoreError when a call fails otherwise than by being refused
 */
export async function examine(open: OpenStore): Promise<Checkup> {
  const { config, connection } = open;
  const { environment } = config;
  const { account, arn } = await readIdentity(connection);
  const expected = environment.store.kind === "parameter-store" ? environment.store.account : account;
  const identity: Check =
    account === expected
      ? { name: "identity", state: "fine", detail: `account ${account}` }
      : {
          name: "identity",
          state: "missing",
          detail: `these credentials are of account ${account}, the environment is ${expected}`,
          hint: "check the profile and the role",
        };
  const { live, metadata } = await examineMetadata(open);
  const checks = [
    identity,
    metadata,
    await examineDigestKey(open),
    ...(await examineKeys(open)),
    await examineHistory(open),
    await examineInputs(open),
    ...(await examineSuppliers(open)),
    ...(await examineLeaving(open, live)),
    await examineKept(open, live),
    await examineThroughput(open),
    ...UNTESTED,
  ];
  return { environment: environment.name, identity: arn, checks };
}

/** Trying one of these would write, and Parameter Store has no dry run. */
const UNTESTED: readonly Check[] = [
  {
    name: "write",
    state: "untested",
    detail: "whether ssm:PutParameter, ssm:AddTagsToResource and ssm:DeleteParameter are allowed",
  },
  { name: "encrypt", state: "untested", detail: "whether kms:Encrypt and kms:GenerateDataKey are allowed" },
];

type Live = ReadonlyMap<ParameterName, LiveParameter>;

async function examineMetadata({
  config,
  graph,
  store,
}: OpenStore): Promise<{ live: Live; metadata: Check }> {
  const name = "metadata";
  const { environment } = config;
  const names = [...graph.parameters.keys(), ...leavingNames(graph)];
  const prefixes = [...environment.scopes.map(({ path }) => path), keptRoot(environment.name)];
  try {
    const live = await store.describe({ prefixes, names });
    const count = [...live.keys()].filter((each) => !each.startsWith(keptRoot(environment.name))).length;
    const near = live.size > MOST_PARAMETERS * 0.9 ? ", and few more fit" : "";
    const detail = `${count} parameters are in scope, of ${MOST_PARAMETERS} in an account and region${near}`;
    return { live, metadata: { name, state: "fine", detail } };
  } catch (error) {
    if (!isDenial(error)) throw error;
    const metadata: Check = {
      name,
      state: "missing",
      detail: "ssm:DescribeParameters is denied",
      hint: "every plan needs it, on all resources: paraform doctor --policy planner",
    };
    return { live: new Map(), metadata };
  }
}

async function examineDigestKey({ config: { environment }, store }: OpenStore): Promise<Check> {
  const name = "digest key";
  const parameter = digestKeyName(environment.name);
  const [reading] = await store.read([{ name: parameter }]);
  if (reading?.kind === "denied") {
    return {
      name,
      state: "missing",
      detail: `${parameter} may not be read`,
      hint: "a plan needs ssm:GetParameter on it and kms:Decrypt on its key: paraform doctor --policy planner",
    };
  }
  if (reading?.kind !== "value") {
    return {
      name,
      state: "missing",
      detail: `${parameter} does not exist`,
      hint: `run paraform init --env ${environment.name} once`,
    };
  }
  try {
    const ring = checkedKeyring(reading, environment, parameter);
    return { name, state: "fine", detail: `its id is ${ring.currentId}` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return { name, state: "missing", detail: error.message, ...hint };
  }
}

async function examineKeys({ config, graph, connection }: OpenStore): Promise<Check[]> {
  return Promise.all(
    keysNamed(config, graph).map(async (key): Promise<Check> => {
      const found = await describeKey(connection, key);
      if (found.kind === "denied") {
        return {
          name: key,
          state: "untested",
          detail: "kms:DescribeKey is denied, and needed by init alone",
        };
      }
      if (found.kind === "absent")
        return { name: key, state: "missing", detail: "there is no such key", hint: "create it" };
      if (found.state !== "Enabled") {
        return { name: key, state: "missing", detail: `the key is ${found.state}`, hint: "enable it" };
      }
      return { name: key, state: "fine", detail: "enabled" };
    }),
  );
}

/** Any name tells whether versions may be listed, also one that is not there. */
async function examineHistory({ config: { environment }, graph, store }: OpenStore): Promise<Check> {
  const name = "history";
  const [first] = graph.parameters.keys();
  if (first === undefined) return { name, state: "untested", detail: "nothing is declared" };
  try {
    await store.history(first);
    return { name, state: "fine", detail: `the versions of ${first} may be listed` };
  } catch (error) {
    if (!isDenial(error)) throw error;
    const detail = `ssm:GetParameterHistory of ${first} is denied, and needed by history and rollback in ${environment.name} alone`;
    return { name, state: "untested", detail };
  }
}

/** Applying opens what something follows from; planning does not, so being denied is no fault of a planner. */
async function examineInputs({ graph, store }: OpenStore): Promise<Check> {
  const inputs = inputParameters(graph, [...graph.parameters.values()]).map(({ name }) => name);
  const rest = ". A plan can do without, an apply cannot";
  return examineValues(store, "sources", inputs, `of ${inputs.length} sources`, rest);
}

/** Of what a source of kind `parameter` names; whoever plans reads it too. */
async function examineSuppliers({ config, graph, store }: OpenStore): Promise<Check[]> {
  const names = suppliersOf(config.environment, graph);
  if (names.length === 0) return [];
  const of = `of ${names.length} parameters with static values`;
  return [await examineValues(store, "suppliers", names, of, ". Plan and apply read them")];
}

/** What the next apply may delete, move or forget, as far as metadata tell; it is read to be kept, or put again. */
async function examineLeaving({ config, graph, store }: OpenStore, live: Live): Promise<Check[]> {
  const { scopes, ignore } = config.environment;
  const ignores = matchesAny(ignore);
  const orphans = [...live.values()].filter(
    ({ name, description }) =>
      bearsStamp(description) &&
      !graph.parameters.has(name) &&
      !ignores(name) &&
      scopes.some(({ path }) => name.startsWith(path)),
  );
  const named = leavingNames(graph).filter((name) => live.has(name));
  const names = [...new Set([...named, ...orphans.map(({ name }) => name)])].sort();
  if (names.length === 0) return [];
  const of = `of ${names.length} that a plan may delete, move or forget`;
  const rest = ". An apply moves and forgets none of these, and deletes them with --purge alone";
  return [await examineValues(store, "leaving", names, of, rest)];
}

async function examineValues(
  store: Store,
  name: string,
  names: readonly ParameterName[],
  of: string,
  rest: string,
): Promise<Check> {
  const readings = names.length === 0 ? [] : await store.read(names.map((each) => ({ name: each })));
  const count = (kind: string) => readings.filter((reading) => reading.kind === kind).length;
  const detail = `${of} ${count("value")} may be read, ${count("denied")} not; ${count("absent")} do not exist`;
  if (count("denied") === 0) return { name, state: "fine", detail };
  return { name, state: "untested", detail: `${detail}${rest}` };
}

/** A copy that is there is opened; where there is none, a name that no copy has tells of Parameter Store's right alone. */
async function examineKept({ config: { environment }, store }: OpenStore, live: Live): Promise<Check> {
  const name = "kept copies";
  const root = keptRoot(environment.name);
  const copies = [...live.keys()].filter((each) => each.startsWith(root));
  const [reading] = await store.read([{ name: copies[0] ?? (`${root}none` as ParameterName) }]);
  if (reading?.kind === "denied") {
    const detail = "copies of what is deleted may not be read: an apply needs it to delete, and undelete";
    return { name, state: "untested", detail };
  }
  const detail =
    copies.length === 0
      ? "none is kept; whether the key opens one shows with the first"
      : `${copies.length} are kept, and may be read`;
  return { name, state: "fine", detail };
}

async function examineThroughput({ connection }: OpenStore): Promise<Check> {
  const name = "throughput";
  const { readThroughput } = await import("../store/ssm.ts");
  switch (await readThroughput(connection)) {
    case "raised":
      return { name, state: "fine", detail: "the account's higher throughput is switched on" };
    case "default":
      return { name, state: "fine", detail: "the account has the default throughput, which apply paces to" };
    case "untold":
      return { name, state: "untested", detail: "ssm:GetServiceSetting may not be asked" };
  }
}

/** Names that the config moves away from or gives up. */
function leavingNames({ parameters, removals }: DesiredGraph): ParameterName[] {
  const former = [...parameters.values()].flatMap(({ formerly = [] }) => formerly.map(({ name }) => name));
  return [...former, ...removals.keys()];
}

function isDenial(error: unknown): boolean {
  return error instanceof StoreError && error.failure === "denied";
}
