import { DataAwsIamOpenidConnectProvider } from "@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider/index.js";
import type { TerraformStack } from "cdktf";
import { accountRootArn, type Place } from "../src/access/place.ts";
import type { Condition } from "../src/access/policy-document.ts";
import type { Principal } from "../src/access/principal.ts";
import type { Settings } from "./settings.ts";

/** Services that say for which account they assume a role. Others, as EC2, say it not: they could assume none that asks. */
const TELLS_ACCOUNT: ReadonlySet<string> = new Set(["ecs-tasks.amazonaws.com"]);

/** A role's trust policy: it has no resource. */
export interface TrustDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly {
    readonly Effect: "Allow";
    readonly Principal: Readonly<Record<string, string | readonly string[]>>;
    readonly Action: readonly string[];
    readonly Condition?: Condition;
  }[];
}

const GITHUB = "token.actions.githubusercontent.com";

/**
 * Tells who may assume a principal's role. GitHub's tokens name the repository and, of a pull request, nothing but
 * that it is one; of a deployment the environment, whose reviewers GitHub asks. So a plan is for any pull request of
 * the repository and an apply for the environment of the same name.
 */
export function trustIn(
  stack: TerraformStack,
  place: Place,
  { github, owners, runtime }: Settings,
): (principal: Principal) => TrustDocument {
  const provider =
    github === undefined
      ? undefined
      : new DataAwsIamOpenidConnectProvider(stack, "github", { url: `https://${GITHUB}` });
  const trusted = new Map(Object.entries(owners[place.environment] ?? {}));
  const account = () => assumedBy({ AWS: accountRootArn(place) });
  const workflows = (...subjects: string[]) =>
    github === undefined || provider === undefined
      ? account()
      : assumedBy({ Federated: provider.arn }, "sts:AssumeRoleWithWebIdentity", {
          StringEquals: {
            [`${GITHUB}:aud`]: ["sts.amazonaws.com"],
            [`${GITHUB}:sub`]: subjects.map((subject) => `repo:${github.repository}:${subject}`),
          },
        });
  const ofOwner = (arns: readonly string[] | undefined) =>
    arns === undefined ? account() : assumedBy({ AWS: arns });
  const ofThisAccount = TELLS_ACCOUNT.has(runtime)
    ? { StringEquals: { "aws:SourceAccount": [place.account] } }
    : undefined;
  return ({ kind, name }) => {
    switch (kind) {
      case "planner":
        return workflows("pull_request", `ref:refs/heads/${github?.branch ?? "main"}`);
      case "applier":
        return workflows(`environment:${place.environment}`);
      case "initializer":
        return account();
      case "replicator":
        return assumedBy({ Service: "lambda.amazonaws.com" });
      case "owner":
        return ofOwner(trusted.get(name));
      case "service":
        return assumedBy({ Service: runtime }, "sts:AssumeRole", ofThisAccount);
    }
  };
}

function assumedBy(
  principal: TrustDocument["Statement"][number]["Principal"],
  action = "sts:AssumeRole",
  condition?: Condition,
): TrustDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: principal,
        Action: [action],
        ...(condition === undefined ? {} : { Condition: condition }),
      },
    ],
  };
}
