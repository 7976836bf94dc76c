import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import { keysNamed, principalsOf } from "../../src/access/access.ts";
import { documentParts } from "../../src/access/document-parts.ts";
import { keyPolicy } from "../../src/access/key-policy.ts";
import { placeOf } from "../../src/access/place.ts";
import { principalId, roleArn } from "../../src/access/principal.ts";
import { makeDigestKey } from "../../src/apply/digest-key.ts";
import type { ApplyResult } from "../../src/apply/outcome.ts";
import { drivenClock } from "../../src/embedded/clock.ts";
import { type Call, type Engine, openEngine } from "../../src/embedded/engine.ts";
import { authorityOf } from "../../src/embedded/identities.ts";
import { embeddedTransport } from "../../src/embedded/transport.ts";
import { compile } from "../../src/graph/compile.ts";
import { digestKeyName } from "../../src/model/own-name.ts";
import { applyEnvironment, type PlanResult, planEnvironment, type Session } from "../../src/pipeline.ts";
import { type Keyring, openKeyring } from "../../src/plan/keyring.ts";
import type { PlanInputs } from "../../src/plan/plan.ts";
import type { Connection } from "../../src/store/connection.ts";
import { UNLIMITED } from "../../src/store/rates.ts";
import { ssmStore } from "../../src/store/ssm.ts";
import { throttle } from "../../src/store/throttle.ts";
import { readSupplied } from "../../src/values/sources.ts";
import { NO_INPUTS } from "../support/world.ts";

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";
const PLACE = { account: ACCOUNT, region: REGION, environment: "test" };

const ENVIRONMENT = {
  environment: "test",
  store: { kind: "parameter-store", account: ACCOUNT, region: REGION },
  owner: "platform",
  scopes: ["/dba/", "/app/"],
  keys: [
    { path: "/dba/**", key: "alias/dba" },
    { path: "/app/**", key: "alias/app" },
    { path: "/ops/**", key: "alias/ops" },
  ],
  replicationKey: "alias/replication",
  digestKey: { kmsKey: "alias/paraform" },
};
const KEYS = ["alias/dba", "alias/app", "alias/ops", "alias/replication", "alias/paraform"];

/** What a config says, beside the environment that all start from. */
export interface Declared {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly moved?: readonly unknown[];
  readonly removed?: readonly unknown[];
}

/** One store of which everybody has the rights that the config that is declared gives, and whoever is nobody all. */
export interface GuardedWorld {
  /** Everybody may do everything here. */
  readonly open: Engine;
  readonly principals: readonly string[];
  /** `who operation name` of every call that was refused for want of a right, since it was last asked. */
  denied(): string[];
  /** Another desired state, and the policies that it computes to, without those statements whose Sid `drops` names. */
  declare(declared: Declared, drops?: RegExp): Promise<void>;
  session(who: string): Promise<Session>;
  plan(who: string, inputs?: Partial<PlanInputs>): Promise<Extract<PlanResult, { complete: true }>>;
  apply(who: string, inputs?: Partial<PlanInputs>, purge?: boolean): Promise<ApplyResult>;
  ring(who: string): Promise<Keyring>;
  put(who: string, name: string, value: string, key: string): boolean;
  value(who: string, name: string): string | undefined;
  pass(milliseconds: number): void;
}

export async function guardedWorld(declared: Declared): Promise<GuardedWorld> {
  const folder = mkdtempSync(join(tmpdir(), "paraform-rights-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let now = Date.UTC(2026, 0, 1);
  const options = {
    path: join(folder, "store.db"),
    account: ACCOUNT,
    region: REGION,
    strictKeys: true,
    clock: drivenClock(() => now),
  };
  const open = openEngine(options);
  onTestFinished(() => open.close());
  const arns = new Map(KEYS.map((alias) => [alias, makeKey(open, alias)]));
  const refused: string[] = [];
  let guarded = open;
  onTestFinished(() => guarded.close());

  const world: GuardedWorld = {
    open,
    principals: [],
    denied: () => refused.splice(0),
    async declare({ parameters, environment, ...leaving }, drops) {
      write(folder, "environment.json", { ...ENVIRONMENT, ...environment });
      write(folder, "main.json", { parameters, ...leaving });
      const { config, graph } = compiled();
      const place = placeOf(config.environment, (key) => arns.get(key) ?? key);
      const principals = principalsOf(config, graph, place);
      const identities = {
        principals: principals.map((principal) => ({
          accessKeyId: principalId(principal),
          arn: roleArn(place, principal),
          policies: documentParts(
            principal.statements.filter(({ Sid }) => drops === undefined || !drops.test(Sid)),
          ),
        })),
        keys: Object.fromEntries(
          keysNamed(config, graph).map((key) => [key, keyPolicy(place, key, principals)]),
        ),
      };
      if (guarded !== open) guarded.close();
      guarded = openEngine({
        ...options,
        authority: await authorityOf(identities),
        observe: (call, { outcome }) => {
          if (outcome.kind === "refused" && outcome.code === "AccessDeniedException")
            refused.push(textOf(call));
        },
      });
      Object.assign(world, { principals: principals.map(principalId) });
    },
    async session(who) {
      const { config, graph } = compiled();
      const connection = connectionOf(who);
      const store = storeOf(connection);
      const { sources } = config.environment;
      const names = [...graph.parameters.values()].flatMap(({ name, rule }) =>
        rule.kind === "static" || rule.kind === "exists" ? [name] : [],
      );
      const around = { environmentVariables: {}, cwd: folder, stdin: new PassThrough() };
      const supplied = await readSupplied({ ...around, sources, names, connection, store });
      return { config, graph, store, supplied, diagnostics: [], endpoint: undefined };
    },
    async plan(who, inputs = {}) {
      const result = await planEnvironment(await world.session(who), {
        inputs: { ...NO_INPUTS, ...inputs },
        deep: false,
      });
      if (!result.complete) throw result.failure;
      return result;
    },
    async apply(who, inputs = {}, purge = false) {
      const session = await world.session(who);
      const { planned, intent } = await world.plan(who, inputs);
      return applyEnvironment(session, {
        approved: planned.plan,
        request: { inputs: planned.plan.inputs, deep: false },
        ring: await world.ring(who),
        run: planned.plan.fingerprint,
        intent,
        asked: new Map(),
        holder: { host: "here", pid: 1, who, isAlive: () => true },
        monotonic: () => now,
        stopped: () => null,
        sleep: async (milliseconds) => world.pass(milliseconds),
        waiting: () => {},
        purge,
        report: () => {},
      });
    },
    async ring(who) {
      const [key] = await storeOf(connectionOf(who)).read([{ name: digestKeyName("test") }]);
      const ring = key?.kind === "value" ? openKeyring(key.value, PLACE) : undefined;
      if (ring === undefined) throw new Error(`${who} has no digest key`);
      return ring;
    },
    put(who, name, value, key) {
      const input = { Name: name, Value: value, Type: "SecureString", KeyId: key, Overwrite: true };
      return call(guarded, who, "PutParameter", input) !== undefined;
    },
    value(who, name) {
      const body = call(guarded, who, "GetParameter", { Name: name, WithDecryption: true });
      return (body as { Parameter: { Value: string } } | undefined)?.Parameter.Value;
    },
    pass: (milliseconds) => {
      now += milliseconds;
    },
  };
  const connectionOf = (who: string): Connection => ({
    region: REGION,
    credentials: { accessKeyId: who, secretAccessKey: "dummy" },
    transport: embeddedTransport(guarded),
  });
  const storeOf = (connection: Connection) =>
    ssmStore(
      connection,
      throttle(UNLIMITED, { now: () => now, sleep: async (milliseconds) => world.pass(milliseconds) }),
    );
  const compiled = () => compile({ configs: join(folder, "configs"), environment: "test", cwd: folder });
  await world.declare(declared);
  const { config, graph } = compiled();
  await makeDigestKey(storeOf(connectionOf("initializer")), config.environment, graph, PLACE, false);
  return world;
}

function write(folder: string, name: string, content: object): void {
  const file = join(folder, "configs", "test", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content));
}

function makeKey(engine: Engine, alias: string): string {
  const kms = (operation: string, input: object) => {
    const { outcome } = engine.handle({ service: "kms", operation, input, region: REGION });
    if (outcome.kind === "refused") throw new Error(outcome.message);
    return outcome.body as { KeyMetadata: { KeyId: string; Arn: string } };
  };
  const { KeyMetadata } = kms("CreateKey", {});
  kms("CreateAlias", { AliasName: alias, TargetKeyId: KeyMetadata.KeyId });
  return KeyMetadata.Arn;
}

/** The answer; `undefined` when the call is refused. */
function call(engine: Engine, who: string, operation: string, input: object): object | undefined {
  const { outcome } = engine.handle({
    service: "ssm",
    operation,
    input,
    accessKeyId: who,
    region: REGION,
  });
  return outcome.kind === "done" ? outcome.body : undefined;
}

function textOf({ accessKeyId, operation, input }: Call): string {
  const { Name, Names } = input as { Name?: string; Names?: readonly string[] };
  return `${accessKeyId} ${operation} ${Name ?? Names?.join(" ") ?? ""}`.trim();
}
