import type { Holder } from "../apply/lock.ts";
import type { Secret } from "../model/secret.ts";
import type { EventBody } from "../render/event.ts";
import type { StepReport } from "../render/workflow-command.ts";
import type { SourceContext } from "../values/source.ts";
import type { StatusLine } from "./status-line.ts";

export type StopSignal = "interrupted" | "terminated";

/** What it takes to open an environment and plan it, from whatever program. */
export interface Surroundings
  extends Pick<Host, "cwd" | "environmentVariables" | "monotonic" | "say" | "emit" | "status"> {
  readonly stdin: SourceContext["stdin"];
}

/** All that a command may touch of the process it runs in. Texts pass the last check on secrets on their way. */
export interface Host {
  /** The working folder, absolute. */
  readonly cwd: string;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WriteStream;
  /** Whether a person sits at both ends: questions can be asked. */
  readonly interactive: boolean;
  /** Whether results and progress may be coloured. */
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  readonly holder: Holder;
  /** Results. */
  print(text: string): void;
  /** Progress, warnings and errors. */
  say(text: string): void;
  /** With `--json` alone: one event of the stream on stdout. Nothing else is printed or said then. */
  readonly emit?: (event: EventBody) => void;
  /** With `--github-output` alone: what the runner is told at the end. */
  readonly tellRunner?: (report: StepReport) => void;
  /** Where stderr is a terminal alone: the line that is redrawn. What is said or printed meanwhile stands above it. */
  readonly status?: StatusLine;
  /** A value, for `get` alone: exactly its bytes, past the last check; on a terminal as a line of its own. */
  reveal(value: Secret): void;
  /** Writes a file, whole or not at all, of mode 0600 unless said. @throws UserError */
  save(file: string, text: string, mode?: number): Promise<void>;
  /** Checks that a file can be written; what it returns writes it with mode 0644, whole or not at all. @throws UserError */
  openReport(file: string): Promise<(text: string) => Promise<void>>;
  /** A file's text. @throws UserError */
  load(file: string): Promise<string>;
  /** From now on a signal no longer kills the process: what it returns tells which one asked to stop. `heard` is called for the first. */
  watchSignals(heard: () => void): () => StopSignal | null;
  /** Resolves when a signal asks to stop. */
  untilStopped(): Promise<StopSignal>;
  /** Milliseconds of a clock that only goes forward. */
  monotonic(): number;
  sleep(milliseconds: number): Promise<void>;
}
