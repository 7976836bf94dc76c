import type { EngineOptions } from "../../src/embedded/engine.ts";
import { systemClock } from "../../src/store/clock.ts";
import { connect } from "../../src/store/connection.ts";
import { UNLIMITED } from "../../src/store/rates.ts";
import { ssmStore } from "../../src/store/ssm.ts";
import type { Store } from "../../src/store/store.ts";
import { throttle } from "../../src/store/throttle.ts";

export interface EmbeddedStore {
  readonly store: Store;
  /** The operations called so far, lost and throttled ones included. */
  readonly called: string[];
  readonly close: () => void;
}

/** A fresh embedded store in memory, as commands open one. */
export async function embeddedStore(options: Omit<EngineOptions, "path"> = {}): Promise<EmbeddedStore> {
  const called: string[] = [];
  const connection = await connect(
    { kind: "embedded", path: ":memory:" },
    { embedded: { ...options, observe: ({ operation }) => called.push(operation) } },
  );
  return { store: ssmStore(connection, throttle(UNLIMITED, systemClock)), called, close: connection.close };
}
