import { expect, test } from "vitest";
import { restForReuse } from "../../src/apply/rest.ts";
import { restTeller } from "../../src/commands/waits.ts";
import { parameterName } from "../../src/model/name.ts";

const NAME = parameterName("/app/a/gone");
const lease = { ensure: async () => true };
const sleep = async () => {};

test("a deleted name is waited for: in a pipe it is said once, with the time it takes", async () => {
  const said: string[] = [];
  await restForReuse({ lease, sleep, waiting: restTeller({ say: (text) => said.push(text) }, null) }, NAME);
  expect(said).toEqual([
    "/app/a/gone was deleted a moment ago and may not be used again yet: apply waits 31s\n",
  ]);
});

test("on a terminal the seconds that are left are shown one by one", async () => {
  const shown: string[] = [];
  const status = { show: (text: string) => shown.push(text), hide: () => {}, above: () => {} };
  const say = () => {
    throw new Error("the line is redrawn, not said");
  };
  await restForReuse({ lease, sleep, waiting: restTeller({ say, status }, null) }, NAME, 3_000);
  expect(shown.map((text) => text.replace(/.* waits /, ""))).toEqual(["3s", "2s", "1s"]);
});
