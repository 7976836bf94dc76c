import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeDigestKey } from "../../src/apply/digest-key.ts";
import type { ApplyResult } from "../../src/apply/outcome.ts";
import { embeddedTransport } from "../../src/embedded/transport.ts";
import { compile } from "../../src/graph/compile.ts";
import { digestKeyName } from "../../src/model/own-name.ts";
import { applyEnvironment, planEnvironment, type Session } from "../../src/pipeline.ts";
import { openKeyring } from "../../src/plan/keyring.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { UNLIMITED } from "../../src/store/rates.ts";
import { ssmStore } from "../../src/store/ssm.ts";
import { throttle } from "../../src/store/throttle.ts";
import { NO_INPUTS, outcomes } from "../support/world.ts";
import { ACCOUNT, type GuardedStore, guardedStore, REGION } from "./guarded-store.ts";

const PLACE = { account: ACCOUNT, region: REGION, environment: "prod" };
const PASSWORD = "/dba/secrets/mysql/shared/data-changer/password";
const REPLICA = "/app/data-changer/replicated/secrets/mysql/password";
const SOURCES = [
  PASSWORD,
  "/dba/secrets/mysql/shared/data-changer/user",
  "/dba/passpack/services/message-processor/mongo/user",
  "/dba/passpack/services/message-processor/mongo/password",
];

let guarded: GuardedStore;
beforeAll(async () => {
  guarded = await guardedStore();
});
afterAll(() => guarded.close());

it("one environment is run by people and roles of whom each can do only its part", async () => {
  const initializer = sessionOf("initializer");
  await makeDigestKey(initializer.store, initializer.config.environment, initializer.graph, PLACE, false);
  for (const name of SOURCES) put("owner-dba", name, "dummy-password");

  const first = await planAs("planner");
  expect(first.summary).toMatchObject({ add: 7, change: 0, blocked: 0 });
  // Exactly what was planned without a value is what a role with more rights carries out.
  expect((await planAs("applier")).fingerprint).toBe(first.fingerprint);
  expect(new Set(Object.values(outcomes(await applyAs("applier", first))))).toEqual(new Set(["applied"]));
  expect(read("service-data-changer", REPLICA)).toBe("dummy-password");
  expect(read("planner", REPLICA)).toBeUndefined();
  expect((await planAs("planner")).summary).toMatchObject({ add: 0, change: 0 });

  put("owner-dba", PASSWORD, "dummy-password-rotated");
  const second = await planAs("planner");
  expect(second.summary).toMatchObject({ add: 0, change: 2 });
  // The owner's replicator has what the copy takes; the one of the URL after it, which is both owners', does not.
  const byAnother = outcomes(await applyAs("replicator-app-and-dba", second));
  expect(byAnother[REPLICA]).toMatch(/^(failed|skipped)/);
  const byOwn = outcomes(await applyAs("replicator-dba", await planAs("replicator-dba")));
  expect(byOwn[REPLICA]).toBe("applied");
  expect(read("service-data-changer", REPLICA)).toBe("dummy-password-rotated");
});

function sessionOf(who: string): Session {
  const { config, graph } = compile({
    configs: "configs",
    environment: "prod",
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
  });
  const connection = {
    region: REGION,
    credentials: { accessKeyId: who, secretAccessKey: "dummy" },
    transport: embeddedTransport(guarded.guarded),
  };
  const now = () => guarded.open.now().getTime();
  const pace = throttle(UNLIMITED, { now, sleep: async (milliseconds) => guarded.pass(milliseconds) });
  return {
    config,
    graph,
    store: ssmStore(connection, pace),
    supplied: { values: new Map(), prompts: false, findings: [], lacking: new Map() },
    diagnostics: [],
    endpoint: undefined,
  };
}

async function planAs(who: string): Promise<Plan> {
  const result = await planEnvironment(sessionOf(who), { inputs: NO_INPUTS, deep: false });
  if (!result.complete) throw new Error(`${who} has no complete plan`);
  return result.planned.plan;
}

async function applyAs(who: string, plan: Plan): Promise<ApplyResult> {
  const session = sessionOf(who);
  const [key] = await session.store.read([{ name: digestKeyName("prod") }]);
  const ring = key?.kind === "value" ? openKeyring(key.value, PLACE) : undefined;
  if (ring === undefined) throw new Error(`${who} has no digest key`);
  return applyEnvironment(session, {
    approved: plan,
    request: { inputs: plan.inputs, deep: false },
    ring,
    run: plan.fingerprint,
    intent: "test",
    asked: new Map(),
    holder: { host: "here", pid: 1, who, isAlive: () => true },
    monotonic: () => guarded.open.now().getTime(),
    stopped: () => null,
    sleep: async (milliseconds) => guarded.pass(milliseconds),
    waiting: () => {},
    purge: false,
    report: () => {},
  });
}

function put(who: string, name: string, value: string): void {
  const input = { Name: name, Value: value, Type: "SecureString", KeyId: "alias/prod-dba", Overwrite: true };
  const { outcome } = guarded.guarded.handle({
    service: "ssm",
    operation: "PutParameter",
    input,
    accessKeyId: who,
  });
  expect(outcome.kind).toBe("done");
}

function read(who: string, name: string): string | undefined {
  const input = { Name: name, WithDecryption: true };
  const { outcome } = guarded.guarded.handle({
    service: "ssm",
    operation: "GetParameter",
    input,
    accessKeyId: who,
  });
  return outcome.kind === "done"
    ? (outcome.body as { Parameter: { Value: string } }).Parameter.Value
    : undefined;
}
