import { resolve } from "node:path";
import { UserError } from "../model/error.ts";
import type { Host } from "./host.ts";
import { PLAN_FORMATS, type PlanFormat } from "./options.ts";

/** A file that a plan is also written to, in a format of its own. */
export interface Report {
  readonly format: PlanFormat;
  write(text: string): Promise<void>;
}

/**
 * The files of `--report FORMAT=FILE`, each found writable: whoever waits for one learns before any call to AWS that
 * there will be none. @throws UserError
 */
export async function openReports(
  host: Host,
  given: readonly string[] | undefined,
  folder: string,
): Promise<Report[]> {
  const named = (given ?? []).map(parseReport);
  return Promise.all(
    named.map(async ({ format, file }) => ({
      format,
      write: await host.openReport(resolve(folder, file)),
    })),
  );
}

function parseReport(text: string): { format: PlanFormat; file: string } {
  const [, word, file] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  const format = PLAN_FORMATS.find((known) => known === word);
  if (format !== undefined && file !== undefined) return { format, file };
  throw new UserError("--report takes FORMAT=FILE", { hint: `formats are ${PLAN_FORMATS.join(", ")}` });
}
