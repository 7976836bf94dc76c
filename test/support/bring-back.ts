import { undelete } from "../../src/apply/undelete.ts";
import { parameterName } from "../../src/model/name.ts";
import { readLiveState } from "../../src/plan/live-state.ts";
import type { World } from "./world.ts";

/** `paraform undelete NAME`, or with `--copy`; returns the names that it waited for. */
export async function bringBack(world: World, name: string, copy?: number): Promise<string[]> {
  const { store, config, graph } = world.session;
  const state = await readLiveState(store, config.environment, graph);
  if (state.kind === "unread") throw state.failure;
  const waited = new Set<string>();
  const { ring, kept } = state;
  await undelete(
    {
      store,
      ring,
      kept,
      sleep: async (milliseconds) => world.pass(milliseconds),
      waiting: (resting) => waited.add(resting),
      ...(copy === undefined ? {} : { copy }),
    },
    parameterName(name),
  );
  return [...waited];
}
