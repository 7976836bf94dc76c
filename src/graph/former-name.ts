import type { Move } from "../config/lifecycle.ts";
import type { ParameterName } from "../model/name.ts";

/** A name that a parameter had before. */
export interface FormerName {
  readonly name: ParameterName;
  /** It lies under a `public` glob. */
  readonly public: boolean;
  readonly protected: boolean;
}

/** What each name that is moved to was called before, the nearest first: of a → b → c, c was b, and a before that. */
export function formerNames(moves: readonly Move[]): ReadonlyMap<ParameterName, readonly ParameterName[]> {
  const before = new Map(moves.map(({ from, to }) => [to, from]));
  const chain = (to: ParameterName): ParameterName[] => {
    const names: ParameterName[] = [];
    let name = before.get(to);
    while (name !== undefined && name !== to && !names.includes(name)) {
      names.push(name);
      name = before.get(name);
    }
    return names;
  };
  return new Map([...before.keys()].map((to) => [to, chain(to)]));
}
