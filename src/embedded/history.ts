import { authorize } from "./authorization.ts";
import type { Operation } from "./context.ts";
import { readFields } from "./input.ts";
import { labelsOf } from "./labels.ts";
import { type PageOf, readPage } from "./page.ts";
import { readReference } from "./parameter-name.ts";
import { findSelected, listVersions, metadataOf, type VersionRow } from "./parameter-rows.ts";
import { openValue } from "./secure-string.ts";
import { invalid } from "./service-error.ts";

/** Every kept version, oldest first, with its labels in alphabetical order. */
export const getParameterHistory: Operation = {
  kind: "read",
  run: (context, input) => {
    const fields = readFields(input);
    const name = fields.requiredText("Name", { min: 1, max: 2048 });
    const withDecryption = fields.flag("WithDecryption");
    const limit = fields.integer("MaxResults", { min: 1, max: 50 }) ?? 50;
    const token = fields.text("NextToken");
    fields.check();
    const reference = readReference(context, name);
    if (reference.selector !== undefined)
      throw invalid("A selector is not allowed in the name of this operation.");
    authorize(context, "GetParameterHistory", reference.path);
    const { parameter } = findSelected(context, reference);
    const of: PageOf = ["GetParameterHistory", reference.path, parameter];
    const page = readPage<VersionRow>(context, of, token, limit, {
      list: (after, count) => listVersions(context, parameter, Number(after), count),
      positionOf: ({ version }) => String(version),
    });
    const labels = labelsOf(context, parameter);
    return {
      Parameters: page.rows.map((row) => ({
        ...metadataOf(row, reference.name),
        Value: openValue(context, row, withDecryption),
        Labels: labels.get(row.version) ?? [],
      })),
      ...page.token,
    };
  },
};
