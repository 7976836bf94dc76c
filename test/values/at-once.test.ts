import { expect, test } from "vitest";
import { atOnce } from "../../src/values/at-once.ts";

/** Something to wait for, and what brings it about. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test("results come in the items' order, whichever ends first", async () => {
  const { opened, open } = gate();
  const results = await atOnce(["slow", "quick"], async (item) => {
    if (item === "slow") await opened;
    else open();
    return item;
  });
  expect(results).toEqual(["slow", "quick"]);
});

test("of several failures the first in that order is thrown, also where it comes last", async () => {
  const { opened, open } = gate();
  const working = atOnce(["first", "second"], async (item) => {
    if (item === "first") await opened;
    else open();
    throw new Error(item);
  });
  await expect(working).rejects.toThrow("first");
});

test("after a failure nothing new is begun", async () => {
  const begun: number[] = [];
  const items = Array.from({ length: 100 }, (_, index) => index);
  const working = atOnce(items, async (item) => {
    begun.push(item);
    throw new Error(String(item));
  });
  await expect(working).rejects.toThrow("0");
  expect(begun.length).toBeLessThan(items.length);
});
