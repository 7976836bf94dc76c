import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Argv } from "yargs";
import type { Handwritten } from "../apply/put-value.ts";
import type { DesiredParameter } from "../graph/graph.ts";
import { EXIT, type ExitCode, UserError } from "../model/error.ts";
import type { ParameterName } from "../model/name.ts";
import { inputsOf } from "../model/rule.ts";
import { Secret } from "../model/secret.ts";
import { type ValueFault, valueFaults } from "../model/value-fault.ts";
import { LARGEST_VALUE } from "../model/value-size.ts";
import { type Ask, typedTwice } from "../values/asked.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";
import { storeOptions, wholeNumber } from "./options.ts";
import { parameterNamed } from "./parameter-argument.ts";

function options(yargs: Argv) {
  return storeOptions(yargs)
    .positional("name", { type: "string", demandOption: true, describe: "The parameter" })
    .option("file", { type: "string", requiresArg: true, describe: "The value is this file's text" })
    .option("from-version", { type: "string", requiresArg: true, describe: "Put this earlier version again" })
    .conflicts("file", "from-version");
}

/** Writes one value that a person gives: hidden at a prompt, from a file, or from standard input; never from the command line. */
async function put(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  const { withStore, workingFolder } = await import("./session.ts");
  const { readLiveState } = await import("../plan/live-state.ts");
  const { renderEncounters } = await import("../render/human-apply.ts");
  const { didYouMean, followersText, supplierWarning } = await import("./next-apply.ts");
  const { putValue, restoreVersion } = await import("../apply/put-value.ts");
  const name = parameterNamed(given.name);
  const fromVersion =
    given.fromVersion === undefined
      ? undefined
      : wholeNumber("from-version", given.fromVersion, [1, Number.MAX_SAFE_INTEGER]);
  return withStore(host, given, async (open) => {
    const { graph, store } = open;
    const { environment } = open.config;
    const state = await readLiveState(store, environment, graph);
    if (state.kind === "unread") throw state.failure;
    const parameter = graph.parameters.get(name);
    const sayEncounters = ({ overwritten, recreated }: Handwritten) => {
      const encounters = {
        environment: environment.name,
        overwritten: overwritten.map((version) => ({ address: name, version })),
        recreated: recreated ? [name] : [],
      };
      host.say(renderEncounters(encounters, { color: host.color.stderr }));
    };
    const hand = { store, ring: state.ring, environment, parameter };
    if (fromVersion !== undefined) {
      const restored = await restoreVersion(hand, name, fromVersion);
      host.print(`${name} has its version ${fromVersion} again, as version ${restored.version}.\n`);
      sayEncounters(restored);
      return EXIT.done;
    }
    if (parameter === undefined) {
      throw new UserError(`${name} is not declared in this environment`, {
        hint: `${didYouMean(name, graph.parameters.keys())}what is new is declared first, so that its key and its owner are known`,
      });
    }
    refuseMade(parameter);
    host.say(await supplierWarning(host, open, name));
    const value = await valueFor(
      host,
      parameter,
      given.file === undefined ? undefined : resolve(workingFolder(host, given.chdir), given.file),
    );
    const written = await putValue(hand, name, value);
    host.print(`${name} is written, version ${written.version}.\n`);
    sayEncounters(written);
    host.say(followersText(graph, name));
    return EXIT.done;
  });
}

/** What follows from something, or is made, would be overwritten by the next apply. */
function refuseMade({ name, rule }: DesiredParameter): void {
  if (rule.kind === "static" || rule.kind === "exists") return;
  const followed = rule.kind === "copy" || rule.kind === "generate" ? inputsOf(rule)[0] : undefined;
  const otherwise =
    rule.kind === "generate"
      ? `paraform apply --env ENV --regenerate=${name} makes a new one`
      : "change its config instead";
  const hint = followed === undefined ? otherwise : `put ${followed} instead`;
  throw new UserError(`${name} is not put by hand: its rule is ${rule.kind}`, { hint });
}

/** What a file holds, to the last byte. @throws UserError */
async function textOfFile(host: Host, file: string): Promise<string> {
  const { trackingOf } = await import("../values/git-tracks.ts");
  const { readPrivateBytes, strictText } = await import("../values/private-text.ts");
  try {
    const { bytes, openToOthers, mayBeTracked } = await readPrivateBytes(file, (path) =>
      trackingOf(path, host.environmentVariables),
    );
    if (mayBeTracked) host.say("warning: git cannot be run to tell whether it tracks the file\n");
    if (openToOthers) host.say("warning: the file can be read by other users; chmod 600 closes it\n");
    return strictText(bytes, "this");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`--file: ${error.message}`, error.hint === undefined ? {} : { hint: error.hint });
  }
}

/** Typed twice, and nothing is written of two that differ. @throws UserError */
async function typed(ask: Ask, name: ParameterName): Promise<string> {
  const value = await typedTwice(ask, `Value of ${name}:`);
  if (value === undefined) {
    throw new UserError("the two values differ, and none was written", {
      hint: "put it again; a long one is safer in a file (--file) or on standard input",
    });
  }
  return value;
}

async function valueFor(host: Host, parameter: DesiredParameter, file: string | undefined): Promise<Secret> {
  const { name } = parameter;
  const { strictText } = await import("../values/private-text.ts");
  const { hiddenPrompt } = await import("../values/prompt.ts");
  const given = async () => {
    if (file !== undefined) return textOfFile(host, file);
    if (host.interactive) return typed(hiddenPrompt({ input: host.stdin, output: host.stderr }), name);
    return strictText(await buffer(host.stdin), "the value on standard input");
  };
  const value = await given();
  if (value === "")
    throw new UserError(`the value of ${name} is empty`, { hint: "Parameter Store takes no empty value" });
  if (value.endsWith("\n")) {
    host.say("warning: the value ends with a newline, which becomes part of it; printf %s writes none\n");
  }
  const secret = new Secret(value);
  const largest = parameter.tier === "Standard" ? LARGEST_VALUE.Standard : LARGEST_VALUE.Advanced;
  if (secret.bytes > largest) {
    throw new UserError(`the value of ${name} has ${secret.bytes} bytes, and at most ${largest} fit`, {
      hint:
        largest === LARGEST_VALUE.Advanced ? "split it into several parameters" : "give it the Advanced tier",
    });
  }
  for (const fault of valueFaults(value, { pattern: parameter.allowedPattern })) refuseFault(name, fault);
  return secret;
}

/** What Parameter Store would refuse, said before it is asked. @throws UserError */
function refuseFault(name: ParameterName, fault: ValueFault): void {
  if (fault === "nested") {
    throw new UserError(`the value of ${name} has {{…}} in it`, {
      hint: "Parameter Store refuses parameters inside parameters",
    });
  }
  if (fault === "mismatch") {
    throw new UserError(`the value of ${name} does not match its allowedPattern`, {
      hint: "mend one of the two",
    });
  }
}

export const putCommand = command({
  spec: "put <name>",
  describe: "Write one value by hand: hidden prompt, --file or stdin",
  options,
  run: put,
});
