const cleanups: (() => unknown)[] = [];

/** Has something end or go once the tests of this file are done; the last first. */
export function afterFile(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** For the set-up of every file: the modules themselves are shared by many. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}
