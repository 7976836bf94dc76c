import { expect, it } from "vitest";
import type { ParameterName } from "../../src/model/name.ts";
import { bundleOf, bundleText, readBundle } from "../../src/replicate/bundle.ts";
import { type Replication, replicate } from "../../src/replicate/replicate.ts";
import { sourcesIn } from "../../src/replicate/work.ts";
import { written } from "../support/replicator.ts";
import { type GuardedWorld, guardedWorld } from "./guarded-world.ts";

const DECLARED = {
  parameters: {
    "/dba/user": {},
    "/dba/password": {},
    "/ops/token": {},
    "/app/a/user": { copy: "/dba/user" },
    "/app/a/password": { copy: "/dba/password" },
    "/app/a/url": { merge: ["${/app/a/user:uri}", ":", "${/app/a/password:uri}"] },
    "/app/b/both": { merge: ["${/app/a/url}", " ", "${/ops/token}"] },
    "/app/b/token": { copy: "/ops/token" },
  },
};

/** What one replicator's Lambda does when it is told of `names`, or of everything. */
async function runs(
  world: GuardedWorld,
  replication: string,
  names?: readonly string[],
): Promise<Replication> {
  const { config, graph, store } = await world.session(`replicator-${replication}`);
  const bundle = bundleOf(readBundle(bundleText({ config, graph })), replication);
  const session = { ...bundle, store, diagnostics: [], endpoint: undefined };
  const changes = names?.map((name) => ({ name: name as ParameterName })) ?? sourcesIn(bundle);
  return replicate(session, changes, {
    holder: { host: replication, pid: 1, who: replication, isAlive: () => true },
    monotonic: () => world.open.now().getTime(),
    sleep: async (milliseconds) => world.pass(milliseconds),
    stopped: () => null,
  });
}

async function settled(): Promise<GuardedWorld> {
  const world = await guardedWorld(DECLARED);
  world.put("owner-dba", "/dba/user", "dummy-user", "alias/dba");
  world.put("owner-dba", "/dba/password", "dummy-password", "alias/dba");
  world.put("owner-ops", "/ops/token", "dummy-token", "alias/ops");
  await world.apply("applier");
  world.denied();
  return world;
}

it("replicators under their own roles are refused nothing, and hand on to each other what several owners share in", async () => {
  const world = await settled();
  expect(world.principals.filter((who) => who.startsWith("replicator"))).toEqual([
    "replicator-dba",
    "replicator-dba-and-ops",
    "replicator-ops",
  ]);
  world.put("owner-dba", "/dba/password", "dummy-rotated", "alias/dba");
  expect(written(await runs(world, "dba", ["/dba/password"]))).toEqual([
    "/app/a/password: applied",
    "/app/a/url: applied",
  ]);
  expect(world.value("service-b", "/app/b/both")).toBe("dummy-user:dummy-password dummy-token");
  // Its own event is the write of the URL.
  expect(written(await runs(world, "dba-and-ops", ["/app/a/url"]))).toEqual(["/app/b/both: applied"]);
  expect(world.value("service-b", "/app/b/both")).toBe("dummy-user:dummy-rotated dummy-token");
  for (const replication of ["dba", "ops", "dba-and-ops"]) {
    expect(written(await runs(world, replication))).toEqual([]);
  }
  expect(world.denied()).toEqual([]);
  expect((await world.plan("planner")).planned.plan.summary).toMatchObject({ add: 0, change: 0 });
});

it("an edited bundle of one owner's replicator reaches no other owner's source, and no merge of both", async () => {
  const world = await settled();
  const { store } = await world.session("replicator-ops");
  const { store: own } = await world.session("replicator-dba");
  const names = (all: readonly string[]) => all.map((name) => ({ name: name as ParameterName }));
  const kinds = async (from: typeof store, all: readonly string[]) =>
    (await from.read(names(all))).map(({ kind }) => kind);
  expect(await kinds(store, ["/dba/password", "/app/a/password", "/app/a/url"])).toEqual([
    "denied",
    "denied",
    "denied",
  ]);
  expect(await kinds(own, ["/ops/token", "/app/b/token"])).toEqual(["denied", "denied"]);
  for (const who of ["replicator-dba", "replicator-ops"]) {
    expect(world.put(who, "/app/b/both", "dummy", "alias/replication")).toBe(false);
  }
  expect(world.put("replicator-dba", "/app/b/token", "dummy", "alias/replication")).toBe(false);
  expect(world.put("replicator-dba-and-ops", "/app/b/token", "dummy", "alias/replication")).toBe(false);
});
