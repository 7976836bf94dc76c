import type { ParameterName } from "../model/name.ts";
import type { LiveParameter, Store } from "./store.ts";

/** What the store tells of one name; `undefined` where nothing lies there. @throws StoreError */
export async function describeOne(
  store: Pick<Store, "describe">,
  name: ParameterName,
): Promise<LiveParameter | undefined> {
  return (await store.describe({ prefixes: [], names: [name] })).get(name);
}
