import { authorize } from "./authorization.ts";
import type { Context, Operation } from "./context.ts";
import { readFields } from "./input.ts";
import { type Reference, readName } from "./parameter-name.ts";
import { findSelected } from "./parameter-rows.ts";
import { ServiceError } from "./service-error.ts";

/** Labels per version (user guide, "Working with parameter labels"). */
const MOST = 10;
const LABELS = [
  { min: 1, max: 10 },
  { min: 1, max: 100 },
] as const;

/** Labels by the version that bears them, each version's in alphabetical order. */
export function labelsOf(context: Context, parameter: number): Map<number, string[]> {
  const labels = new Map<number, string[]>();
  for (const { version, label } of context.database.all<{ version: number; label: string }>(
    "SELECT version, label FROM label WHERE parameter = ? ORDER BY label",
    parameter,
  )) {
    labels.set(version, [...(labels.get(version) ?? []), label]);
  }
  return labels;
}

/** Labels that break the grammar are listed, not refused; a label that another version bears moves. */
export const labelParameterVersion: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const name = fields.requiredText("Name", { min: 1, max: 2048 });
    const version = fields.integer("ParameterVersion");
    const labels = [...new Set(fields.requiredTexts("Labels", ...LABELS))];
    fields.check();
    const row = findVersion(context, "LabelParameterVersion", readName(name), version);
    const valid = labels.filter(isLabel);
    for (const label of valid) {
      context.database.run(
        "INSERT OR REPLACE INTO label VALUES (?, ?, ?)",
        row.parameter,
        label,
        row.version,
      );
    }
    if ((labelsOf(context, row.parameter).get(row.version)?.length ?? 0) > MOST) {
      throw new ServiceError(
        "ParameterVersionLabelLimitExceeded",
        `A parameter version can have maximum ${MOST} labels. Move one or more labels to another version and try again.`,
      );
    }
    if (valid.length > 0)
      context.changed(context, { operation: "LabelParameterVersion", name: row.path, type: row.type });
    return { InvalidLabels: labels.filter((label) => !isLabel(label)), ParameterVersion: row.version };
  },
};

/** Only one caller is told that it removed a label; for all others it is invalid on that version. */
export const unlabelParameterVersion: Operation = {
  kind: "write",
  run: (context, input) => {
    const fields = readFields(input);
    const name = fields.requiredText("Name", { min: 1, max: 2048 });
    const version = fields.requiredInteger("ParameterVersion");
    const labels = [...new Set(fields.requiredTexts("Labels", ...LABELS))];
    fields.check();
    const row = findVersion(context, "UnlabelParameterVersion", readName(name), version);
    const removed = labels.filter(
      (label) =>
        context.database.run(
          "DELETE FROM label WHERE parameter = ? AND label = ? AND version = ?",
          row.parameter,
          label,
          row.version,
        ) > 0,
    );
    return { RemovedLabels: removed, InvalidLabels: labels.filter((label) => !removed.includes(label)) };
  },
};

function findVersion(context: Context, operation: string, reference: Reference, version: number | undefined) {
  authorize(context, operation, reference.path);
  return findSelected(context, {
    ...reference,
    selector: version === undefined ? undefined : String(version),
  });
}

function isLabel(text: string): boolean {
  return /^[A-Za-z_.-][A-Za-z0-9_.-]*$/.test(text) && !/^(aws|ssm)/i.test(text);
}
