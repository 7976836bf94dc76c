import { spawnSync } from "node:child_process";
import { CLI, type Running, type RunOptions, startProgram } from "./binary.ts";

/** Runs a program on a new terminal, 100 columns wide, which is its standard input and output; tells its exit code. */
const ON_A_TERMINAL = `
import fcntl, os, pty, select, struct, sys, termios
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
sources = [master, 0]
while master in sources:
    for source in select.select(sources, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:
            data = b""
        if not data:
            sources.remove(source)
        else:
            os.write(1 if source == master else master, data)
status = os.waitpid(pid, 0)[1]
sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`;

/** Whether this machine can give a test a terminal: Python 3.9's standard library does. */
export const hasTerminals =
  spawnSync("python3", ["-c", "import os, pty, termios; os.waitstatus_to_exitcode"]).status === 0;

export const CTRL_C = "\u0003";
export const CTRL_D = "\u0004";
export const ENTER = "\r";

/** `paraform ARGS` on a terminal: what it shows is `stdout`, what is typed is `write`. */
export function startOnTerminal(args: readonly string[], options: RunOptions): Running {
  return onTerminal([process.execPath, CLI, ...args], options);
}

/** The same, but it starts only once a line was typed: what was typed behind that line was typed before it asked. */
export function startAfterALine(args: readonly string[], options: RunOptions): Running {
  const waiting = ["sh", "-c", 'read -r line && exec "$@"', "sh"];
  return onTerminal([...waiting, process.execPath, CLI, ...args], options);
}

function onTerminal(command: readonly string[], options: RunOptions): Running {
  const env = { TERM: "xterm-256color", ...options.env };
  return startProgram("python3", ["-c", ON_A_TERMINAL, ...command], { ...options, env, open: true });
}
