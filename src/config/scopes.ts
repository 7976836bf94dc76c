import type { Scope } from "./environment.ts";

/**
 * Scopes that end with a slash, sorted by path, without those that another one of the same kind contains.
 * An exclusive scope and one that is not never fold into each other, since they sweep by different rules.
 */
export function foldScopes(scopes: readonly Scope[]): Scope[] {
  const kept: Scope[] = [];
  for (const scope of [...scopes].sort((a, b) => a.path.length - b.path.length)) {
    const contained = kept.some(
      (one) => one.exclusive === scope.exclusive && scope.path.startsWith(one.path),
    );
    if (!contained) kept.push(scope);
  }
  return kept.sort((a, b) => (a.path < b.path ? -1 : 1));
}
