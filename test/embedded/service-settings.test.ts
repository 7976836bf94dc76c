import { GetServiceSettingCommand } from "@aws-sdk/client-ssm";
import { expect, onTestFinished, test } from "vitest";
import { openEngine } from "../../src/embedded/engine.ts";
import { ssmOf } from "./clients.ts";
import { codeOf } from "./outcome.ts";

test("Parameter Store's own settings have their defaults, by path and by ARN; others are not there", async () => {
  const engine = openEngine({ path: ":memory:" });
  onTestFinished(() => engine.close());
  const ssm = ssmOf(engine);
  const setting = async (SettingId: string) =>
    (await ssm.send(new GetServiceSettingCommand({ SettingId }))).ServiceSetting;
  const throughput = await setting("/ssm/parameter-store/high-throughput-enabled");
  expect(throughput).toMatchObject({
    SettingId: "/ssm/parameter-store/high-throughput-enabled",
    SettingValue: "false",
    Status: "Default",
    LastModifiedUser: "System",
  });
  expect(await setting(throughput?.ARN ?? "")).toEqual(throughput);
  expect(await setting("/ssm/parameter-store/default-parameter-tier")).toMatchObject({
    SettingValue: "Standard",
  });
  expect(await codeOf(setting("/ssm/documents/console/public-sharing-permission"))).toBe(
    "ServiceSettingNotFound",
  );
});
