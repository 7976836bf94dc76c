import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { type App, TerraformStack } from "cdktf";
import { principalsOf } from "../src/access/access.ts";
import { keyArnOfId, type Place, placeOf } from "../src/access/place.ts";
import type { Principal } from "../src/access/principal.ts";
import { replicationsOf } from "../src/access/replication.ts";
import type { Compiled } from "../src/graph/compile.ts";
import { UserError } from "../src/model/error.ts";
import { addBackend } from "./backend.ts";
import { addKeys } from "./keys.ts";
import { literal } from "./literal.ts";
import { addOutputs } from "./outputs.ts";
import { addReplicators } from "./replicators.ts";
import { addRoles } from "./roles.ts";
import type { Settings } from "./settings.ts";

/** What is deployed with a stack and not made from its config. */
export interface Surroundings {
  readonly settings: Settings;
  /** The folder of the replicator's bundle, whose entry is `index.mjs`; without one no Lambda is made. */
  readonly bundle: string | undefined;
}

/** The oldest provider that has all that the stacks use. cdktf would pin the one that it was generated from. */
const PROVIDER = ">= 5.100";

/**
 * One environment's keys, roles and replicators. No parameter is made here: values never reach Terraform's state.
 * @throws UserError for an environment in an embedded store, and for a key that no policy can name
 */
export function addEnvironment(
  app: App,
  compiled: Compiled,
  { bundle, ...surroundings }: Surroundings,
): TerraformStack {
  const { graph } = compiled;
  const environment = literal(compiled.config.environment);
  const config = { ...compiled.config, environment };
  const settings = literal(surroundings.settings);
  const { account, region } = placeOf(environment, (key) => key);
  const stack = new TerraformStack(app, environment.name);
  addBackend(stack, environment.name, settings);
  new AwsProvider(stack, "aws", {
    region,
    allowedAccountIds: [account],
    defaultTags: [{ tags: { ...environment.tags } }],
  });
  stack.addOverride("terraform.required_providers.aws.version", PROVIDER);

  const keys = addKeys(stack, config, graph, settings.retiring[environment.name] ?? []);
  const place: Place = placeOf(environment, (key) => keys.arnOf(key) ?? keyArn(key));
  const principals = principalsOf(config, graph, place);
  keys.restrict(place, principals);
  const roles = addRoles(
    stack,
    place,
    settings.github === undefined ? principals : principals.map(forPullRequest),
    settings,
  );
  if (bundle !== undefined) {
    addReplicators(stack, {
      environment,
      groups: config.groups,
      place,
      roles,
      settings,
      bundle,
      replications: replicationsOf(environment, graph),
    });
  }
  addOutputs(stack, config, { roles, keys });
  return stack;

  /** Of somebody else's key. */
  function keyArn(key: string): string {
    if (/^arn:.*:alias\//.test(key)) {
      throw new UserError(`${key} names a key by its alias' ARN, to which policies grant nothing`, {
        hint: "write the alias alone and the stack makes the key, or the ARN of a key that is there",
      });
    }
    return key.startsWith("arn:") ? key : keyArnOfId(placeOf(environment, String), key.replace(/^key\//, ""));
  }
}

/** Any pull request's workflow plans, and lists no versions: what Strings were is told with them, and no plan asks. */
function forPullRequest(principal: Principal): Principal {
  if (principal.kind !== "planner") return principal;
  return { ...principal, statements: principal.statements.filter(({ Sid }) => Sid !== "ReadHistory") };
}
