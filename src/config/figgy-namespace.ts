import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import type { Environment } from "./environment.ts";
import { errorAt, type Origin } from "./origin.ts";

/** Who may write what from where, by Figgy's rules; each question reports the problem when its answer is no. */
export interface FiggyNamespace {
  allowsSource(name: ParameterName, origin: Origin): boolean;
  allowsDestination(name: ParameterName, origin: Origin): boolean;
  allowsInput(name: ParameterName, origin: Origin): boolean;
}

/**
 * Services take from shared and service names into their own twig and merge what lies in it; owners take from
 * anywhere into services. `twig` is absent for an owner, and for a service whose twig is not known.
 */
export function figgyNamespace(
  file: { readonly ofApp: boolean; readonly twig: string | undefined },
  { service, shared }: Environment["namespaces"],
  problems: Problem[],
): FiggyNamespace {
  const inService = (name: string) => name.startsWith(`${service}/`);

  function refuse(origin: Origin, summary: string, hint: string): false {
    problems.push(errorAt(origin, summary, hint));
    return false;
  }

  return {
    allowsSource(name, origin) {
      if (!file.ofApp || inService(name) || name.startsWith(`${shared}/`)) return true;
      return refuse(
        origin,
        `${name} is no source for a service: it lies outside ${shared}/ and ${service}/`,
        "its owner replicates it from a file without twig and app_figs",
      );
    },
    allowsDestination(name, origin) {
      if (!inService(name)) {
        return refuse(
          origin,
          `${name} lies outside ${service}/`,
          "Figgy files write to services only; a native file may write elsewhere",
        );
      }
      if (file.twig === undefined || name.startsWith(file.twig)) return true;
      return refuse(
        origin,
        `${name} lies outside the twig ${file.twig}`,
        "a service's file writes into its own twig only",
      );
    },
    allowsInput(name, origin) {
      if (file.twig === undefined || name.startsWith(file.twig)) return true;
      return refuse(
        origin,
        `${name} lies outside the twig ${file.twig}`,
        "a service merges what lies in its own twig: replicate it there first",
      );
    },
  };
}
