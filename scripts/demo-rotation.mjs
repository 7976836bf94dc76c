// A blue and green rotation of message-processor's Mongo user: what the service would see if it started at any moment.
// It runs on an embedded store in memory, on a clock of its own, with the replicator that runs as a Lambda on AWS.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDigestKey } from "../dist/apply/digest-key.js";
import { drivenClock } from "../dist/embedded/clock.js";
import { openEngine } from "../dist/embedded/engine.js";
import { embeddedTransport } from "../dist/embedded/transport.js";
import { compile } from "../dist/graph/compile.js";
import { replicasIn } from "../dist/graph/replicas.js";
import { applyEnvironment, planEnvironment } from "../dist/pipeline.js";
import { makeHandler } from "../dist/replicate/handler.js";
import { UNLIMITED } from "../dist/store/rates.js";
import { throttle } from "../dist/store/throttle.js";

// The SDK warns of Node 20 on stderr unless it is told not to before it is imported.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const { ssmStore } = await import("../dist/store/ssm.js");

const OWNER = "/dba/passpack/services/message-processor/mongo";
const SERVICE = "/app/message-processor/replicated/mongo";
const START = Date.UTC(2026, 0, 1);
const VALUES = {
  blue: { user: "message-processor-blue", password: "dummy-password-of-blue" },
  green: { user: "message-processor-green", password: "dummy-password-of-green" },
};
const PAIR = {
  parameters: {
    [`${SERVICE}/user`]: { copy: `${OWNER}/user` },
    [`${SERVICE}/password`]: { copy: `${OWNER}/password` },
    [`${SERVICE}/url`]: {
      merge: [
        "mongodb://",
        `\${${OWNER}/user:uri}`,
        ":",
        `\${${OWNER}/password:uri}`,
        "@db.internal/messages",
      ],
    },
  },
};
const GROUP = [{ members: [`${OWNER}/user`, `${OWNER}/password`], quietSeconds: 30 }];

await act("Two parameters, each replicated as soon as it changes", PAIR, rotatePair);
await act(
  "The same two as a group, replicated when both have been quiet for 30 s",
  { ...PAIR, groups: GROUP },
  rotatePair,
);
await act(
  "One parameter that holds both as JSON: the only form that changes atomically",
  { parameters: { [`${SERVICE}/credentials`]: { copy: `${OWNER}/credentials` } } },
  async ({ put, pass, deliver }) => {
    put("credentials", JSON.stringify(VALUES.green));
    await deliver();
    pass(31);
    await deliver();
  },
  ["credentials"],
);

async function rotatePair({ put, pass, deliver }) {
  put("user", VALUES.green.user);
  await deliver();
  pass(12);
  put("password", VALUES.green.password);
  await deliver();
  pass(31);
  await deliver();
}

async function act(title, config, rotate, sources = ["user", "password"]) {
  console.log(`${title}\n`);
  const stage = await openStage(config, sources);
  console.log(`  ${"".padEnd(6)}${"".padEnd(32)}${"a start by the pair".padEnd(30)}a start by one parameter`);
  stage.tell("blue is live");
  await rotate(stage);
  stage.tell("green is live, blue may go");
  console.log(`\n  versions: ${stage.versions()}\n`);
  stage.close();
}

/** A store that is in sync on blue, the owner who puts values, the service that reads, and the replicator between them. */
async function openStage(config, sources) {
  let now = START;
  let watching = false;
  const events = [];
  const folder = mkdtempSync(join(tmpdir(), "paraform-rotation-"));
  const call = (operation, input) => engine.handle({ service: "ssm", operation, input }).outcome.body;
  const announce = (event) => {
    if (!watching) return;
    events.push({ messageId: event.id, body: JSON.stringify(event) });
    const { name } = event.detail;
    if (name.startsWith(OWNER)) tell(`the owner puts ${name.slice(OWNER.length + 1)}`);
    if (name.startsWith(SERVICE)) tell(`  ${name.slice(SERVICE.length + 1)} is replicated`);
  };
  const engine = openEngine({ path: ":memory:", clock: drivenClock(() => now), announce });
  const read = (name) =>
    call("GetParameters", { Names: [`${SERVICE}/${name}`], WithDecryption: true }).Parameters[0];
  const tell = (what) => {
    const seconds = Math.round((now - START) / 1000);
    const time = `0:${String(seconds).padStart(2, "0")}`;
    console.log(
      `  ${time.padEnd(6)}${what.padEnd(32)}${seenByPair(read).padEnd(30)}${seenAtOnce(read)}`.trimEnd(),
    );
  };
  const put = (name, value) =>
    call("PutParameter", {
      Name: `${OWNER}/${name}`,
      Value: value,
      Type: "SecureString",
      KeyId: "alias/dba",
      Overwrite: true,
    });

  const blue = { ...VALUES.blue, credentials: JSON.stringify(VALUES.blue) };
  for (const name of sources) put(name, blue[name]);
  const sleep = async (milliseconds) => {
    now += milliseconds;
  };
  const clock = { now: () => now, sleep };
  const connection = {
    region: engine.region,
    credentials: { accessKeyId: "demo", secretAccessKey: "demo" },
    transport: embeddedTransport(engine),
  };
  const session = openSession(folder, config, ssmStore(connection, throttle(UNLIMITED, clock)));
  const place = { account: engine.account, region: engine.region };
  const carried = {
    holder: { host: "demo", pid: 1, who: "the demonstration", isAlive: () => true },
    monotonic: clock.now,
    sleep,
  };
  await makeDigestKey(
    session.store,
    session.config.environment,
    session.graph,
    { ...place, environment: "demo" },
    false,
  );
  await applyAll(session, carried);
  now = START;
  const replicating = { ...session, replicas: replicasIn(session.graph) };
  const handle = makeHandler({ session: replicating, place, ...carried, log: () => {}, tally: () => {} });
  watching = true;
  return {
    put,
    tell,
    pass: (seconds) => {
      now += seconds * 1000;
    },
    /** What the queue does: everything that waits is delivered, and what has to be told again waits on. */
    deliver: async () => {
      for (let batch = events.splice(0); batch.length > 0; batch = events.splice(0)) {
        const { batchItemFailures } = await handle({ Records: batch });
        const again = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        const waiting = batch.filter(({ messageId }) => again.has(messageId));
        if (waiting.length === batch.length) {
          tell("  it waits for quiet");
          events.push(...waiting);
          return;
        }
        events.push(...waiting);
      }
    },
    versions: () =>
      [...session.graph.parameters.keys()]
        .filter((name) => name.startsWith(SERVICE))
        .map((name) => `${name.slice(SERVICE.length + 1)} ${read(name.slice(SERVICE.length + 1)).Version}`)
        .join(", "),
    close: () => {
      engine.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function openSession(folder, config, store) {
  mkdirSync(join(folder, "configs/demo"), { recursive: true });
  const environment = {
    environment: "demo",
    store: { kind: "embedded" },
    owner: "platform",
    keys: [{ path: "/**", key: "alias/dba" }],
    replicationKey: "alias/replication",
    digestKey: { kmsKey: "alias/paraform" },
  };
  writeFileSync(join(folder, "configs/demo/environment.json"), JSON.stringify(environment));
  writeFileSync(join(folder, "configs/demo/main.json"), JSON.stringify(config));
  const compiled = compile({ configs: join(folder, "configs"), environment: "demo", cwd: folder });
  const supplied = { values: new Map(), prompts: false, findings: [], lacking: new Map() };
  return { ...compiled, store, supplied, diagnostics: [], endpoint: undefined };
}

async function applyAll(session, carried) {
  const request = { inputs: { delete: [], regenerate: [], target: [], exclude: [], allow: {} }, deep: false };
  const { planned, ring, intent } = await planEnvironment(session, request);
  await applyEnvironment(session, {
    ...carried,
    approved: planned.plan,
    request,
    ring,
    run: planned.plan.fingerprint,
    intent,
    asked: new Map(),
    stopped: () => null,
    report: () => {},
  });
}

function seenByPair(read) {
  const [user, password] = [read("user"), read("password")];
  return user === undefined ? "" : login(colour(user.Value), colour(password.Value));
}

function seenAtOnce(read) {
  const { Value: url } = read("url") ?? {};
  if (url !== undefined) return login(...url.slice("mongodb://".length).split("@")[0].split(":").map(colour));
  const { user, password } = JSON.parse(read("credentials").Value);
  return login(colour(user), colour(password));
}

function login(user, password) {
  return user === password ? `logs in as ${user}` : `CANNOT LOG IN: ${user}, ${password}`;
}

function colour(text) {
  return text.includes("green") ? "green" : "blue";
}
