import type { Argv } from "yargs";
import type { PolicyDocument } from "../access/policy-document.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { outputOptions, storeOptions } from "./options.ts";
import type { OpenStore } from "./session.ts";

function options(yargs: Argv) {
  return outputOptions(storeOptions(yargs)).option("policy", {
    type: "string",
    requiresArg: true,
    describe: "Print the least IAM policy of a principal, as planner, applier, owner-dba, service-a",
  });
}

/** Says what this identity may and may not do in an environment, or which policy a principal needs there. */
async function doctor(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { withStore } = await import("./session.ts");
  const { examine } = await import("./examine.ts");
  const { renderCheckup } = await import("../render/human-checkup.ts");
  const { renderJson } = await import("../render/json.ts");
  return withStore(host, given, async (open) => {
    if (given.policy !== undefined) {
      for (const document of await policiesOf(open, given.policy)) host.print(renderJson(document));
      return EXIT.done;
    }
    const checkup = await examine(open);
    const document = { format_version: "1.0", ...checkup };
    const human = () => renderCheckup(checkup, { color: host.color.stdout });
    host.print(given.format === "json" ? renderJson(document) : human());
    return checkup.checks.some(({ state }) => state === "missing") ? EXIT.error : EXIT.done;
  });
}

/** @throws UserError for an unknown principal, an embedded store, and a key whose ARN cannot be found out */
async function policiesOf(
  { config, graph, connection }: OpenStore,
  wanted: string,
): Promise<PolicyDocument[]> {
  const { keysNamed, principalsOf } = await import("../access/access.ts");
  const { keyArnOfId, placeOf } = await import("../access/place.ts");
  const { principalId } = await import("../access/principal.ts");
  const { rolePolicies } = await import("../access/role-policies.ts");
  const { describeKey } = await import("../store/identity.ts");
  const place = placeOf(config.environment, String);
  const arns = new Map<string, string>();
  for (const key of keysNamed(config, graph)) {
    if (key.startsWith("arn:")) arns.set(key, key);
    else if (!key.startsWith("alias/")) arns.set(key, keyArnOfId(place, key));
    else {
      const found = await describeKey(connection, key);
      if (found.kind === "key") arns.set(key, found.arn);
    }
  }
  const keyArn = (key: string) => {
    const arn = arns.get(key);
    if (arn !== undefined) return arn;
    throw new UserError(`KMS key ${key} does not exist or may not be described`, {
      hint: "a policy needs its ARN: ask with an identity that has kms:DescribeKey",
    });
  };
  const principals = principalsOf(config, graph, { ...place, keyArn });
  const found = principals.find((principal) => principalId(principal) === wanted);
  if (found === undefined) {
    throw new UserError("--policy names no principal of this environment", {
      hint: `its principals are ${principals.map(principalId).join(", ")}`,
    });
  }
  const { managed, inline } = rolePolicies(found);
  return [...managed, ...inline];
}

export const doctorCommand = command({
  spec: "doctor",
  describe: "Show what this identity may do here, or the policy that it needs",
  options,
  run: doctor,
});
