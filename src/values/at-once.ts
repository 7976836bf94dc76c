const AT_ONCE = 8;

/**
 * Runs `work` for every item, eight at a time, and gives the results in the items' order. After a failure nothing
 * new is begun; of several failures the first in that order is thrown, so that the same trouble reads the same.
 */
export async function atOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const failures = new Map<number, unknown>();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.size === 0) {
      const index = next;
      next += 1;
      try {
        results.set(index, await work(items[index] as Item));
      } catch (error) {
        failures.set(index, error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  return items.map((_, index) => results.get(index) as Result);
}
