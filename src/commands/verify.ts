import { resolve } from "node:path";
import type { Argv } from "yargs";
import { EXIT, type ExitCode } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { allowances, savedPlanOptions } from "./options.ts";

function options(yargs: Argv) {
  return savedPlanOptions(yargs)
    .positional("file", { type: "string", demandOption: true, describe: "A saved plan" })
    .option("allow", { type: "string", array: true, nargs: 1, describe: "GUARD=N: exactly N are meant" });
}

/** Checks everything that apply would check, and writes nothing. */
async function verify(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { refuseLocked } = await import("../apply/lock.ts");
  const { openSaved, checkSaved } = await import("./saved-plan.ts");
  const { refuseOtherCheckout } = await import("./bound-checkout.ts");
  const { withSession, workingFolder } = await import("./session.ts");
  const { counted } = await import("../render/wording.ts");
  const saved = await openSaved(host, resolve(workingFolder(host, given.chdir), given.file), given.env);
  const allow = { ...saved.inputs.allow, ...allowances(given.allow ?? []) };
  await refuseOtherCheckout(host, saved, given);
  return withSession(host, { ...given, env: saved.environment.name }, async (session) => {
    const { todo, done } = await checkSaved(host, session, saved, allow);
    if (todo.size > 0) await refuseLocked(session.store, saved.environment.name, host.holder);
    const finished = done.size === 0 ? "" : `, ${done.size} already done`;
    host.print(`The plan holds: ${counted(todo.size, "change")} to apply${finished}.\n`);
    return EXIT.done;
  });
}

export const verifyCommand = command({
  spec: "verify <file>",
  describe: "Check a saved plan as apply would, writing nothing",
  options,
  run: verify,
});
