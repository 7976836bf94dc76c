import type { Environment } from "../config/environment.ts";
import type { ParameterName } from "../model/name.ts";
import { ownerPathOf } from "./owner.ts";

/**
 * Who reads what lies below one path: a service its own, an owner the paths of its keys. What is shared is any service's to
 * follow, and so is told apart from what is one owner's; each reads the copies below its own path.
 */
export interface Reader {
  readonly kind: "service" | "shared" | "owner";
  /** Without a slash at its end: `/app/data-changer`, `/shared`, `/dba`. */
  readonly path: string;
}

/**
 * Tells the one reader of a parameter. An owner of everything (`/**`), and what is nobody's, are told apart by the first
 * segment: that one may read all of it does not make it one place.
 */
export function readerOf(environment: Environment): (name: ParameterName) => Reader {
  const { service, shared } = environment.namespaces;
  const ownerPath = ownerPathOf(environment);
  return (name) => {
    const of = serviceIn(service, name);
    if (of !== undefined) return { kind: "service", path: `${service}/${of}` };
    if (name.startsWith(`${shared}/`)) return { kind: "shared", path: shared };
    const path = ownerPath(name) ?? "/";
    return { kind: "owner", path: path === "/" ? firstFolder(name) : path.slice(0, -1) };
  };
}

/** The services that have a name among these, in the order of the alphabet. */
export function servicesAmong(
  { namespaces }: Pick<Environment, "namespaces">,
  names: Iterable<ParameterName>,
): string[] {
  return [...new Set([...names].flatMap((name) => serviceIn(namespaces.service, name) ?? []))].sort();
}

/** NAME of `/app/NAME/…`. */
function serviceIn(root: string, name: ParameterName): string | undefined {
  return name.startsWith(`${root}/`) ? /^([^/]+)\//.exec(name.slice(root.length + 1))?.[1] : undefined;
}

function firstFolder(name: ParameterName): string {
  return /^\/[^/]+(?=\/)/.exec(name)?.[0] ?? "/";
}
