// A process of its own for the tests of processes.test.ts: node child.mjs ENGINE STORE JOB …
import { writeSync } from "node:fs";

const [engine, path, job, ...rest] = process.argv.slice(2);
const { openEngine } = await import(engine);
const say = (text) => writeSync(1, `${text}\n`);

const JOBS = {
  /** Overwrites one name and tells each version. */
  overwrite(store, count) {
    for (let i = 0; i < Number(count); i++) {
      say(put(store, "/shared", `value of ${process.pid}`, { Overwrite: true }).body.Version);
    }
  },
  /** Creates names one after another until it is killed, and tells each once it is acknowledged. */
  createForever(store) {
    for (let i = 0; ; i++) {
      if (put(store, `/kept/${i}`, `value ${i}`, { Type: "SecureString" }).kind === "done") say(i);
    }
  },
  /** Tries to create one name, and tells what came of it. */
  create(store) {
    const outcome = put(store, "/once", "value", {});
    say(outcome.kind === "done" ? "created" : outcome.code);
  },
  /** Removes one label from one version, and tells which labels it was told it removed. */
  unlabel(store) {
    const input = { Name: "/lock", ParameterVersion: 1, Labels: ["free"] };
    say(JSON.stringify(call(store, "UnlabelParameterVersion", input).body.RemovedLabels));
  },
  /** Writes large values until the disk refuses, and tells how many it could write and why it stopped. */
  fill(store) {
    let written = 0;
    try {
      for (; written < 10_000; written++)
        put(store, `/large/${written}`, "v".repeat(8192), { Tier: "Advanced" });
    } catch (error) {
      say(JSON.stringify({ written, name: error.name, message: error.message, hint: error.hint }));
    }
  },
};

function call(store, operation, input) {
  return store.handle({ service: "ssm", operation, input }).outcome;
}

function put(store, name, value, more) {
  return call(store, "PutParameter", { Name: name, Value: value, Type: "String", ...more });
}

const store = openEngine({ path });
JOBS[job](store, ...rest);
store.close();
