import type { Operation } from "./context.ts";
import { deleteParameter, deleteParameters } from "./delete-parameters.ts";
import { getParameter, getParameters } from "./get-parameters.ts";
import { getParameterHistory } from "./history.ts";
import { KMS_OPERATIONS } from "./kms-operations.ts";
import { labelParameterVersion, unlabelParameterVersion } from "./labels.ts";
import { describeParameters, getParametersByPath } from "./list-parameters.ts";
import { putParameter } from "./put-parameter.ts";
import { getServiceSetting } from "./service-settings.ts";
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from "./tags.ts";

export type Service = "ssm" | "sts" | "kms";

/** AWS lets every principal ask who it is; no policy can deny it. */
const getCallerIdentity: Operation = {
  kind: "read",
  run: ({ account, caller }) => ({
    Arn: caller,
    UserId: caller.slice(caller.lastIndexOf("/") + 1),
    Account: account,
  }),
};

/** Everything that the store answers; anything else is an UnknownOperationException. */
export const OPERATIONS: Readonly<Record<Service, Readonly<Record<string, Operation>>>> = {
  ssm: {
    AddTagsToResource: addTagsToResource,
    DeleteParameter: deleteParameter,
    DeleteParameters: deleteParameters,
    DescribeParameters: describeParameters,
    GetParameter: getParameter,
    GetParameterHistory: getParameterHistory,
    GetParameters: getParameters,
    GetParametersByPath: getParametersByPath,
    GetServiceSetting: getServiceSetting,
    LabelParameterVersion: labelParameterVersion,
    ListTagsForResource: listTagsForResource,
    PutParameter: putParameter,
    RemoveTagsFromResource: removeTagsFromResource,
    UnlabelParameterVersion: unlabelParameterVersion,
  },
  sts: { GetCallerIdentity: getCallerIdentity },
  kms: KMS_OPERATIONS,
};

/** Every operation's name, for what names one in conditions. */
export const OPERATION_NAMES: ReadonlySet<string> = new Set(
  Object.values(OPERATIONS).flatMap((operations) => Object.keys(operations)),
);
