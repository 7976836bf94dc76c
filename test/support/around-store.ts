import type { Store } from "../../src/store/store.ts";

export type StoreMethod = "describe" | "read" | "history" | "put" | "delete" | "tag";

/** One call to a store: its method, and the one name that it is about, if it is about one. */
export interface StoreCall {
  readonly method: StoreMethod;
  readonly name: string | undefined;
  readonly names: readonly string[];
}

/** Stands between paraform and a store: may look at a call, alter its answer, delay it, or not carry it out. */
export type Hook = <Answer>(call: StoreCall, carryOut: () => Promise<Answer>) => Promise<Answer>;

/** `store` with every call led through `hook`. */
export function aroundStore(store: Store, hook: Hook): Store {
  const about = (method: StoreMethod, names: readonly string[]): StoreCall => ({
    method,
    names,
    name: names.length === 1 ? names[0] : undefined,
  });
  return {
    describe: (query) => hook(about("describe", query.names), () => store.describe(query)),
    read: (selectors) =>
      hook(
        about(
          "read",
          selectors.map(({ name }) => name),
        ),
        () => store.read(selectors),
      ),
    history: (name) => hook(about("history", [name]), () => store.history(name)),
    put: (write, mayStart) => hook(about("put", [write.name]), () => store.put(write, mayStart)),
    delete: (name, mayStart) => hook(about("delete", [name]), () => store.delete(name, mayStart)),
    tag: (name, tags, mayStart) => hook(about("tag", [name]), () => store.tag(name, tags, mayStart)),
    now: () => store.now(),
    get calls() {
      return store.calls;
    },
  };
}

/** What ends a process that is killed: no error that paraform knows how to handle. */
export class Killed extends Error {}

/** `store` for a process that dies at its `at`th call, right before or right after it is carried out; nothing gets through later. */
export function dyingStore(
  store: Store,
  at: number,
  when: "before" | "after",
): { readonly store: Store; died(): boolean } {
  let calls = 0;
  const dying = aroundStore(store, async (_, carryOut) => {
    calls += 1;
    if (calls > at || (calls === at && when === "before")) throw new Killed();
    const answer = await carryOut();
    if (calls >= at) throw new Killed();
    return answer;
  });
  return { store: dying, died: () => calls >= at };
}

/** Every call that reaches `store`, as `method name`, those to paraform's own parameters left out. */
export function recordingStore(store: Store, record: string[]): Store {
  return aroundStore(store, (call, carryOut) => {
    const names = call.names.filter((name) => !name.startsWith("/paraform/"));
    if (names.length > 0) record.push(`${call.method} ${names.join(" ")}`);
    return carryOut();
  });
}

/** A bug to plant: whatever version of a source is meant, its first one is read. */
export function readFirstVersions(world: { session: { readonly store: Store } }): void {
  const { store } = world.session;
  const read: Store["read"] = (selectors) =>
    store.read(
      selectors.map(({ name, version }) => (version === undefined ? { name } : { name, version: 1 })),
    );
  world.session = { ...world.session, store: { ...aroundStore(store, (_, carryOut) => carryOut()), read } };
}
