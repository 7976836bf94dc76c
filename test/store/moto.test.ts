import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, it } from "vitest";
import { storeContract } from "./contract.ts";
import { storeAt } from "./fake-server.ts";

const installed = spawnSync("moto_server", ["--help"], { stdio: "ignore" }).status === 0;

/** Moto shows that the contract is not the embedded store's alone; where it is wrong, its own names say how. */
describe.runIf(installed)("the store on moto", () => {
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    await answering(url);
  });
  afterAll(async () => {
    const gone = once(server, "exit");
    server.kill();
    await gone;
  });

  storeContract(
    async () => ({ store: storeAt(url), close: () => {} }),
    ["describes the policy texts as objects", "takes any tier back to Standard"],
  );
});

describe.runIf(!installed)("the store on moto", () => {
  it.skip("SKIPPED: moto_server is not on the PATH, so the contract ran on the embedded store only", () => {});
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function answering(url: string): Promise<void> {
  for (;;) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
