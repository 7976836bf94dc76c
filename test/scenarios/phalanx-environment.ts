import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  type GetParametersByPathCommandOutput,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { compile } from "../../src/graph/compile.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { connect } from "../../src/store/connection.ts";
import { folderOf, paraform, paraformWith, type Said, write } from "../import/in-process.ts";

export const CHECKOUT = fileURLToPath(new URL("../../../shared/fixtures/phalanx", import.meta.url));
export const withFixtures = existsSync(CHECKOUT);
if (!withFixtures)
  console.warn("the Phalanx fixtures are not beside this checkout: its scenarios are not replayed");

export const golden = (name: string) => readFileSync(path.join(CHECKOUT, "expected", name), "utf8");

export interface PhalanxOptions {
  /** Whether static values come from the fixture's file, or one of this text; 1Password or nothing else. */
  readonly secrets?: boolean | string;
  readonly pullSecret?: boolean;
  /** Whether what is live and declared may be taken over; else it is compared, and left alone. */
  readonly adopt?: boolean;
  /** The export of Vault that is live at first; that of the environment unless said. */
  readonly live?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Of every bcrypt hash, which take seconds as imported; 4 unless said. */
  readonly rounds?: "as imported";
  /** Goes over environment.json as it was imported. */
  readonly environment?: (imported: Record<string, unknown>) => Record<string, unknown>;
}

/** An environment of the checkout, imported, on an embedded store that holds an export of its Vault as plain parameters. */
export interface PhalanxEnvironment {
  readonly cwd: string;
  readonly prefix: string;
  run(command: string, ...rest: readonly string[]): Promise<Said>;
  plan(...flags: readonly string[]): Promise<Plan>;
  /** Applies with exactly those guards acknowledged that trip. */
  sync(...flags: readonly string[]): Promise<Said>;
  /** Every value below the prefix, by `application key`. */
  values(): Promise<Record<string, string>>;
  /** When a parameter was last written, by the store's clock, in milliseconds. */
  writtenAt(name: string): Promise<number>;
  put(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Without the file of static secrets from now on. */
  forgetSources(): void;
}

export async function phalanxEnvironment(
  name: string,
  options: PhalanxOptions = {},
): Promise<PhalanxEnvironment> {
  const { secrets, pullSecret = false, adopt = false, env = {} } = options;
  const cwd = folderOf({});
  const prefix = `/phalanx/${name}`;
  const flags = [
    ...(secrets === undefined ? [] : ["--secrets", "secrets.yaml"]),
    ...(pullSecret ? ["--pull-secret"] : []),
  ];
  await succeed(paraform(cwd, "import", "phalanx", CHECKOUT, "--env", name, ...flags));
  if (secrets === true)
    copyFileSync(path.join(CHECKOUT, "secrets", `${name}.yaml`), path.join(cwd, "secrets.yaml"));
  if (typeof secrets === "string") write(path.join(cwd, "secrets.yaml"), secrets);
  if (secrets !== undefined) chmodSync(path.join(cwd, "secrets.yaml"), 0o600);
  const environmentFile = path.join(cwd, "configs", name, "environment.json");
  if (options.rounds === undefined) makeHashesCheap(path.dirname(environmentFile));
  const change = (of: NonNullable<PhalanxOptions["environment"]>) => {
    const text = readFileSync(environmentFile, "utf8").replaceAll(/^\/\/.*\n/gm, "");
    write(environmentFile, of(JSON.parse(text)));
  };
  if (options.environment !== undefined) change(options.environment);

  const live = options.live ?? exported(name);
  const { graph } = compile({ configs: path.join(cwd, "configs"), environment: name, cwd });
  const names = Object.entries(live).flatMap(([application, secrets]) =>
    Object.keys(secrets).map((key) => `${prefix}/${application}/${key}`),
  );
  const declared = new Set<string>(graph.parameters.keys());
  if (adopt) {
    const entries = names.filter((one) => declared.has(one)).map((one) => ({ name: one }));
    write(path.join(cwd, "configs", name, "adopt.json"), { adopt: entries });
  }
  await succeed(paraform(cwd, "init", "--env", name));

  const connection = () => connect({ kind: "embedded", path: path.join(cwd, ".paraform", `${name}.db`) });
  async function withClient<T>(work: (client: SSMClient) => Promise<T>): Promise<T> {
    const open = await connection();
    try {
      const { region, credentials, transport } = open;
      return await work(
        new SSMClient({
          region,
          credentials,
          ...(transport === undefined ? {} : { requestHandler: transport }),
        }),
      );
    } finally {
      open.close();
    }
  }
  const run = (command: string, ...rest: readonly string[]) =>
    paraformWith(env, cwd, command, "--env", name, ...rest);
  const plan = async (...more: readonly string[]) =>
    JSON.parse((await succeed(run("plan", "--format", "json", ...more))).stdout) as Plan;
  const put = (one: string, value: string) =>
    withClient(async (client) => {
      await client.send(
        new PutParameterCommand({
          Name: one,
          Value: value,
          Type: "SecureString",
          KeyId: `alias/${name}`,
          Overwrite: true,
        }),
      );
    });
  const environment: PhalanxEnvironment = {
    cwd,
    prefix,
    run,
    plan,
    put,
    sync: async (...more) => {
      const { guards } = await plan(...more);
      const tripped = guards.filter((guard) => guard.tripped);
      const allow = tripped.map(({ name: guard, count }) => `--allow=${guard}=${count}`);
      return run("apply", "--auto-approve", ...more, ...allow);
    },
    values: () => withClient((client) => valuesBelow(client, prefix)),
    writtenAt: (one) =>
      withClient(async (client) => {
        const { Parameter } = await client.send(new GetParameterCommand({ Name: one }));
        return Parameter?.LastModifiedDate?.getTime() ?? 0;
      }),
    remove: (one) =>
      withClient(async (client) => {
        await client.send(new DeleteParameterCommand({ Name: one }));
      }),
    forgetSources: () => change(({ sources: _, ...rest }) => rest),
  };
  for (const [application, secrets] of Object.entries(live)) {
    for (const [key, value] of Object.entries(secrets)) await put(`${prefix}/${application}/${key}`, value);
  }
  return environment;
}

function makeHashesCheap(folder: string): void {
  for (const file of readdirSync(folder)) {
    const text = readFileSync(path.join(folder, file), "utf8");
    write(path.join(folder, file), text.replaceAll(/("type": "bcrypt-password-hash")/g, '$1, "rounds": 4'));
  }
}

async function succeed(said: Promise<Said>): Promise<Said> {
  const { code, stdout, stderr } = await said;
  if (code !== 0) throw new Error(`exit ${code}: ${stdout}${stderr}`);
  return { code, stdout, stderr };
}

/** The export of an environment's Vault, by application and key. */
export function exported(name: string): Record<string, Record<string, string>> {
  const folder = path.join(CHECKOUT, "vault", name);
  return Object.fromEntries(
    readdirSync(folder).map((file) => [
      path.basename(file, ".json"),
      JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Record<string, string>,
    ]),
  );
}

async function valuesBelow(client: SSMClient, prefix: string): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  let token: string | undefined;
  do {
    const page: GetParametersByPathCommandOutput = await client.send(
      new GetParametersByPathCommand({
        Path: prefix,
        Recursive: true,
        WithDecryption: true,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    for (const { Name = "", Value = "" } of page.Parameters ?? [])
      values[Name.slice(prefix.length + 1).replace("/", " ")] = Value;
    token = page.NextToken;
  } while (token !== undefined);
  return values;
}

/** What became of each secret between two states: `+` made, `~` changed, `-` gone. */
export function changes(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Record<string, string> {
  const all = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return Object.fromEntries(
    all.flatMap((one) => {
      if (before[one] === after[one]) return [];
      return [[one, before[one] === undefined ? "+" : after[one] === undefined ? "-" : "~"]];
    }),
  );
}

/** The secrets that a golden of `phalanx secrets sync` names; one that names an application means all its keys. */
export function named(text: string, verbs: string, after: Readonly<Record<string, string>>): string[] {
  return [...text.matchAll(/^(\w+) Vault secret for (\S+)(?: (\S+))?$/gm)]
    .filter(([, verb = ""]) => verbs.includes(verb))
    .flatMap(([, , application = "", key]) =>
      key === undefined
        ? Object.keys(after).filter((one) => one.startsWith(`${application} `))
        : [`${application} ${key}`],
    )
    .sort();
}
