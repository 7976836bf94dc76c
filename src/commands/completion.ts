import type { Argv } from "yargs";
import { EXIT, type ExitCode } from "../model/error.ts";
import { command, type OptionsOf } from "./command.ts";
import type { Host } from "./host.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** What a shell asks for each Tab: the words so far, the last one unfinished. Answers stand one a line. */
const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `_paraform() {
  local IFS=$'\\n'
  COMPREPLY=($(paraform complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -o nosort -F _paraform paraform
`,
  zsh: `#compdef paraform
_paraform() {
  local -a answers
  answers=("\${(@f)$(paraform complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "$answers" ]] && compadd -- $answers || _files
}
compdef _paraform paraform
`,
  fish: `function __paraform
  set -l words (commandline -opc) (commandline -ct)
  set -l answers (paraform complete -- $words[2..-1] 2>/dev/null)
  if set -q answers[1]
    printf '%s\\n' $answers
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c paraform -f -a '(__paraform)'
`,
};

function options(yargs: Argv) {
  return yargs.positional("shell", { choices: SHELLS, demandOption: true, describe: "Your shell" });
}

async function completion(host: Host, given: OptionsOf<typeof options>): Promise<ExitCode> {
  host.print(SCRIPTS[given.shell]);
  return EXIT.done;
}

export const completionCommand = command({
  spec: "completion <shell>",
  describe: "Print a script that completes commands, environments and names",
  options,
  run: completion,
});
