import path from "node:path";
import { errorAt, type Origin } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";
import type { Checkout } from "./checkout.ts";
import { childOf, isMapping, keysOf, type Layers, topOf } from "./layers.ts";
import { readValues } from "./values-files.ts";
import { isTruthy, textOf } from "./yaml-node.ts";

/** What the environment's values files say of it, as far as secrets are concerned. */
export interface PhalanxEnvironment {
  /** The names of all applications that the values files know, sorted, each with whether it is enabled. */
  readonly applications: ReadonlyMap<string, boolean>;
  readonly vaultUrl: string;
  readonly vaultPathPrefix: string;
  /** The place of `vaultPathPrefix`. */
  readonly at: Origin;
  /** Absent where the environment does not use 1Password. */
  readonly onepassword?: { readonly connect: string; readonly vault: string; readonly at: Origin };
}

/** A reader of the environments that `environmentsOf` names; what all of them share is read once. */
export function environmentReader(
  { folder, cwd }: Checkout,
  problems: Problem[],
): (name: string, problems: Problem[]) => PhalanxEnvironment {
  const file = (base: string) => path.join(folder, "environments", base);
  const shared = readValues([file("values.yaml")], cwd, problems);
  return (name, own) =>
    readPhalanxEnvironment([...shared, ...readValues([file(`values-${name}.yaml`)], cwd, own)], own);
}

function readPhalanxEnvironment(values: Layers, problems: Problem[]): PhalanxEnvironment {
  const applications = childOf(values, "applications");
  const prefix = childOf(values, "vaultPathPrefix");
  const onepassword = childOf(values, "onepassword");
  const connectAt = onepassword && childOf(onepassword, "connectUrl");
  const connect = textAt(connectAt);
  if (applications === undefined || !isMapping(applications)) {
    const at = topOf(applications ?? values).at;
    problems.push(errorAt(at, "applications is no mapping of names to true or false"));
  }
  return {
    applications: new Map(
      (applications === undefined ? [] : keysOf(applications)).map((key) => {
        const enabled = applications && childOf(applications, key);
        return [key, enabled !== undefined && isTruthy(topOf(enabled))];
      }),
    ),
    vaultUrl: textAt(childOf(values, "vaultUrl")),
    vaultPathPrefix: textAt(prefix),
    at: topOf(prefix ?? values).at,
    ...(connect === "" || connectAt === undefined || onepassword === undefined
      ? {}
      : {
          onepassword: {
            connect,
            vault: textAt(childOf(onepassword, "vaultTitle")),
            at: topOf(connectAt).at,
          },
        }),
  };
}

function textAt(layers: Layers | undefined): string {
  return (layers === undefined ? undefined : textOf(topOf(layers))) ?? "";
}
