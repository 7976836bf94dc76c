import { accessDenied } from "./authorization.ts";
import type { Operation } from "./context.ts";
import { readFields } from "./input.ts";
import { ServiceError } from "./service-error.ts";

/** Parameter Store's own settings, as they are until somebody changes them: here nobody can. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ["/ssm/parameter-store/default-parameter-tier", "Standard"],
  ["/ssm/parameter-store/high-throughput-enabled", "false"],
]);

/** A setting is named by its path or by its ARN. */
export const getServiceSetting: Operation = {
  kind: "read",
  run: (context, input) => {
    const fields = readFields(input);
    const asked = fields.requiredText("SettingId", { min: 1, max: 1000 });
    fields.check();
    const prefix = `arn:aws:ssm:${context.region}:${context.account}:servicesetting`;
    const id = asked.startsWith(`${prefix}/`) ? asked.slice(prefix.length) : asked;
    const arn = `${prefix}${id}`;
    if (!context.permits("ssm:GetServiceSetting", [arn])) {
      throw accessDenied(context, "ssm:GetServiceSetting", arn);
    }
    const value = DEFAULTS.get(id);
    if (value === undefined) {
      throw new ServiceError("ServiceSettingNotFound", `Setting ${asked} does not exist.`);
    }
    return {
      ServiceSetting: {
        SettingId: id,
        SettingValue: value,
        LastModifiedDate: 0,
        LastModifiedUser: "System",
        ARN: arn,
        Status: "Default",
      },
    };
  },
};
