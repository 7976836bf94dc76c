import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { onTestFinished } from "vitest";
import { makeDigestKey } from "../../src/apply/digest-key.ts";
import type { Holder } from "../../src/apply/lock.ts";
import type { ApplyResult } from "../../src/apply/outcome.ts";
import { drivenClock } from "../../src/embedded/clock.ts";
import { type ConditionStrings, type Conditions, parseConditions } from "../../src/embedded/conditions.ts";
import { type Call, type Engine, openEngine } from "../../src/embedded/engine.ts";
import { embeddedTransport } from "../../src/embedded/transport.ts";
import { compile } from "../../src/graph/compile.ts";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { applyEnvironment, type PlanResult, planEnvironment, type Session } from "../../src/pipeline.ts";
import { actionOf } from "../../src/plan/action.ts";
import { openKeyring } from "../../src/plan/keyring.ts";
import type { Plan, PlanInputs, ResourceChange } from "../../src/plan/plan.ts";
import { UNLIMITED } from "../../src/store/rates.ts";
import { ssmStore } from "../../src/store/ssm.ts";
import type { LiveParameter } from "../../src/store/store.ts";
import { throttle } from "../../src/store/throttle.ts";

export const NO_INPUTS: PlanInputs = { delete: [], regenerate: [], target: [], exclude: [], allow: {} };
export const DELETE_ALL: PlanInputs = { ...NO_INPUTS, delete: ["/**"] };

/** How long a call that hangs is waited for, in milliseconds of real time: nothing else here takes any. */
const HANG = 20;

/** The environment that a test starts from; `environment` of `makeWorld` goes over it. */
const ENVIRONMENT = {
  environment: "test",
  store: { kind: "embedded" },
  owner: "platform",
  scopes: ["/dba/", "/app/", "/shared/"],
  keys: [{ path: "/**", key: "alias/owner" }],
  replicationKey: "alias/replication",
  digestKey: { kmsKey: "alias/paraform" },
};

export interface WorldOptions {
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Further replication files by name: text as it is, anything else as JSON. */
  readonly files?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly supplied?: Readonly<Record<string, string>>;
  readonly prompts?: boolean;
  readonly adopt?: readonly unknown[];
  /** A digest key of 32 bytes in base64, where digests have to come out the same each time. */
  readonly digestKey?: string;
}

/** One environment on a store of its own in memory, whose clock a test moves. */
export interface World {
  readonly engine: Engine;
  readonly client: SSMClient;
  session: Session;
  /** Every name that an apply waited for before it could be used again. */
  readonly waited: string[];
  /** Another desired state, on the same store. */
  declare(options: WorldOptions): void;
  /** Lets the store's time pass. */
  pass(milliseconds: number): void;
  impose(conditions: ConditionStrings): void;
  /** Tells `see` of every API call until the function that it returns is called. */
  observe(see: (call: Call) => void): () => void;
  /** Somebody else's PutParameter. */
  put(name: string, value: string, more?: Partial<PutParameterCommandInput>): Promise<number>;
  remove(name: string): Promise<void>;
  value(name: string): Promise<string | undefined>;
  result(
    inputs?: Partial<PlanInputs>,
    request?: { deep?: boolean; resume?: { fingerprint: string } },
  ): Promise<PlanResult>;
  plan(inputs?: Partial<PlanInputs>, request?: { deep?: boolean }): Promise<Plan>;
  apply(inputs?: Partial<PlanInputs>, options?: ApplyWorldOptions): Promise<ApplyResult>;
  /** Carries out a plan that was made before. */
  applySaved(plan: Plan, options?: ApplyWorldOptions): Promise<ApplyResult>;
}

export interface ApplyWorldOptions {
  readonly asked?: Readonly<Record<string, string>>;
  readonly stopAfter?: number;
  readonly holder?: Partial<Holder>;
  readonly purge?: boolean;
}

export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "paraform-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let now = Date.UTC(2026, 0, 1);
  const clock = drivenClock(() => now);
  const observers = new Set<(call: Call) => void>();
  const observe = (call: Call) => {
    for (const see of observers) see(call);
  };
  const engine = openEngine({ path: ":memory:", clock, observe });
  onTestFinished(() => engine.close());
  const transport = embeddedTransport(engine, { requestTimeout: HANG });
  const connection = {
    region: engine.region,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    transport,
  };
  const client = new SSMClient({
    region: engine.region,
    credentials: connection.credentials,
    requestHandler: transport,
  });
  const pace = throttle(UNLIMITED, {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  });
  const store = ssmStore(connection, pace);
  const holder: Holder = { host: "here", pid: 1, who: "tester@here", isAlive: () => true };

  const open = (declared: WorldOptions): Session => {
    writeConfigs(folder, declared);
    const compiled = compile({ configs: join(folder, "configs"), environment: "test", cwd: folder });
    const supplied = Object.entries(declared.supplied ?? {}).map(
      ([name, value]) =>
        [
          parameterName(name),
          {
            value: new Secret(value),
            from: "file values.json",
            at: { file: "values.json", line: 1, column: 1 },
          },
        ] as const,
    );
    return {
      config: compiled.config,
      graph: compiled.graph,
      store,
      supplied: {
        values: new Map(supplied),
        prompts: declared.prompts ?? false,
        findings: [],
        lacking: new Map(),
      },
      diagnostics: [],
      endpoint: undefined,
    };
  };

  const world: World = {
    engine,
    client,
    session: open(options),
    waited: [],
    declare: (declared) => {
      world.session = open({ ...options, ...declared });
    },
    pass: (milliseconds) => {
      now += milliseconds;
    },
    impose: (conditions) => {
      const parsed: Conditions = parseConditions(conditions);
      engine.impose({ ...parsed, clock });
    },
    observe: (see) => {
      observers.add(see);
      return () => observers.delete(see);
    },
    put: async (name, value, more = {}) => {
      const input = {
        Name: name,
        Value: value,
        Type: "SecureString" as const,
        KeyId: "alias/owner",
        Overwrite: true,
        ...more,
      };
      if (input.Type !== "SecureString") delete (input as { KeyId?: string }).KeyId;
      const { Version } = await client.send(new PutParameterCommand(input));
      return Version ?? 0;
    },
    remove: async (name) => {
      await client.send(new DeleteParameterCommand({ Name: name }));
    },
    value: async (name) => {
      try {
        const { Parameter } = await client.send(
          new GetParameterCommand({ Name: name, WithDecryption: true }),
        );
        return Parameter?.Value;
      } catch {
        return undefined;
      }
    },
    result: (inputs = {}, request = {}) =>
      planEnvironment(world.session, { inputs: { ...NO_INPUTS, ...inputs }, deep: false, ...request }),
    plan: async (inputs = {}, request = {}) => {
      const result = await world.result(inputs, request);
      return result.complete ? result.planned.plan : result.plan;
    },
    apply: async (inputs = {}, applyOptions = {}) => {
      const plan = await world.plan(inputs);
      if (plan.fingerprint === "") throw new Error("the plan is incomplete");
      return world.applySaved(plan, applyOptions);
    },
    applySaved: async (plan, { asked = {}, stopAfter, holder: other, purge = false } = {}) => {
      let steps = 0;
      return applyEnvironment(world.session, {
        approved: plan,
        request: { inputs: plan.inputs, deep: false },
        ring: await currentRing(),
        run: plan.fingerprint,
        intent: "test",
        asked: new Map(
          Object.entries(asked).map(([name, value]) => [parameterName(name), new Secret(value)]),
        ),
        holder: { ...holder, ...other },
        monotonic: () => now,
        stopped: () => (stopAfter !== undefined && steps >= stopAfter ? "interrupted" : null),
        sleep: async (milliseconds) => {
          now += milliseconds;
        },
        waiting: (name) => {
          if (!world.waited.includes(name)) world.waited.push(name);
        },
        purge,
        report: () => {
          steps += 1;
        },
      });
    },
  };
  const place = { account: engine.account, region: engine.region, environment: "test" };
  const currentRing = async () => {
    const key = await world.value("/paraform/test/digest-key");
    return openKeyring(new Secret(key ?? ""), place) ?? (undefined as never);
  };
  if (options.digestKey !== undefined)
    await world.put("/paraform/test/digest-key", options.digestKey, { KeyId: "alias/paraform" });
  await makeDigestKey(store, world.session.config.environment, world.session.graph, place, false);
  return world;
}

function writeConfigs(folder: string, { parameters, files, environment, adopt }: WorldOptions): void {
  rmSync(join(folder, "configs"), { recursive: true, force: true });
  const write = (name: string, content: unknown) => {
    const file = join(folder, "configs", "test", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
  };
  write("environment.json", { ...ENVIRONMENT, ...environment });
  write("main.json", { parameters: parameters ?? {}, ...(adopt === undefined ? {} : { adopt }) });
  for (const [name, content] of Object.entries(files ?? {})) write(name, content);
}

/** The plan's entry for a name. */
export function changeOf(plan: Plan, address: string): ResourceChange | undefined {
  return plan.resource_changes.find((change) => change.address === address);
}

/** `create missing`, `update source_changed`, `no-op`, `blocked missing`, `conflict other`, `withheld` …: one word or two a name. */
export function decisions(plan: Plan): Record<string, string> {
  const entries = [
    ...plan.resource_changes.map((change) => [
      change.address,
      [actionOf(change), change.action_reason].filter(Boolean).join(" "),
    ]),
    ...plan.blocked.map(({ address, reason, on }) => [
      address,
      `blocked ${reason}${on === null ? "" : ` on ${on}`}`,
    ]),
    ...plan.conflicts.map(({ address, owner }) => [address, `conflict ${owner ?? "unverified"}`]),
    ...plan.withheld.map(({ address, action_reason }) => [address, `withheld ${action_reason}`]),
  ] as [string, string][];
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `applied`, `done`, `failed CODE`, `skipped` by name. */
export function outcomes(result: ApplyResult): Record<string, string> {
  return Object.fromEntries(
    result.outcomes.map(({ address, outcome }) => [
      address,
      outcome.kind === "failed" ? `failed ${outcome.code}` : outcome.kind,
    ]),
  );
}

/** What metadata tell of one parameter. */
export async function describe(world: World, name: string): Promise<LiveParameter | undefined> {
  const query = { prefixes: [], names: [parameterName(name)] };
  return (await world.session.store.describe(query)).get(parameterName(name));
}

/** Puts an earlier version again as somebody would by hand: its value under its description. */
export async function restore(world: World, name: string, version: number): Promise<void> {
  const command = new GetParameterHistoryCommand({ Name: name, WithDecryption: true });
  const { Parameters = [] } = await world.client.send(command);
  const then = Parameters.find((kept) => kept.Version === version);
  if (then?.Value === undefined) throw new Error(`${name} has no version ${version}`);
  const { Value, Description, Type, KeyId } = then;
  await world.put(name, Value, {
    ...(Description === undefined ? {} : { Description }),
    ...(Type === undefined ? {} : { Type }),
    ...(KeyId === undefined ? {} : { KeyId }),
  });
}

/** `init --rekey`. */
export async function rekey(world: World): Promise<string> {
  const { account, region } = world.engine;
  const { config, graph, store } = world.session;
  const place = { account, region, environment: config.environment.name };
  return (await makeDigestKey(store, config.environment, graph, place, true)).id;
}
