import path from "node:path";
import { ENVIRONMENT_FILE, readEnvironment } from "../config/environment-file.ts";
import { isFile, readJsonFile, showPath } from "../config/json-file.ts";
import { warningAt } from "../config/origin.ts";
import type { SourceShape } from "../config/source-schema.ts";
import { ConfigError, UserError } from "../model/error.ts";
import type { Problem } from "../model/problem.ts";
import { segmentOf } from "../model/segment.ts";
import { readApplication } from "./application.ts";
import { type Checkout, environmentsOf, hasApplication } from "./checkout.ts";
import { connectSource } from "./connect-source.ts";
import { type Imported, type ImportedFile, replicationFile } from "./imported.ts";
import { newEnvironment } from "./new-environment.ts";
import { environmentReader } from "./phalanx-environment.ts";
import { applicationFile, fileName, phalanxMark } from "./phalanx-file.ts";
import { nameSecrets } from "./phalanx-names.ts";
import { type ResolvedSecret, resolveSecrets } from "./phalanx-rules.ts";
import { claimedPrefixes, sharedVaultPaths } from "./prefix-collisions.ts";

/** Where Phalanx keeps the pull secret (services/secrets.py): in an application of its own, which no file declares. */
const PULL_SECRET = { application: "pull-secret", key: ".dockerconfigjson" } as const;

const DISABLED_NOTE =
  "What is disabled is not removed: its secrets are under ignore. Take it out there when it is enabled, or to be deleted.";

export interface PhalanxImport extends Checkout {
  /** What names begin with, without a slash at its end. */
  readonly prefix: string;
  /** The folder of the environments, absolute. */
  readonly configs: string;
  /** Whether the pull secret is declared. */
  readonly pullSecret: boolean;
  /** The file that Phalanx is given as `--secrets`, relative to environment.json; 1Password is not asked then. */
  readonly secrets?: string;
}

/**
 * Reads the secrets of one environment of a Phalanx checkout: environment.json, and a file for each application that
 * has any. Of values there are only the public ones that stand in the checkout.
 * @throws UserError when there is no such environment; ConfigError with every file that could not be read
 */
export function importPhalanx(options: PhalanxImport): Imported {
  const { environment: name, prefix, pullSecret } = options;
  const known = environmentsOf(options);
  if (!known.includes(name)) {
    throw new UserError(`the checkout has no environments/values-${name}.yaml`, {
      hint: `it has ${known.join(", ")}`,
    });
  }
  const problems: Problem[] = [];
  const reports: Problem[] = [];
  const readEnvironment = environmentReader(options, problems);
  const environment = readEnvironment(name, problems);
  const applications = [...environment.applications]
    .filter(([application, enabled]) => enabled && isThere(application))
    .map(([application]) => readApplication(options, application, problems, reports));
  if (problems.length > 0) throw new ConfigError(problems);

  const environments = new Map(known.map((other) => [other, readEnvironment(other, [])]));
  reports.push(
    ...sharedVaultPaths(name, environments),
    ...claimedPrefixes(name, prefix, options.configs, options.cwd),
  );
  const secrets = resolveSecrets(applications, environment, options, reports);
  const names = nameSecrets(secrets, prefix, reports);
  const pullSecretName = `${prefix}/${PULL_SECRET.application}/${PULL_SECRET.key}`;
  const source: SourceShape | undefined =
    options.secrets === undefined
      ? connectSource(environment, prefix, secrets, names, pullSecret ? pullSecretName : undefined, reports)
      : { kind: "phalanx", path: options.secrets, names: `${prefix}/{application}/{key}` };
  reportKeptSources(options, source, reports);
  const disabled = [...environment.applications].flatMap(([application, enabled]) =>
    enabled ? [] : [`${prefix}/${segmentOf(application)}/**`],
  );
  const ignore = [...(pullSecret ? [] : [`${prefix}/${PULL_SECRET.application}/**`]), ...disabled];
  const draft = newEnvironment(
    {
      environment: name,
      owner: "phalanx",
      scopes: [{ path: `${prefix}/`, exclusive: true }],
      // An application reads its own secrets: it is what the plan calls a service.
      namespaces: { service: prefix },
      ...(ignore.length === 0 ? {} : { ignore }),
      ...(source === undefined ? {} : { sources: [source] }),
    },
    disabled.length === 0 ? [] : [DISABLED_NOTE],
  );
  const byApplication = group(secrets);
  const files = applications.flatMap((application) => {
    const own = byApplication.get(application.name) ?? [];
    return applicationFile(application, own, names, name, reports) ?? [];
  });
  return {
    files: [draft, ...files, ...(pullSecret ? [pullSecretFile(pullSecretName)] : [])],
    reports,
    mark: phalanxMark(name),
  };

  function isThere(application: string): boolean {
    if (hasApplication(options, application)) return true;
    reports.push(warningAt(environment.at, `${application} is enabled, but is no folder of applications/`));
    return false;
  }
}

/** `--secrets` shapes a new environment.json only. */
function reportKeptSources(
  { configs, environment, cwd, secrets }: PhalanxImport,
  source: SourceShape | undefined,
  reports: Problem[],
): void {
  const file = path.join(configs, environment, ENVIRONMENT_FILE);
  if (secrets === undefined || !isFile(file)) return;
  const kept = readEnvironment(readJsonFile(file, cwd), environment).environment.sources;
  const absolute = path.resolve(path.dirname(file), secrets);
  if (kept.some((each) => each.kind === "phalanx" && each.path === absolute)) return;
  const place = { file: showPath(file, cwd), line: 1, column: 1 };
  const hint = `write ${JSON.stringify(source)} under "sources" there by hand`;
  reports.push(warningAt(place, "--secrets is not written: the file is kept, and has no such source", hint));
}

function group(secrets: readonly ResolvedSecret[]): ReadonlyMap<string, readonly ResolvedSecret[]> {
  const groups = new Map<string, ResolvedSecret[]>();
  for (const secret of secrets) {
    const others = groups.get(secret.application);
    if (others === undefined) groups.set(secret.application, [secret]);
    else others.push(secret);
  }
  return groups;
}

function pullSecretFile(name: string): ImportedFile {
  const description = "Pull secrets of Docker registries, as .dockerconfigjson";
  const parameters = new Map([[name, { description, generate: { type: "dockerconfigjson" } }]]);
  const origin = "Imported from Phalanx: the pull secret, which no file of the checkout declares";
  return replicationFile(fileName(PULL_SECRET.application), origin, { parameters, adopt: [] });
}
