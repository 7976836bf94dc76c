/** A parameter as Phalanx speaks of secrets: the application that it belongs to, and its key there. */
export interface ApplicationKey {
  readonly application: string;
  readonly key: string;
}

/**
 * In an environment with one scope the application is the segment below it and the key what follows, which may hold
 * slashes. With several scopes the application begins with its scope (`app/data-changer`), and what has no segment
 * between a scope and its key, or lies in no scope, has its whole path for one (`/shared/tls`): no two names are one.
 */
export function applicationKey(name: string, scopes: readonly string[]): ApplicationKey {
  const scope = scopes
    .filter((one) => name.startsWith(one))
    .reduce((longest, one) => (one.length > longest.length ? one : longest), "");
  const [segment = "", ...rest] = name.slice(scope.length).split("/");
  if (scope === "" || rest.length === 0) {
    const slash = name.lastIndexOf("/");
    return { application: name.slice(0, slash) || "/", key: name.slice(slash + 1) };
  }
  return { application: scopes.length === 1 ? segment : `${scope.slice(1)}${segment}`, key: rest.join("/") };
}
