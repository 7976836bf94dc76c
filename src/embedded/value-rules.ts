import { invalid, ServiceError } from "./service-error.ts";

/** @throws ServiceError ValidationException for what Parameter Store takes for a reference to another parameter */
export function refuseNesting(value: string): void {
  if (/\{\{.*?\}\}/s.test(value)) {
    throw invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  }
}

/** @throws ServiceError InvalidAllowedPatternException, ParameterPatternMismatchException (which never quotes the value) */
export function matchPattern(pattern: string, value: string): void {
  if (pattern === "") return;
  let expression: RegExp;
  try {
    expression = new RegExp(pattern);
  } catch {
    throw new ServiceError(
      "InvalidAllowedPatternException",
      "The request does not meet the regular expression requirement.",
    );
  }
  if (!expression.test(value)) {
    throw new ServiceError(
      "ParameterPatternMismatchException",
      "Parameter value failed to satisfy its allowed pattern.",
    );
  }
}

/** The names under which Parameter Store keeps webhooks of integrations. */
const INTEGRATION = /^\/d9d01087-4a3f-49e0-b0b4-d568d7826553\/ssm\/integrations\/webhook\/[A-Za-z0-9_.-]+$/;

/**
 * AWS looks an image up later and without telling; here its id has to look like one, and that is all.
 * @throws ServiceError ValidationException
 */
export function checkDataType(dataType: string, type: string, path: string, value: string): void {
  switch (dataType) {
    case "text":
      return;
    case "aws:ec2:image":
      if (type === "String" && /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(value)) return;
      throw invalid(
        "A parameter of data type aws:ec2:image is a String that holds an Amazon Machine Image id.",
      );
    case "aws:ssm:integration":
      if (type === "SecureString" && INTEGRATION.test(path)) return;
      throw invalid(
        "A parameter of data type aws:ssm:integration is a SecureString under the integrations' path.",
      );
    default:
      throw invalid(
        "The data type is not supported (data type names are all lowercase): text, aws:ec2:image, aws:ssm:integration.",
      );
  }
}
