import { dyingStore, Killed } from "./around-store.ts";
import type { World } from "./world.ts";

/** The process that comes after the one that died. */
export const NEXT = { pid: 2, isAlive: (pid: number) => pid === 2 };

/** Runs `work` on a store that dies at its `at`th call; false when it ended before that. */
export async function dies(
  world: World,
  at: number,
  when: "before" | "after",
  work: () => Promise<unknown>,
): Promise<boolean> {
  const { session } = world;
  const dying = dyingStore(session.store, at, when);
  world.session = { ...session, store: dying.store };
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
  world.session = session;
  return dying.died();
}
