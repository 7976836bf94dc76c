import type { VersionRecord } from "../plan/version-record.ts";
import { painter } from "./colour.ts";
import { escapeText, quoteText } from "./escape.ts";
import { aligned, counted } from "./wording.ts";

/** The kept versions of a parameter, the newest first, and never a value. Ends with a newline. */
export function renderHistory(
  address: string,
  versions: readonly VersionRecord[],
  options: { readonly color: boolean },
): string {
  const paint = painter(options.color);
  const heading = `${escapeText(address)}: ${counted(versions.length, "version")} kept`;
  const rows = versions
    .toReversed()
    .map((record) => [`  ${record.version}`, `${whenText(record)}   ${writerText(record)}`] as const);
  return `${[paint(heading, "bold"), ...aligned(rows)].join("\n")}\n`;
}

function whenText({ last_modified: when, last_modified_user: who }: VersionRecord): string {
  return `${escapeText(when)}${who === undefined ? "" : ` by ${escapeText(who)}`}`;
}

function writerText({ written_by, owner, rule, plan, same_value_as, labels }: VersionRecord): string {
  const same = same_value_as === undefined ? "" : `, same value as version ${same_value_as}`;
  const rest = `${same}${labels.length === 0 ? "" : `, labelled ${labels.map(quoteText).join(", ")}`}`;
  const how = plan === null ? "put by hand" : `plan ${escapeText(plan ?? "")}`;
  switch (written_by) {
    case "ours":
      return `${rule}, ${how}${rest}`;
    case "other_owner":
      return `${rule} of ${quoteText(owner ?? "")}, ${how}${rest}`;
    case "outside":
      return `outside paraform${rest}`;
    case "unverified":
      return `its stamp does not verify${rest}`;
  }
}
