import { dirname, resolve } from "node:path";
import type { Argv } from "yargs";
import type { ChangeEvent } from "../embedded/change-event.ts";
import type { Authority } from "../embedded/identities.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { ChangeQueue } from "../replicate/change-queue.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import type { LocalReplicator } from "./local-replicator.ts";
import { folderOptions, wholeNumber } from "./options.ts";

function options(yargs: Argv) {
  return folderOptions(yargs)
    .option("port", {
      type: "string",
      default: "4566",
      requiresArg: true,
      describe: "Port on 127.0.0.1; 0 for any free one",
    })
    .option("account", {
      type: "string",
      default: "123456789012",
      requiresArg: true,
      describe: "The account it plays",
    })
    .option("region", {
      type: "string",
      default: "us-east-1",
      requiresArg: true,
      describe: "The region of clients that name none",
    })
    .option("path", {
      type: "string",
      requiresArg: true,
      describe: "Where it keeps its state; .paraform/local.db, with --env that environment's embedded store",
    })
    .option("strict-keys", {
      type: "boolean",
      default: false,
      describe: "KMS keys do not come into being on first use",
    })
    .option("deny", { type: "string", array: true, nargs: 1, describe: "SERVICE:ACTION:GLOB is denied" })
    .option("identities", {
      type: "string",
      requiresArg: true,
      describe: "JSON file of access keys with their IAM policies, and of key policies",
    })
    .option("tps", { type: "string", array: true, nargs: 1, describe: "OPERATION=N requests a second" })
    .option("fault", {
      type: "string",
      array: true,
      nargs: 1,
      describe: "OPERATION[@GLOB][:WHICH]:KIND goes wrong",
    })
    .option("clock", {
      type: "string",
      requiresArg: true,
      describe: "Its time: an ISO instant (stands still), or an offset such as +90s",
    })
    .option("replicate", {
      type: "boolean",
      default: false,
      describe: "Replicate what follows from changed sources, as a Lambda does on AWS; needs --env",
    })
    .option("env", {
      type: "string",
      requiresArg: true,
      describe: "The environment that --replicate serves",
    });
}

/** Serves an embedded Parameter Store on loopback to any AWS client until it is told to stop. */
async function local(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { openEngine } = await import("../embedded/engine.ts");
  const { serve } = await import("../embedded/server.ts");
  const { makeStoreFolder } = await import("../store/connection.ts");
  const { parseConditions } = await import("../embedded/conditions.ts");
  const port = wholeNumber("port", given.port, [0, 65_535]);
  if (!/^\d{12}$/.test(given.account))
    throw new UserError("--account takes twelve digits", { hint: "any will do, as 123456789012" });
  if (!/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(given.region))
    throw new UserError("--region takes an AWS region", { hint: "as eu-central-1" });
  const conditions = parseConditions({
    deny: given.deny ?? [],
    tps: given.tps ?? [],
    fault: given.fault ?? [],
    ...(given.clock === undefined ? {} : { clock: given.clock }),
  });
  const { account, region, strictKeys } = given;
  const replicator = await replicatorOf(host, given);
  const path = resolve(host.cwd, given.path ?? replicator?.path ?? ".paraform/local.db");
  if (given.path === undefined) await makeStoreFolder(dirname(path));
  const authority =
    given.identities === undefined ? {} : { authority: await authorityIn(host, given.identities) };
  let queue: ChangeQueue | undefined;
  const announce = (event: ChangeEvent) => queue?.offer(event);
  const engine = openEngine({ path, account, region, strictKeys, announce, ...conditions, ...authority });
  try {
    const stopped = host.untilStopped();
    queue = await replicator?.start(engine);
    const server = await serve(engine, { port });
    host.print(`Parameter Store of account ${account} on ${server.url}\n`);
    const credentials = "AWS_ACCESS_KEY_ID=dummy AWS_SECRET_ACCESS_KEY=dummy";
    const place = `--region ${region} --endpoint-url ${server.url}`;
    host.say(`Use it with: ${credentials} aws ssm describe-parameters ${place}\n`);
    if (replicator !== undefined) {
      const { showPath } = await import("../config/json-file.ts");
      const { escapeText } = await import("../render/escape.ts");
      host.say(`Replicating ${replicator.environment} from changed sources.\n`);
      host.say(`What other processes write to ${escapeText(showPath(path, host.cwd))} is followed too.\n`);
    }
    await stopped;
    await server.close();
    await queue?.close();
    return EXIT.done;
  } finally {
    engine.close();
  }
}

/** @throws UserError */
async function authorityIn(host: Host, file: string): Promise<Authority> {
  const { authorityOf, parseIdentities } = await import("../embedded/identities.ts");
  return authorityOf(parseIdentities(await host.load(resolve(host.cwd, file))));
}

async function replicatorOf(
  host: Host,
  { replicate, env, configs, chdir, account, region }: OptionsOf<typeof options>,
): Promise<LocalReplicator | undefined> {
  if (replicate !== (env !== undefined))
    throw new UserError("--replicate and --env go together", {
      hint: "paraform local --replicate --env ENV",
    });
  if (env === undefined) return undefined;
  const { localReplicator } = await import("./local-replicator.ts");
  return localReplicator(host, { env, configs, chdir }, { account, region });
}

export const localCommand = command({
  spec: "local",
  describe: "Serve a Parameter Store on this machine to any AWS client",
  options,
  run: local,
});
