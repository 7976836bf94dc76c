import { type Context, parameterArn } from "./context.ts";
import { invalid, ServiceError } from "./service-error.ts";

/** Longest ARN of a parameter, and most levels (user guide, "Creating Systems Manager parameters"). */
const LONGEST_ARN = 1011;
const MOST_LEVELS = 15;

const REQUIREMENTS =
  'A parameter name must begin with a forward slash "/" if it has more than one level, can\'t be prefixed with "aws" or "ssm" (case-insensitive), and holds only letters, numbers and the symbols .-_ between single slashes.';

/** A parameter as a request names it. `path` is the store's key: with a leading slash, also for `x`, which is `/x`. */
export interface Reference {
  readonly path: string;
  /** The name as it was spelled, without selector; of an ARN, the name inside. */
  readonly name: string;
  /** A version or a label: what follows the colon of `name:3`. */
  readonly selector: string | undefined;
}

/** @throws ServiceError when AWS would refuse `text` as the name of a new parameter. */
export function readNewName(context: Context, text: string): Reference {
  const name = text.trim();
  const path = readPath(name);
  if (isReserved(path)) {
    if (/^\/aws\/./.test(path)) {
      throw new ServiceError("AccessDeniedException", `No access to reserved parameter name: ${name}.`);
    }
    throw invalid(
      `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive). ${REQUIREMENTS}`,
    );
  }
  if (parameterArn(context, path).length > LONGEST_ARN) {
    throw invalid(`Parameter name: the ARN of a parameter can't exceed ${LONGEST_ARN} characters.`);
  }
  if (path.split("/").length - 1 > MOST_LEVELS) {
    throw new ServiceError(
      "HierarchyLevelLimitExceededException",
      `A hierarchy can have a maximum of ${MOST_LEVELS} levels.`,
    );
  }
  return { path, name, selector: undefined };
}

/** The name of an existing parameter; neither ARN nor selector. @throws ServiceError ValidationException */
export function readName(text: string): Reference {
  const name = text.trim();
  return { path: readPath(name), name, selector: undefined };
}

/** The path of an existing parameter's name, `undefined` for what is no name: batches list those, and refuse nothing. */
export function findPath(text: string): string | undefined {
  const name = text.trim();
  return NAME.test(name) ? pathOf(name) : undefined;
}

/** What a read may name: also an ARN of this account and region, also with a selector. @throws ServiceError */
export function readReference(context: Context, text: string): Reference {
  const trimmed = text.trim();
  const prefix = parameterArn(context, "/");
  const isArn = trimmed.startsWith("arn:");
  if (isArn && !trimmed.startsWith(prefix)) throw parameterNotFound(trimmed);
  const inside = isArn ? trimmed.slice(prefix.length) : trimmed;
  const colon = inside.indexOf(":");
  const bare = colon < 0 ? inside : inside.slice(0, colon);
  const selector = colon < 0 ? undefined : inside.slice(colon + 1);
  if (selector !== undefined && !/^[A-Za-z0-9_.-]{1,100}$/.test(selector)) {
    throw invalid("Invalid selector: a version or one label follows the colon of a parameter name.");
  }
  const name = isArn && bare.includes("/") ? `/${bare}` : bare;
  return { path: readPath(name), name, selector };
}

/** The path of a hierarchy, `/` or without a slash at its end. @throws ServiceError ValidationException */
export function readHierarchy(text: string): string {
  const trimmed = text.length > 1 && text.endsWith("/") ? text.slice(0, -1) : text;
  if (trimmed === "/") return trimmed;
  if (!/^(\/[A-Za-z0-9_.-]+)+$/.test(trimmed)) {
    throw invalid(`The parameter doesn't meet the parameter name requirements. ${REQUIREMENTS}`);
  }
  return trimmed;
}

/** What listings call a parameter: AWS leaves out the slash of a one-segment name there (terraform-provider-aws#49339). */
export function listedName(path: string): string {
  return path.lastIndexOf("/") === 0 ? path.slice(1) : path;
}

export function parameterNotFound(name: string): ServiceError {
  return new ServiceError("ParameterNotFound", `Parameter ${name} not found.`);
}

/** First segments that begin with aws or ssm, in any case, are AWS's. */
export function isReserved(path: string): boolean {
  return /^\/(aws|ssm)/i.test(path);
}

/** `x`, `/x`, `/a/b`; not `a/b`. */
const NAME = /^(\/[A-Za-z0-9_.-]+)+$|^[A-Za-z0-9_.-]+$/;

function readPath(name: string): string {
  if (!NAME.test(name)) throw invalid(`Parameter name is not valid. ${REQUIREMENTS}`);
  return pathOf(name);
}

function pathOf(name: string): string {
  return name.startsWith("/") ? name : `/${name}`;
}
