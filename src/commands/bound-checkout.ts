import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { isBelow } from "../config/base.ts";
import { ENVIRONMENT_FILE } from "../config/environment-file.ts";
import { showPath } from "../config/json-file.ts";
import { EXIT, UserError } from "../model/error.ts";
import type { Plan } from "../plan/plan.ts";
import { repositoryAround } from "../values/git.ts";
import { readBoundFiles } from "./bound-files.ts";
import type { Host } from "./host.ts";
import type { EnvironmentOptions } from "./options.ts";
import { workingFolder } from "./session.ts";

type Place = Pick<EnvironmentOptions, "env" | "configs" | "chdir">;

/** Where an environment lies in its repository, without links, and the digest of what no fingerprint covers there. */
export interface BoundCheckout {
  readonly cwd: string;
  readonly top: string;
  readonly digest: string;
}

/** The checkout that is about to be applied. @throws UserError where it is none, or has no such environment */
export async function boundCheckout(
  host: Pick<Host, "cwd" | "environmentVariables">,
  { env, configs, chdir }: Place,
): Promise<BoundCheckout> {
  const cwd = await realpath(workingFolder(host, chdir));
  const folder = resolve(cwd, configs, env);
  const top = repositoryAround(cwd);
  const hint = "run it in the checkout that is applied: what was approved is held against the files there";
  if (top === undefined || !isBelow(folder, top)) {
    throw new UserError("the configs lie in no git repository around the working folder", { hint });
  }
  const { environmentFile, digest } = await readBoundFiles(host, folder, { top, cwd });
  if (environmentFile === undefined) {
    throw new UserError(`${showPath(resolve(folder, ENVIRONMENT_FILE), cwd)} cannot be read`, { hint });
  }
  return { cwd, top, digest };
}

/**
 * A plan of a proposal is made with the trusted environment.json and applied with the proposal's own, which names the
 * programs that then run and whom a SOPS file has asked: so before any of that, these have to be the ones whose changes
 * the plan showed. Other plans are bound to what they were made with. @throws UserError stale
 */
export async function refuseOtherCheckout(
  host: Pick<Host, "cwd" | "environmentVariables">,
  { proposed, environment }: Pick<Plan, "proposed" | "environment">,
  place: Omit<Place, "env">,
): Promise<void> {
  if (proposed === undefined) return;
  const { digest } = await boundCheckout(host, { ...place, env: environment.name });
  if (digest === proposed.digest) return;
  const what = "environment.json, or a SOPS file that it names, is not the one that was proposed";
  throw new UserError(`the plan is stale: ${what}`, {
    hint: "nothing was written, and no program that it names was run: plan this proposal again and review it",
    exitCode: EXIT.stale,
  });
}
