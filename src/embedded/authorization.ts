import { type Context, parameterArn } from "./context.ts";
import { ServiceError } from "./service-error.ts";

/** @throws ServiceError AccessDeniedException when the caller may not do `ssm:<operation>` to `path` (`*` for all parameters). */
export function authorize(context: Context, operation: string, path: string): void {
  if (context.permits(`ssm:${operation}`, [path])) return;
  const resource =
    path === "*" ? `arn:aws:ssm:${context.region}:${context.account}:*` : parameterArn(context, path);
  throw accessDenied(context, `ssm:${operation}`, resource);
}

/** AWS's words for an action that no policy allows. */
export function accessDenied(context: Context, action: string, resource: string): ServiceError {
  return new ServiceError(
    "AccessDeniedException",
    `User: ${context.caller} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  );
}
