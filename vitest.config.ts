import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    // Much of a run is spent waiting for the built program: one worker more than there are cores keeps them busy.
    maxWorkers: availableParallelism() + 1,
    // The files of a worker share its modules: loading them anew for each costs more than a third of a run's CPU.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // A test starts up to a dozen processes, some beside those of other tests.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
