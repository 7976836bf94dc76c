import type { Problem } from "../model/problem.ts";
import type { Environment } from "./environment.ts";
import { placeOf } from "./json-node.ts";
import { errorAt } from "./origin.ts";
import type { ParameterNames } from "./parameter-names.ts";
import type { ReplicationFile } from "./replication-file.ts";

/**
 * The service's namespace of an app file, with its slash at the end: `twig`, or what the absolute names of
 * `app_figs` have in common. Figgy derives it from one arbitrary element
 * (figgy-cli, utils.py get_namespace); here they must all agree. `undefined` when it was reported.
 */
export function readTwig(
  root: ReplicationFile,
  parts: readonly ReplicationFile[],
  names: ParameterNames,
  namespaces: Environment["namespaces"],
  problems: Problem[],
): string | undefined {
  const { service } = namespaces;
  if (root.value.twig !== undefined) {
    const at = placeOf(root.node, ["twig"]);
    const name = names.read(root.value.twig.replace(/\/$/, ""), "twig", at);
    if (name === undefined) return undefined;
    if (name.startsWith(`${service}/`)) return `${name}/`;
    problems.push(
      errorAt(at, `the twig ${name}/ lies outside ${service}/`, `a service's twig is ${service}/SERVICE/`),
    );
    return undefined;
  }
  const twigs = new Set<string>();
  for (const part of parts) {
    part.value.app_figs?.forEach((text, index) => {
      const twig = serviceTwig(names.expand(text, placeOf(part.node, ["app_figs", index])) ?? "", service);
      if (twig !== undefined) twigs.add(twig);
    });
  }
  const [twig, another] = twigs;
  if (twig !== undefined && another === undefined) return twig;
  const at = placeOf(root.node, ["app_figs"]);
  if (another === undefined) problems.push(errorAt(at, "no twig can be told from app_figs", 'add "twig"'));
  else problems.push(errorAt(at, `app_figs lie in several twigs: ${[...twigs].join(", ")}`, 'add "twig"'));
  return undefined;
}

function serviceTwig(name: string, service: string): string | undefined {
  if (!name.startsWith(`${service}/`)) return undefined;
  const [segment, rest] = name.slice(service.length + 1).split("/");
  if (rest === undefined || !/^[A-Za-z0-9_-]+$/.test(segment ?? "")) return undefined;
  return `${service}/${segment}/`;
}
