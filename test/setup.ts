import { afterAll } from "vitest";
import { cleanUp } from "./support/after-file.ts";

/** No test may reach a live account: whatever AWS variable the developer has is gone before any client is built. */
for (const name of Object.keys(process.env)) {
  if (name.startsWith("AWS_")) delete process.env[name];
}
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

afterAll(cleanUp);
