import type { Diagnostic } from "../plan/plan.ts";
import { type Paint, painter, type Style } from "./colour.ts";
import { escapeText } from "./escape.ts";
import type { Section } from "./refusals.ts";

const LABELS: Readonly<Record<Diagnostic["severity"], readonly [string, ...Style[]]>> = {
  error: ["Error:", "bold", "red"],
  warning: ["Warning:", "bold", "yellow"],
  note: ["Note:", "bold"],
};

/** A plan's diagnostics, the worst first, one section for each severity. */
export function diagnosticSections(diagnostics: readonly Diagnostic[], paint: Paint): Section[] {
  return (["error", "warning", "note"] as const).map((severity) =>
    diagnostics
      .filter((diagnostic) => diagnostic.severity === severity)
      .map((each) => diagnosticLine(each, paint)),
  );
}

/** What there is to say beside a report that has a form of its own: errors and warnings, a line each. */
export function renderFindings(
  diagnostics: readonly Diagnostic[],
  options: { readonly color: boolean },
): string {
  const [errors = [], warnings = []] = diagnosticSections(diagnostics, painter(options.color));
  return [...errors, ...warnings].map((line) => `${line}\n`).join("");
}

function diagnosticLine({ severity, summary, address, file, line }: Diagnostic, paint: Paint): string {
  const [label, ...styles] = LABELS[severity];
  const about = address === undefined || summary.includes(address) ? "" : `${escapeText(address)}: `;
  const place = file === undefined ? "" : ` (${escapeText(file)}${line === undefined ? "" : `:${line}`})`;
  return `${paint(label, ...styles)} ${about}${escapeText(summary)}${paint(place, "grey")}`;
}
