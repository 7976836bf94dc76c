import type { LocationOf } from "../config/source-location.ts";
import type { ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import type { Structure } from "../model/rule.ts";
import { Secret } from "../model/secret.ts";
import { atOnce } from "./at-once.ts";
import { type Mapped, nameMap } from "./name-map.ts";
import type { Source } from "./source.ts";
import { type FoundValue, type Lack, NOTHING, type SourceReading } from "./source-reading.ts";
import { EMPTY_DOCUMENT } from "./structure.ts";

/** What a container has for one name. `why` follows `the value of NAME in FROM`. */
export type Picked =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unusable"; readonly why: string; readonly hint: string };

/** How values are found that lie in containers (an item, a secret) on a server. */
export interface Remote<Entry, Contents> {
  /** The container that has a name's value. */
  containerOf(mapped: Mapped<Entry>): string;
  /** Whether a filled-in container lies where its template says; all do unless said. */
  fits?(container: string): boolean;
  /** As plans name it. */
  from(container: string): string;
  /** Called once, and only when something is wanted; what it returns fetches a container, `undefined` when there is none. @throws UserError */
  open(): Promise<(container: string) => Promise<Contents | undefined>>;
  pick(contents: Contents, mapped: Mapped<Entry>, name: ParameterName): Picked;
  /** The names that are composed of what a container has; one that has nothing for them says something too. */
  readonly structures?: ReadonlyMap<ParameterName, Structure>;
}

/** A source on a server: every container is fetched once, however many names have their value in it. */
export function remoteSource<Entry extends { readonly names: string }, Contents>(
  { kind, at, map }: RemoteLocation<Entry>,
  remote: Remote<Entry, Contents>,
): Source {
  const mapped = nameMap(map);
  const fits = (container: string) => remote.fits?.(container) ?? true;

  function read(
    contents: ReadonlyMap<string, Contents | undefined>,
    names: Iterable<ParameterName>,
  ): SourceReading {
    const values = new Map<ParameterName, FoundValue>();
    const problems: Problem[] = [];
    const fallbacks = new Map<ParameterName, FoundValue>();
    const lacking = new Map<ParameterName, Lack>();
    for (const name of names) {
      const place = mapped(name);
      if (place === undefined) continue;
      const container = remote.containerOf(place);
      const from = remote.from(container);
      if (!fits(container)) {
        const summary = `the value of ${name} would be looked for in ${from}, which leads out of its template`;
        problems.push({ severity: "error", ...at, summary, hint: "give the name an entry of its own" });
        continue;
      }
      const found = contents.get(container);
      const picked: Picked = found === undefined ? { kind: "absent" } : remote.pick(found, place, name);
      if (picked.kind === "text") values.set(name, { value: new Secret(picked.text), from, at });
      if (picked.kind === "absent") {
        const structure = remote.structures?.get(name);
        const empty = structure === undefined ? undefined : EMPTY_DOCUMENT[structure];
        if (empty !== undefined)
          fallbacks.set(name, { value: new Secret(empty), from, at, whenAbsent: true });
        if (structure === undefined) lacking.set(name, found === undefined ? "item" : "field");
      }
      if (picked.kind === "unusable") {
        const summary = `the value of ${name} in ${from} ${picked.why}`;
        problems.push({ severity: "error", ...at, summary, hint: picked.hint });
      }
    }
    return { values, problems, findings: [], fallbacks, lacking };
  }

  return {
    kind,
    mayHave: (name) => mapped(name) !== undefined,
    async read(wanted) {
      if (wanted.size === 0) return NOTHING;
      const places = [...wanted].flatMap((name) => mapped(name) ?? []);
      const containers = [...new Set(places.map((place) => remote.containerOf(place)))].filter(fits);
      const fetchOne = await remote.open();
      const contents = await atOnce(containers, fetchOne);
      return read(new Map(containers.map((container, index) => [container, contents[index]])), wanted);
    },
  };
}

type RemoteLocation<Entry> = Pick<LocationOf<"onepassword" | "vault" | "secrets-manager">, "kind" | "at"> & {
  readonly map: readonly Entry[];
};
