import type { Holder } from "../apply/lock.ts";

export type StopSignal = "interrupted" | "terminated";

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
  /** Writes a file of mode 0600, whole or not at all. @throws UserError */
  save(file: string, text: string): Promise<void>;
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
