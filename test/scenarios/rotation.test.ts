import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../../scripts/demo-rotation.mjs", import.meta.url));

test("npm run demo:rotation shows what message-processor would see at each moment", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script]);
  expect(stderr).toBe("");
  expect(stdout).toMatchInlineSnapshot(`
    "Two parameters, each replicated as soon as it changes

                                            a start by the pair           a start by one parameter
      0:00  blue is live                    logs in as blue               logs in as blue
      0:00  the owner puts user             logs in as blue               logs in as blue
      0:00    url is replicated             logs in as blue               CANNOT LOG IN: green, blue
      0:00    user is replicated            CANNOT LOG IN: green, blue    CANNOT LOG IN: green, blue
      0:12  the owner puts password         CANNOT LOG IN: green, blue    CANNOT LOG IN: green, blue
      0:12    password is replicated        logs in as green              CANNOT LOG IN: green, blue
      0:12    url is replicated             logs in as green              logs in as green
      0:43  green is live, blue may go      logs in as green              logs in as green

      versions: password 2, url 3, user 2

    The same two as a group, replicated when both have been quiet for 30 s

                                            a start by the pair           a start by one parameter
      0:00  blue is live                    logs in as blue               logs in as blue
      0:00  the owner puts user             logs in as blue               logs in as blue
      0:00    it waits for quiet            logs in as blue               logs in as blue
      0:12  the owner puts password         logs in as blue               logs in as blue
      0:12    it waits for quiet            logs in as blue               logs in as blue
      0:43    password is replicated        CANNOT LOG IN: blue, green    logs in as blue
      0:43    user is replicated            logs in as green              logs in as blue
      0:43    url is replicated             logs in as green              logs in as green
      0:43  green is live, blue may go      logs in as green              logs in as green

      versions: password 2, url 2, user 2

    One parameter that holds both as JSON: the only form that changes atomically

                                            a start by the pair           a start by one parameter
      0:00  blue is live                                                  logs in as blue
      0:00  the owner puts credentials                                    logs in as blue
      0:00    credentials is replicated                                   logs in as green
      0:31  green is live, blue may go                                    logs in as green

      versions: credentials 2

    "
  `);
});
