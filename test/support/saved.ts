import type { Host } from "../../src/commands/host.ts";
import { type CheckedPlan, checkSaved, openSaved } from "../../src/commands/saved-plan.ts";
import { UNLIMITED } from "../../src/store/rates.ts";
import type { World } from "./world.ts";

/** A host whose one file holds `text`. */
function hostWith(text: string): Host {
  return {
    cwd: "/",
    environmentVariables: {},
    stdin: process.stdin,
    stderr: process.stderr,
    interactive: false,
    color: { stdout: false, stderr: false },
    holder: { host: "here", pid: 1, who: "tester@here", isAlive: () => true },
    print: () => {},
    say: () => {},
    reveal: () => {},
    save: async () => {},
    openReport: async () => async () => {},
    load: async () => text,
    watchSignals: () => () => null,
    untilStopped: () => new Promise(() => {}),
    monotonic: () => 0,
    sleep: async () => {},
  };
}

export interface CheckOptions {
  readonly env?: string;
  readonly allow?: Readonly<Record<string, number>>;
}

/** What `verify`, and `apply` before its first write, make of a plan file with this text. */
export async function checkFile(
  world: World,
  text: string,
  { env, allow = {} }: CheckOptions = {},
): Promise<CheckedPlan> {
  const host = hostWith(text);
  const saved = await openSaved(host, "plan.json", env);
  const connection = {
    region: world.engine.region,
    credentials: { accessKeyId: "", secretAccessKey: "" },
    close: () => {},
  };
  const session = { ...world.session, connection, rates: UNLIMITED };
  return checkSaved(host, session, saved, { ...saved.inputs.allow, ...allow });
}
