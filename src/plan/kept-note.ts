import type { Decision } from "./decision.ts";
import { keptCopyOf } from "./kept-name.ts";
import type { World } from "./pass.ts";
import type { Diagnostic } from "./plan.ts";
import { remark } from "./verdict.ts";

/** Says of a parameter that is gone, and whose value nothing at hand can tell, that the value it had is still kept. */
export function keptNotes({ ring, kept }: World, decided: Decision): readonly Diagnostic[] {
  const { parameter, standing, verdict, source } = decided;
  if (standing.kind !== "absent" || keptCopyOf(ring, kept, parameter.name) === undefined) return [];
  const missing = verdict.kind === "blocked" && verdict.reason === "missing";
  const replaced = verdict.kind === "change" && (source.kind === "generated" || source.kind === "asked");
  if (!missing && !replaced) return [];
  const command = `paraform undelete ${parameter.name} --env ${ring.place.environment}`;
  const what = `was deleted, and ${command} brings it back with the value that it had`;
  return [remark(parameter, "note", "copy_kept", what)];
}
