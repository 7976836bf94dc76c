import { OWN_ROOT } from "../model/name.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";

/** A store that remembers whether it was changed through this very object, or may have been. */
export interface MarkedStore {
  readonly store: Store;
  readonly isChanged: () => boolean;
}

/**
 * Whatever sends a write, and whatever becomes of it: only what was certainly refused leaves no mark, and what paraform
 * keeps for itself, which changes nothing that anybody declared.
 */
export function markedStore(store: Store): MarkedStore {
  let changed = false;
  const marking = async <Answer>(
    send: () => Promise<Answer>,
    isChange: (answer: Answer) => boolean,
  ): Promise<Answer> => {
    try {
      const answer = await send();
      changed ||= isChange(answer);
      return answer;
    } catch (error) {
      changed ||= error instanceof StoreError && isLost(error);
      throw error;
    }
  };
  return {
    isChanged: () => changed,
    store: {
      describe: (query) => store.describe(query),
      read: (selectors) => store.read(selectors),
      history: (name) => store.history(name),
      put: async (write, mayStart) => {
        const outcome = await store.put(write, mayStart);
        const isOwn = write.name.startsWith(OWN_ROOT);
        changed ||= !isOwn && (outcome.kind === "written" || outcome.kind === "unknown");
        return outcome;
      },
      delete: (name, mayStart) =>
        marking(
          () => store.delete(name, mayStart),
          (answer) => answer === "deleted",
        ),
      tag: (name, tags, mayStart) =>
        marking(
          () => store.tag(name, tags, mayStart),
          () => true,
        ),
      now: () => store.now(),
      get calls() {
        return store.calls;
      },
    },
  };
}

/** True where no answer tells whether the request was done. */
export function isLost({ failure }: StoreError): boolean {
  return failure === "broken" || failure === "unreachable";
}
