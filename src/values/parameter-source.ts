import type { LocationOf } from "../config/source-location.ts";
import { nameProblem, OWN_ROOT, type ParameterName } from "../model/name.ts";
import type { Problem } from "../model/problem.ts";
import { nameMap } from "./name-map.ts";
import type { Source, SourceContext } from "./source.ts";
import { type FoundValue, NOTHING } from "./source-reading.ts";

/** Other parameters of the same store, at their current version. */
export function parameterSource(
  { kind, at, map }: LocationOf<"parameter">,
  { store }: Pick<SourceContext, "store">,
): Source {
  const mapped = nameMap(map);
  return {
    kind,
    mayHave: (name) => mapped(name) !== undefined,
    async read(wanted) {
      const values = new Map<ParameterName, FoundValue>();
      const problems: Problem[] = [];
      const fail = (summary: string, hint: string) =>
        problems.push({ severity: "error", ...at, summary, hint });
      const pairs = [...wanted].flatMap((name) => {
        const place = mapped(name);
        if (place === undefined) return [];
        const other = place.fill(place.entry.parameter);
        if (isSupplier(other, name)) return [{ name, other }];
        fail(`${name} cannot be read from where the map says`, "name another parameter of yours");
        return [];
      });
      if (pairs.length === 0) return { ...NOTHING, problems };
      const readings = await store.read(pairs.map(({ other }) => ({ name: other })));
      for (const [index, { name, other }] of pairs.entries()) {
        const reading = readings[index];
        if (reading?.kind === "value")
          values.set(name, {
            value: reading.value,
            from: `parameter ${other}`,
            at,
            readFrom: { name: other, type: reading.type },
          });
        if (reading?.kind === "denied")
          fail(`parameter ${other} may not be read`, "grant this identity ssm:GetParameters and kms:Decrypt");
      }
      return { values, problems, findings: [] };
    },
  };
}

/** Not the parameter itself, and none of paraform's own, whose key would open every stamp. */
export function isSupplier(other: string, name: ParameterName): other is ParameterName {
  return nameProblem(other) === undefined && other !== name && !other.startsWith(OWN_ROOT);
}
