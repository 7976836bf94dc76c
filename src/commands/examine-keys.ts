import { keysNamed } from "../access/access.ts";
import type { ParameterName } from "../model/name.ts";
import type { Check } from "../plan/checkup.ts";
import { describeKey, tryDecrypt } from "../store/identity.ts";
import type { OpenStore } from "./session.ts";

/** Whether each key is enabled. Where it may not be described, what lies under it and could be opened tells: `openedUnder`. */
export async function examineKeys(
  { config, graph, connection }: OpenStore,
  openedUnder: ReadonlyMap<string, ParameterName>,
): Promise<Check[]> {
  return Promise.all(
    keysNamed(config, graph).map(async (key): Promise<Check> => {
      const found = await describeKey(connection, key);
      switch (found.kind) {
        case "absent":
          return { name: key, state: "missing", detail: "there is no such key", hint: "create it" };
        case "denied":
          return { name: key, ...undescribed(openedUnder.get(key)) };
        case "key":
          if (found.state === "Enabled") return { name: key, state: "fine", detail: "enabled" };
          return { name: key, state: "missing", detail: `the key is ${found.state}`, hint: "enable it" };
      }
    }),
  );
}

function undescribed(opened: ParameterName | undefined): Pick<Check, "state" | "detail"> {
  const denied = "kms:DescribeKey is denied, and needed by init alone";
  return opened === undefined
    ? {
        state: "untested",
        detail: `whether it is enabled: ${denied}, and nothing was opened that lies under it`,
      }
    : { state: "fine", detail: `in use: it opens ${opened} (${denied})` };
}

/**
 * Whether this identity may decrypt with a key by itself. No principal of an environment needs that: Parameter Store
 * asks KMS for all of them. Who may, reads more than any policy here says.
 */
export async function examineDirectUse({ config, graph, connection }: OpenStore): Promise<Check[]> {
  const name = "direct use";
  const keys = keysNamed(config, graph);
  if (config.environment.store.kind === "embedded" || keys.length === 0) return [];
  const answers = await Promise.all(
    keys.map(async (key) => ({ key, answer: await tryDecrypt(connection, key) })),
  );
  const keysOf = (wanted: string) =>
    answers.flatMap(({ key, answer }) => (answer === wanted ? [key] : [])).join(", ");
  const [allowed, untold] = [keysOf("allowed"), keysOf("untold")];
  if (allowed !== "") {
    return [
      {
        name,
        state: "excess",
        detail: `kms:Decrypt is allowed without Parameter Store on ${allowed}, and nobody here needs that`,
        hint: "allow it for Parameter Store and single parameters alone: paraform doctor --policy planner shows how",
      },
    ];
  }
  const detail =
    untold === ""
      ? "kms:Decrypt is denied without Parameter Store, as it should be"
      : `whether kms:Decrypt is denied without Parameter Store on ${untold}: KMS's dry run does not tell`;
  return [{ name, state: untold === "" ? "fine" : "untested", detail }];
}
