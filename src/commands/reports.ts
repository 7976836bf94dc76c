import { resolve } from "node:path";
import { UserError } from "../model/error.ts";
import type { Host } from "./host.ts";

/** A file that a plan or a result is also written to, in a format of its own. */
export interface Report<Format> {
  readonly format: Format;
  write(text: string): Promise<void>;
}

/**
 * The files of `--report FORMAT=FILE`, each found writable: whoever waits for one learns before any call to AWS that
 * there will be none. @throws UserError
 */
export async function openReports<Format extends string>(
  host: Host,
  given: readonly string[] | undefined,
  folder: string,
  formats: readonly Format[],
): Promise<Report<Format>[]> {
  const named = (given ?? []).map((text) => parseReport(text, formats));
  return Promise.all(
    named.map(async ({ format, file }) => ({
      format,
      write: await host.openReport(resolve(folder, file)),
    })),
  );
}

function parseReport<Format extends string>(text: string, formats: readonly Format[]) {
  const [, word, file] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  const format = formats.find((known) => known === word);
  if (format !== undefined && file !== undefined) return { format, file };
  throw new UserError("--report takes FORMAT=FILE", { hint: `formats are ${formats.join(", ")}` });
}
