import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { ENVIRONMENT_FILE } from "../config/environment-file.ts";
import { fileDigest } from "../config/file-digest.ts";
import { showPath } from "../config/json-file.ts";
import { EXIT, UserError } from "../model/error.ts";
import type { Plan } from "../plan/plan.ts";
import type { Host } from "./host.ts";
import type { EnvironmentOptions } from "./options.ts";
import { workingFolder } from "./session.ts";

type Checkout = Pick<EnvironmentOptions, "env" | "configs" | "chdir">;

/** Of environment.json as it lies in the checkout and will be applied. @throws UserError where there is none */
export async function environmentDigest(
  host: Pick<Host, "cwd">,
  { env, configs, chdir }: Checkout,
): Promise<string> {
  const cwd = workingFolder(host, chdir);
  const file = resolve(cwd, configs, env, ENVIRONMENT_FILE);
  const content = await readFile(file).catch(() => undefined);
  if (content === undefined) {
    throw new UserError(`${showPath(file, cwd)} cannot be read`, {
      hint: "run it in the checkout that is applied: what was approved is held against the file there",
    });
  }
  return fileDigest(content);
}

/**
 * A plan of a proposal is made with the trusted environment.json and applied with the proposal's own, which names the
 * programs that then run: so before any of them does, that has to be the one whose changes the plan showed. Other plans
 * are bound to what they were made with. @throws UserError stale
 */
export async function refuseOtherEnvironmentFile(
  host: Pick<Host, "cwd">,
  { proposed, environment }: Pick<Plan, "proposed" | "environment">,
  place: Omit<Checkout, "env">,
): Promise<void> {
  if (proposed === undefined) return;
  const digest = await environmentDigest(host, { ...place, env: environment.name });
  if (digest === proposed.environment_file) return;
  throw new UserError("the plan is stale: environment.json is not the one that was proposed", {
    hint: "nothing was written, and no program that it names was run: plan this proposal again and review it",
    exitCode: EXIT.stale,
  });
}
