import { inputParameters } from "../access/inputs.ts";
import { suppliersOf } from "../access/suppliers.ts";
import type { Environment } from "../config/environment.ts";
import type { DesiredGraph } from "../graph/graph.ts";
import { matchesAny } from "../graph/name-glob.ts";
import { UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { digestKeyName, keptRoot } from "../model/own-name.ts";
import type { Check, Checkup } from "../plan/checkup.ts";
import { checkedKeyring } from "../plan/live-state.ts";
import { bearsStamp } from "../plan/stamp.ts";
import { systemClock } from "../store/clock.ts";
import { readIdentity } from "../store/identity.ts";
import type { LiveParameter, Reading } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import { throttle } from "../store/throttle.ts";
import { examineDirectUse, examineKeys } from "./examine-keys.ts";
import type { OpenStore } from "./session.ts";

/** Of an account and region, unless raised (AWS General Reference, "AWS Systems Manager endpoints and quotas"). */
const QUOTA = { Standard: 10_000, Advanced: 100_000 } as const;

/** What is examined, and what is known of it by then. */
interface Examined extends OpenStore {
  /** Opens values, of which nothing but the kind of answer is looked at, and remembers what could be opened. */
  read(names: readonly ParameterName[]): Promise<readonly Reading[]>;
  readonly live: ReadonlyMap<ParameterName, LiveParameter>;
}

/**
 * Tries what planning takes by the calls that planning makes, and reads what applying reads; nothing is written.
 * @throws StoreError when a call fails otherwise than by being refused
 */
export async function examine(open: OpenStore, { quota }: { readonly quota: boolean }): Promise<Checkup> {
  const { config, connection, store } = open;
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
  const openedUnder = new Map<string, ParameterName>();
  const read = async (names: readonly ParameterName[]) => {
    if (names.length === 0) return [];
    const readings = await store.read(names.map((name) => ({ name })));
    for (const [index, name] of names.entries()) {
      const keyId = live.get(name)?.keyId;
      if (readings[index]?.kind === "value" && keyId !== undefined) openedUnder.set(keyId, name);
    }
    return readings;
  };
  const examined = { ...open, read, live };
  const values = [
    await examineInputs(examined),
    ...(await examineSuppliers(examined)),
    ...(await examineLeaving(examined)),
    await examineKept(examined),
  ];
  const digestKey = await examineDigestKey(examined);
  const checks = [
    identity,
    metadata,
    ...(metadata.state === "fine" ? [await examineQuota(examined, quota)] : []),
    digestKey,
    ...(await examineKeys(open, openedUnder)),
    ...(await examineDirectUse(open)),
    await examineHistory(open),
    ...values,
    await examineThroughput(open),
    ...UNTRIED,
  ];
  return { environment: environment.name, identity: arn, checks };
}

const WRITES = "not tried, since that would write: Parameter Store has no dry run";
const SEALS =
  "not tried: it is for Parameter Store alone, which uses it in a write, and KMS's dry run tells of direct use";

/** What an apply takes besides, and what should be denied: trying one of these would write, or open what nobody need read. */
const UNTRIED: readonly Check[] = (
  [
    ["ssm:PutParameter", WRITES],
    ["ssm:AddTagsToResource", WRITES],
    ["ssm:DeleteParameter", "not tried, since that would delete"],
    ["kms:Encrypt", SEALS],
    ["kms:GenerateDataKey", SEALS],
    ["replicas", "whether their values are denied is not tried, since that would open them"],
  ] as const
).map(([name, detail]) => ({ name, state: "untested", detail }));

async function examineMetadata({
  config,
  graph,
  store,
}: OpenStore): Promise<Pick<Examined, "live"> & { metadata: Check }> {
  const name = "metadata";
  const { environment } = config;
  const names = [...graph.parameters.keys(), ...leavingNames(graph), digestKeyName(environment.name)];
  const prefixes = [...environment.scopes.map(({ path }) => path), keptRoot(environment.name)];
  try {
    const live = await store.describe({ prefixes, names });
    const detail = `${inScope(environment, live)} parameters are in scope`;
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

/** Counting takes a call for each fifty parameters of the account, ours or not, so only who asks for it has it counted. */
async function examineQuota(
  { config: { environment }, connection, rates, live }: Examined,
  counted: boolean,
): Promise<Check> {
  const name = "quota";
  const [standard, advanced] = [QUOTA.Standard, QUOTA.Advanced].map((quota) => quota.toLocaleString("en"));
  const limits = `an account and region has room for ${standard} standard and ${advanced} advanced parameters`;
  if (!counted) {
    const known = `at least ${inScope(environment, live)} are taken, those in scope`;
    return { name, state: "untested", detail: `${limits}: ${known}. --quota counts all, fifty a call` };
  }
  const { readUsage } = await import("../store/ssm.ts");
  const { Standard, Advanced } = await readUsage(connection, throttle(rates, systemClock));
  const near = Standard > QUOTA.Standard * 0.9 || Advanced > QUOTA.Advanced * 0.9 ? ", and few more fit" : "";
  return {
    name,
    state: "fine",
    detail: `${limits}: ${Standard} standard and ${Advanced} advanced are taken${near}`,
  };
}

function inScope({ scopes }: Environment, live: Examined["live"]): number {
  return [...live.keys()].filter((name) => scopes.some(({ path }) => name.startsWith(path))).length;
}

async function examineDigestKey({ config: { environment }, read }: Examined): Promise<Check> {
  const name = "digest key";
  const parameter = digestKeyName(environment.name);
  const [reading] = await read([parameter]);
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
async function examineInputs({ graph, read }: Examined): Promise<Check> {
  const inputs = inputParameters(graph, [...graph.parameters.values()]).map(({ name }) => name);
  const check = await examineValues(read, "sources", inputs, `of ${inputs.length} sources`, "");
  return { ...check, detail: `${check.detail}. A plan needs none of them, an apply all` };
}

/** Of what a source of kind `parameter` names; whoever plans reads it too. */
async function examineSuppliers({ config, graph, read }: Examined): Promise<Check[]> {
  const names = suppliersOf(config.environment, graph);
  if (names.length === 0) return [];
  const of = `of ${names.length} parameters with static values`;
  return [await examineValues(read, "suppliers", names, of, ". Plan and apply read them")];
}

/** What the next apply may delete, move or forget, as far as metadata tell; it is read to be kept, or put again. */
async function examineLeaving({ config, graph, read, live }: Examined): Promise<Check[]> {
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
  return [await examineValues(read, "leaving", names, of, rest)];
}

async function examineValues(
  read: Examined["read"],
  name: string,
  names: readonly ParameterName[],
  of: string,
  rest: string,
): Promise<Check> {
  const readings = await read(names);
  const count = (kind: Reading["kind"]) => readings.filter((reading) => reading.kind === kind).length;
  const found = `${of} ${count("value")} may be read, ${count("denied")} not; ${count("absent")} do not exist`;
  const unknown = count("absent") === 0 ? "" : ", and whether their keys would open them does not show";
  const state = count("value") === names.length ? "fine" : "untested";
  return { name, state, detail: `${found}${unknown}${count("denied") === 0 ? "" : rest}` };
}

/** A copy that is there is opened; where there is none, a name that no copy has tells of Parameter Store's right alone. */
async function examineKept({ config: { environment }, read, live }: Examined): Promise<Check> {
  const name = "kept copies";
  const root = keptRoot(environment.name);
  const copies = [...live.keys()].filter((each) => each.startsWith(root));
  const [reading] = await read([copies[0] ?? (`${root}none` as ParameterName)]);
  if (reading?.kind === "denied") {
    const detail = "copies of what is deleted may not be read: an apply needs it to delete, and undelete";
    return { name, state: "untested", detail };
  }
  if (copies.length === 0)
    return {
      name,
      state: "untested",
      detail: "none is kept; whether the key opens one shows with the first",
    };
  const detail = `${copies.length} are kept, and may be read, which an apply needs and a plan does not`;
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
