import { OWN_ROOT, type ParameterName } from "./name.ts";

/** Where an environment's digest key lies. */
export function digestKeyName(environment: string): ParameterName {
  return `${OWN_ROOT}${environment}/digest-key` as ParameterName;
}

/** Below which the copies lie that are kept of what an environment deleted. */
export function keptRoot(environment: string): string {
  return `${OWN_ROOT}${environment}/deleted/`;
}

/** Where it is written who applies to an environment. */
export function lockName(environment: string): ParameterName {
  return `${OWN_ROOT}${environment}/lock` as ParameterName;
}

/** The namespace of CloudWatch's in which replicators count what they did. */
export const METRICS = "paraform";
