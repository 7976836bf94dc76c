import { keysNamed } from "../access/access.ts";
import { inputParameters } from "../access/inputs.ts";
import { UserError } from "../model/error.ts";
import { digestKeyName } from "../model/own-name.ts";
import type { Check, Checkup } from "../plan/checkup.ts";
import { checkedKeyring } from "../plan/live-state.ts";
import { describeKey, readIdentity } from "../store/identity.ts";
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
  const checks = [
    identity,
    await examineMetadata(open),
    await examineDigestKey(open),
    ...(await examineKeys(open)),
    await examineInputs(open),
    ...UNTESTED,
  ];
  return { environment: environment.name, identity: arn, checks };
}

/** Trying one of these would write, and Parameter Store has no dry run. */
const UNTESTED: readonly Check[] = [
  {
    name: "write",
    state: "untested",
    detail: "whether ssm:PutParameter and ssm:DeleteParameter are allowed",
  },
  { name: "encrypt", state: "untested", detail: "whether kms:Encrypt and kms:GenerateDataKey are allowed" },
  { name: "throughput", state: "untested", detail: "whether the account's throughput setting is raised" },
];

async function examineMetadata({ config, graph, store }: OpenStore): Promise<Check> {
  const name = "metadata";
  const prefixes = config.environment.scopes.map(({ path }) => path);
  try {
    const live = await store.describe({ prefixes, names: [...graph.parameters.keys()] });
    const near = live.size > MOST_PARAMETERS * 0.9 ? ", and few more fit" : "";
    return {
      name,
      state: "fine",
      detail: `${live.size} parameters are in scope, of ${MOST_PARAMETERS} in an account and region${near}`,
    };
  } catch (error) {
    if (!isDenial(error)) throw error;
    return {
      name,
      state: "missing",
      detail: "ssm:DescribeParameters is denied",
      hint: "every plan needs it, on all resources: paraform doctor --policy planner",
    };
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

/** Applying opens what something follows from; planning does not, so being denied is no fault of a planner. */
async function examineInputs({ graph, store }: OpenStore): Promise<Check> {
  const inputs = inputParameters(graph, [...graph.parameters.values()]).map(({ name }) => name);
  const readings = inputs.length === 0 ? [] : await store.read(inputs.map((name) => ({ name })));
  const count = (kind: string) => readings.filter((reading) => reading.kind === kind).length;
  const detail = `of ${inputs.length} sources ${count("value")} may be read, ${count("denied")} not; ${count("absent")} do not exist`;
  const state = count("denied") > 0 ? "untested" : "fine";
  return {
    name: "sources",
    state,
    detail: state === "fine" ? detail : `${detail}. A plan can do without, an apply cannot`,
  };
}

function isDenial(error: unknown): boolean {
  return error instanceof StoreError && error.failure === "denied";
}
