import fc from "fast-check";
import { expect } from "vitest";

/** Tries laws on more random worlds: `SLOW=1 npx vitest run test/laws --testTimeout=0`. */
const FACTOR = process.env.SLOW === undefined ? 1 : 40;

/** A law finds fault with a world, or says nothing. */
export type Law<Sample> = (sample: Sample) => Promise<readonly string[]>;

/** Holds `law` against `runs` random samples. A smaller counterexample is only looked for where there is time. */
export async function expectLaw<Sample>(
  samples: fc.Arbitrary<Sample>,
  law: Law<Sample>,
  runs: number,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(samples, async (sample) => {
      expect(await law(sample)).toEqual([]);
    }),
    { numRuns: runs * FACTOR, endOnFailure: FACTOR === 1 },
  );
}

/** Holds `broken`, the law over something that has a bug planted in it, against samples until it finds the bug. */
export async function expectCaught<Sample>(
  samples: fc.Arbitrary<Sample>,
  broken: Law<Sample>,
): Promise<void> {
  const found = await fc.check(
    fc.asyncProperty(samples, async (sample) => (await broken(sample)).length === 0),
    { numRuns: 300, endOnFailure: true },
  );
  expect(found.failed, "the planted bug was not caught").toBe(true);
}
