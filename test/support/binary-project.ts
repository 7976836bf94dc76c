import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterFile } from "./after-file.ts";
import { type Finished, type Running, type RunOptions, run, start } from "./binary.ts";

export interface ProjectOptions {
  /** The environment's name; `dev` unless said. */
  readonly name?: string;
  /** Goes over the keys of environment.json. */
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What values.json holds; without it there is no such source. */
  readonly values?: Readonly<Record<string, string>>;
}

type ProjectRun = Partial<Pick<RunOptions, "env" | "input" | "nodeFlags">>;

/** A folder of its own with one environment. Its files are gone after the tests of this file. */
export interface Project {
  readonly folder: string;
  readonly name: string;
  path(file: string): string;
  /** Writes a file of mode 0600; what is neither text nor bytes is written as JSON. */
  write(file: string, content: unknown): void;
  read(file: string): string;
  /** `paraform COMMAND --env NAME REST`. */
  env(command: string, rest?: readonly string[], options?: ProjectRun): Promise<Finished>;
  /** `paraform ARGS`. */
  run(args: readonly string[], options?: ProjectRun): Promise<Finished>;
  start(args: readonly string[], options?: ProjectRun): Running;
  /** Every file below, with a hash of its bytes: equal means that nothing was written. */
  files(): Record<string, string>;
}

/** An empty folder that is gone after the tests of this file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "paraform-cli-"));
  afterFile(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Dummy credentials for a local server, which reads the access key and verifies nothing. */
export const DUMMY_CREDENTIALS = { AWS_ACCESS_KEY_ID: "DUMMY", AWS_SECRET_ACCESS_KEY: "dummy" } as const;

export const ACCOUNT = "123456789012";

/** `environment.store` for a local server. */
export function servedBy(endpoint: string, region = "eu-west-1", account = ACCOUNT) {
  return { kind: "parameter-store", account, region, endpoint };
}

export function makeProject(options: ProjectOptions = {}): Project {
  const { name = "dev", environment = {}, parameters = {}, values } = options;
  const folder = scratchFolder();
  const path = (file: string) => join(folder, file);
  const write = (file: string, content: unknown) => {
    mkdirSync(dirname(path(file)), { recursive: true });
    const raw = typeof content === "string" || Buffer.isBuffer(content);
    writeFileSync(path(file), raw ? content : JSON.stringify(content, null, 2));
    chmodSync(path(file), 0o600);
  };
  write(`configs/${name}/environment.json`, {
    environment: name,
    store: { kind: "embedded" },
    owner: "platform",
    scopes: ["/dba/", "/app/"],
    keys: [{ path: "/**", key: "alias/owner" }],
    replicationKey: "alias/replication",
    digestKey: { kmsKey: "alias/paraform" },
    ...(values === undefined ? {} : { sources: [{ kind: "file", path: "values.json" }] }),
    ...environment,
  });
  write(`configs/${name}/main.json`, { parameters });
  if (values !== undefined) write(`configs/${name}/values.json`, values);
  const withDefaults = ({ env = {}, ...rest }: ProjectRun = {}): RunOptions => ({
    cwd: folder,
    env: { ...DUMMY_CREDENTIALS, ...env },
    ...rest,
  });
  return {
    folder,
    name,
    path,
    write,
    read: (file) => readFileSync(path(file), "utf8"),
    env: (command, rest = [], more) => run([command, "--env", name, ...rest], withDefaults(more)),
    run: (args, more) => run(args, withDefaults(more)),
    start: (args, more) => start(args, withDefaults(more)),
    files: () =>
      Object.fromEntries(
        filesBelow(folder).map((file) => [
          relative(folder, file),
          createHash("sha256").update(readFileSync(file)).digest("hex"),
        ]),
      ),
  };
}

/** What `init` leaves below .paraform, by the environment's name. */
const initialized = new Map<string, Promise<ReadonlyMap<string, Buffer>>>();

/** The same after `init`, on an embedded store: made once and copied for every further project of the same name. */
export async function makeInitializedProject(options: ProjectOptions = {}): Promise<Project> {
  const { name = "dev" } = options;
  const template = initialized.get(name) ?? initialize(makeProject({ name }));
  initialized.set(name, template);
  const project = makeProject(options);
  for (const [file, content] of await template) project.write(file, content);
  return project;
}

async function initialize(project: Project): Promise<ReadonlyMap<string, Buffer>> {
  const { code, stderr } = await project.env("init");
  if (code !== 0) throw new Error(`init ended with ${code}: ${stderr}`);
  const files = filesBelow(project.path(".paraform"));
  return new Map(files.map((file) => [relative(project.folder, file), readFileSync(file)]));
}

export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
