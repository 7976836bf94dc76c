import type { ParameterName } from "../../src/model/name.ts";
import { auditPlan, valuesToAudit } from "../../src/plan/audit.ts";
import type { PlanInputs } from "../../src/plan/plan.ts";
import { renderAudit } from "../../src/render/audit-report.ts";
import type { World } from "./world.ts";

export interface Audited {
  /** The report, as it is printed. */
  readonly report: string;
  readonly untold: readonly ParameterName[];
  /** The names whose values were read for it. */
  readonly read: readonly ParameterName[];
}

/** What `audit` does with a world. @throws the failure of a store that could not be read */
export async function auditWorld(world: World, inputs: Partial<PlanInputs> = {}): Promise<Audited> {
  const result = await world.result(inputs);
  if (!result.complete) throw result.failure;
  const { planned } = result;
  const read = valuesToAudit(planned.decisions);
  const readings = await world.session.store.read(read.map((name) => ({ name })));
  const audit = auditPlan(
    planned,
    new Map(read.map((name, index) => [name, readings[index] ?? { kind: "absent" }])),
  );
  const { scopes } = world.session.config.environment;
  const { lacking } = world.session.supplied;
  return {
    report: renderAudit({ audit, lacking, scopes: scopes.map(({ path }) => path) }),
    untold: audit.untold,
    read,
  };
}
