import type { Argv } from "yargs";
import { EXIT, type ExitCode } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";

export const SCHEMA_NAMES = ["environment", "replication", "plan", "events"] as const;
export type SchemaName = (typeof SCHEMA_NAMES)[number];

/** The published JSON Schema of a kind of file: what `schemas/` holds. */
export async function schemaDocument(name: SchemaName): Promise<object> {
  const { z } = await import("zod");
  switch (name) {
    case "environment": {
      const { environmentSchema } = await import("../config/environment-schema.ts");
      return { title: "paraform environment.json", ...z.toJSONSchema(environmentSchema, { io: "input" }) };
    }
    case "replication": {
      const { replicationSchema } = await import("../config/replication-schema.ts");
      return { title: "paraform replication config", ...z.toJSONSchema(replicationSchema, { io: "input" }) };
    }
    case "plan": {
      const { planSchema } = await import("../plan/plan.ts");
      return { title: "paraform plan", ...z.toJSONSchema(planSchema) };
    }
    case "events": {
      const { eventSchema } = await import("../render/event.ts");
      return { title: "paraform event, one line of --json", ...z.toJSONSchema(eventSchema) };
    }
  }
}

function options(yargs: Argv) {
  return yargs.positional("name", {
    choices: SCHEMA_NAMES,
    demandOption: true,
    describe: "Which file's schema",
  });
}

async function schema(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { renderJson } = await import("../render/json.ts");
  host.print(renderJson(await schemaDocument(given.name)));
  return EXIT.done;
}

export const schemaCommand = command({
  spec: "schema <name>",
  describe: "Print a JSON Schema: environment, replication, plan or events",
  options,
  run: schema,
});
