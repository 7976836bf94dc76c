import type { ResourceChange } from "../plan/plan.ts";
import { carriesValue } from "./carried.ts";
import type { Foreign } from "./escape.ts";
import { listedUpTo } from "./wording.ts";

type PlanOrigin = NonNullable<ResourceChange["origin"]>;
type PlanSource = PlanOrigin["sources"][number];

/** More sources than this are counted: the config and the plan's JSON name them all. */
const MOST_SOURCES = 10;

/** Of a change that the guard `exposure` counts. */
export const EXPOSED = "more can read it than before";

/**
 * Why a parameter changes, where its value comes from if that says more, and first of all when it is lost: phrases for
 * below its heading.
 */
export function reasonTexts(change: ResourceChange, foreign: Foreign): string[] {
  const { expires } = change;
  const end =
    expires === undefined
      ? []
      : [
          `Parameter Store deletes it at ${foreign(expires)} by its Expiration policy, and no copy of it is kept`,
        ];
  return [...end, ...causeTexts(change, foreign)];
}

function causeTexts(change: ResourceChange, foreign: Foreign): string[] {
  const { origin } = change;
  const whence = origin === null ? [] : [valueText(origin, foreign)];
  switch (change.action_reason) {
    case "missing":
      return origin === null ? ["it does not exist yet"] : whence;
    case "moved":
      return movedTexts(change, foreign);
    case "adopted":
      return ["adopted: it exists and comes under this configuration", ...whence];
    case "regenerate":
      return ["a new value is generated, as --regenerate asks"];
    case "rollback":
      return ["rolled back", ...whence];
    case "changed_outside":
      return [`changed outside paraform${liveText(change, foreign)}`, ...whence];
    case "source_changed":
      return [sourceChangedText(origin, foreign)];
    case "value_changed":
      return [valueChangedText(origin, foreign)];
    case "attribute_changed":
      return ["its attributes changed in the configuration"];
    case "stamp_renewed":
      return ["only its stamp is renewed: value and attributes stay"];
    case "not_in_config":
      if (change.change.actions[0] === "forget") return ["removed with destroy: false: only our stamp goes"];
      return ["because it is not in configuration"];
    case null:
      return ["nothing changes"];
  }
}

function movedTexts(change: ResourceChange, foreign: Foreign): string[] {
  const { origin, previous_address = "" } = change;
  const value =
    carriesValue(change) || origin === null ? "its value goes with it" : valueText(origin, foreign);
  return [`${value}; ${foreign(previous_address)} is deleted once it is written`];
}

/** The same for a line that begins with the name, which it need not say again. */
export function reasonTextsBeside(change: ResourceChange, foreign: Foreign): string[] {
  return change.action_reason === "not_in_config" && change.change.actions[0] === "delete"
    ? ["it is not in configuration"]
    : reasonTexts(change, foreign);
}

/** Where the config declares it, as editors and terminals open it; empty for what is in no config. */
export function placeText(origin: ResourceChange["origin"], foreign: Foreign): string {
  return origin === null ? "" : foreign(`${origin.file}:${origin.line}`);
}

/** Where the value comes from: `copy of /dba/pw version 3`. */
function valueText(origin: PlanOrigin, foreign: Foreign): string {
  switch (origin.rule) {
    case "static":
      return suppliedText(origin.supplied_by, foreign);
    case "value":
      return "literal value";
    case "copy":
      return `copy of ${sourcesText(origin.sources, foreign)}`;
    case "merge":
      return origin.sources.length === 0
        ? "merge of literals alone"
        : `merge of ${sourcesText(origin.sources, foreign)}`;
    case "generate":
      if (origin.supplied_by !== undefined) return suppliedText(origin.supplied_by, foreign);
      return origin.sources.length === 0
        ? "generated once and kept"
        : `derived from ${sourcesText(origin.sources, foreign)}`;
    case "exists":
      return "only referred to";
  }
}

function suppliedText(suppliedBy: string | undefined, foreign: Foreign): string {
  if (suppliedBy === undefined) return "its live value stays";
  if (suppliedBy === "prompt") return "its value is asked for at apply";
  return `value from ${foreign(suppliedBy)}`;
}

function sourceChangedText(origin: PlanOrigin | null, foreign: Foreign): string {
  if (origin === null || origin.sources.length === 0) return "its source changed";
  const planned = origin.sources.filter((source) => source.version === "planned");
  if (planned.length > 0) {
    const names = listedUpTo(MOST_SOURCES, planned, ({ address }) => foreign(address));
    const [noun, verb] = planned.length === 1 ? ["source", "changes"] : ["sources", "change"];
    return `its ${noun} ${names} ${verb} in this plan`;
  }
  if (origin.sources.length === 1) return `its source changed: ${sourcesText(origin.sources, foreign)}`;
  return `a source changed: ${valueText(origin, foreign)}`;
}

function valueChangedText(origin: PlanOrigin | null, foreign: Foreign): string {
  switch (origin?.rule) {
    case "static":
      return origin.supplied_by === undefined
        ? "its value changed"
        : `new ${suppliedText(origin.supplied_by, foreign)}`;
    case "value":
      return "its literal value changed in the configuration";
    case "copy":
    case "merge":
    case "generate":
      return `its rule changed: ${valueText(origin, foreign)}`;
    case "exists":
    case undefined:
      return "its value changed";
  }
}

function liveText(change: ResourceChange, foreign: Foreign): string {
  const live = change.precondition;
  return live === null ? "" : `: live is version ${live.version} of ${foreign(live.last_modified)}`;
}

function sourcesText(sources: readonly PlanSource[], foreign: Foreign): string {
  return listedUpTo(MOST_SOURCES, sources, ({ address, version }) =>
    version === "planned" ? `${foreign(address)} as planned` : `${foreign(address)} version ${version}`,
  );
}
