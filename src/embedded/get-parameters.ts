import { authorize } from "./authorization.ts";
import type { Context, Operation } from "./context.ts";
import { readFields } from "./input.ts";
import { type Reference, readReference } from "./parameter-name.ts";
import { findSelected, parameterOf } from "./parameter-rows.ts";
import { openValue } from "./secure-string.ts";
import { ServiceError } from "./service-error.ts";

const NAME = { min: 1, max: 2048 };

export const getParameter: Operation = {
  kind: "read",
  run: (context, input) => {
    const fields = readFields(input);
    const name = fields.requiredText("Name", NAME);
    const withDecryption = fields.flag("WithDecryption");
    fields.check();
    const reference = readReference(context, name);
    authorize(context, "GetParameter", reference.path);
    return { Parameter: read(context, reference, withDecryption) };
  },
};

/** Alphabetical; what is missing or ill-formed is listed, while one refused decryption fails the whole batch. */
export const getParameters: Operation = {
  kind: "read",
  run: (context, input) => {
    const fields = readFields(input);
    const names = fields.requiredTexts("Names", { min: 1, max: 10 }, NAME);
    const withDecryption = fields.flag("WithDecryption");
    fields.check();
    const found: { name: string; parameter: object }[] = [];
    const invalidNames: string[] = [];
    const references = [...new Set(names)].map((name) => ({ name, reference: referenceOf(context, name) }));
    for (const { reference } of references) {
      if (reference !== undefined) authorize(context, "GetParameters", reference.path);
    }
    for (const { name, reference } of references) {
      const parameter = reference && absentOr(() => read(context, reference, withDecryption));
      if (parameter === undefined) invalidNames.push(name);
      else found.push({ name, parameter });
    }
    found.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { Parameters: found.map(({ parameter }) => parameter), InvalidParameters: invalidNames };
  },
};

function read(context: Context, reference: Reference, withDecryption: boolean): object {
  const row = findSelected(context, reference);
  return parameterOf(
    context,
    row,
    reference.name,
    openValue(context, row, withDecryption),
    reference.selector,
  );
}

function referenceOf(context: Context, name: string): Reference | undefined {
  return absentOr(() => readReference(context, name));
}

const ABSENCES = new Set(["ParameterNotFound", "ParameterVersionNotFound", "ValidationException"]);

function absentOr<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ServiceError && ABSENCES.has(error.code)) return undefined;
    throw error;
  }
}
