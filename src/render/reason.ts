import type { ResourceChange } from "../plan/plan.ts";
import { escapeText } from "./escape.ts";
import { listed } from "./wording.ts";

type PlanOrigin = NonNullable<ResourceChange["origin"]>;
type PlanSource = PlanOrigin["sources"][number];

/** Why a parameter changes, and where its value comes from if that says more: phrases for below its heading. */
export function reasonTexts(change: ResourceChange): string[] {
  const { origin } = change;
  const whence = origin === null ? [] : [valueText(origin)];
  switch (change.action_reason) {
    case "missing":
      return origin === null ? ["it does not exist yet"] : whence;
    case "moved":
      return movedTexts(change);
    case "adopted":
      return ["adopted: it exists and comes under this configuration", ...whence];
    case "regenerate":
      return ["a new value is generated, as --regenerate asks"];
    case "rollback":
      return ["rolled back", ...whence];
    case "changed_outside":
      return [`changed outside paraform${liveText(change)}`, ...whence];
    case "source_changed":
      return [sourceChangedText(origin)];
    case "value_changed":
      return [valueChangedText(origin)];
    case "attribute_changed":
      return ["its attributes changed in the configuration"];
    case "stamp_renewed":
      return ["only its stamp is renewed: value and attributes stay"];
    case "not_in_config":
      if (change.change.actions[0] === "forget") return ["removed with destroy: false: only our stamp goes"];
      return [`because ${escapeText(change.address)} is not in configuration`];
    case null:
      return ["nothing changes"];
  }
}

function movedTexts({ origin, previous_address = "" }: ResourceChange): string[] {
  const carried =
    origin?.supplied_by === undefined && (origin?.rule === "static" || origin?.rule === "generate");
  const value = carried || origin === null ? "its value goes with it" : valueText(origin);
  return [`${value}; ${escapeText(previous_address)} is deleted once it is written`];
}

/** Where the config declares it, as editors and terminals open it; empty for what is in no config. */
export function placeText(origin: ResourceChange["origin"]): string {
  return origin === null ? "" : `${escapeText(origin.file)}:${origin.line}`;
}

/** Where the value comes from: `copy of /dba/pw version 3`. */
function valueText(origin: PlanOrigin): string {
  switch (origin.rule) {
    case "static":
      return suppliedText(origin.supplied_by);
    case "value":
      return "literal value";
    case "copy":
      return `copy of ${sourcesText(origin.sources)}`;
    case "merge":
      return `merge of ${sourcesText(origin.sources)}`;
    case "generate":
      if (origin.supplied_by !== undefined) return suppliedText(origin.supplied_by);
      return origin.sources.length === 0
        ? "generated once and kept"
        : `derived from ${sourcesText(origin.sources)}`;
    case "exists":
      return "only referred to";
  }
}

function suppliedText(suppliedBy: string | undefined): string {
  if (suppliedBy === undefined) return "its live value stays";
  if (suppliedBy === "prompt") return "its value is asked for at apply";
  return `value from ${escapeText(suppliedBy)}`;
}

function sourceChangedText(origin: PlanOrigin | null): string {
  if (origin === null || origin.sources.length === 0) return "its source changed";
  const planned = origin.sources.filter((source) => source.version === "planned");
  if (planned.length > 0) {
    const names = listed(planned.map((source) => escapeText(source.address)));
    const [noun, verb] = planned.length === 1 ? ["source", "changes"] : ["sources", "change"];
    return `its ${noun} ${names} ${verb} in this plan`;
  }
  if (origin.sources.length === 1) return `its source changed: ${sourcesText(origin.sources)}`;
  return `a source changed: ${valueText(origin)}`;
}

function valueChangedText(origin: PlanOrigin | null): string {
  switch (origin?.rule) {
    case "static":
      return origin.supplied_by === undefined
        ? "its value changed"
        : `new ${suppliedText(origin.supplied_by)}`;
    case "value":
      return "its literal value changed in the configuration";
    case "copy":
    case "merge":
    case "generate":
      return `its rule changed: ${valueText(origin)}`;
    case "exists":
    case undefined:
      return "its value changed";
  }
}

function liveText(change: ResourceChange): string {
  const live = change.precondition;
  return live === null ? "" : `: live is version ${live.version} of ${escapeText(live.last_modified)}`;
}

function sourcesText(sources: readonly PlanSource[]): string {
  return listed(
    sources.map(({ address, version }) =>
      version === "planned"
        ? `${escapeText(address)} as planned`
        : `${escapeText(address)} version ${version}`,
    ),
  );
}
