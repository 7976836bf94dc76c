import { actionOf } from "../plan/action.ts";
import type { Plan, ResourceChange } from "../plan/plan.ts";
import { attributeLines } from "./attribute-lines.ts";
import { painter } from "./colour.ts";

/** A folder whose reader sees other values after apply than before. */
export interface Service {
  /** The first two segments of the names: `/app/data-changer`. */
  readonly folder: string;
  readonly changes: readonly ResourceChange[];
}

/**
 * The services to redeploy, as far as a plan tells: the folders in which a value comes, changes or goes, and which
 * consume. A folder consumes when a copy or merge from another folder ends in it; and so does a value that nothing
 * in the plan follows from, for somebody must read it. What an owner's folder only passes on asks for no redeploy.
 */
export function servicesOf(plan: Plan): Service[] {
  const passedOn = new Set<string>();
  const receivers = new Set<string>();
  for (const { address, origin } of plan.resource_changes) {
    for (const source of origin?.sources ?? []) {
      passedOn.add(source.address);
      if (folderOf(source.address) !== folderOf(address)) receivers.add(folderOf(address));
    }
  }
  const services = new Map<string, ResourceChange[]>();
  for (const change of plan.resource_changes) {
    const folder = folderOf(change.address);
    if (!receivers.has(folder) && passedOn.has(change.address)) continue;
    if (!changesValue(change)) continue;
    const changes = services.get(folder);
    if (changes === undefined) services.set(folder, [change]);
    else changes.push(change);
  }
  return [...services]
    .map(([folder, changes]) => ({ folder, changes }))
    .sort((one, other) => (one.folder < other.folder ? -1 : 1));
}

/** The first `depth` segments of a name, of a short one all but its last. */
export function folderOf(address: string, depth = 2): string {
  const segments = address.split("/").slice(1, -1).slice(0, depth);
  return `/${segments.join("/")}`;
}

function changesValue(change: ResourceChange): boolean {
  const action = actionOf(change);
  if (action === "no-op" || action === "forget") return false;
  return attributeLines(change, painter(false), false).lines.some(({ key }) => key === "value");
}
