import { escapeText } from "./escape.ts";

/** What GitHub shows beside a line of a file, or above the run where there is none. */
export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  /** Relative to the repository's top. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly text: string;
}

/** What a command tells the CI that runs it. */
export interface StepReport {
  /** Outputs of the step. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Markdown for the run's summary. */
  readonly summary?: string;
  /** Their files are relative to the command's folder. */
  readonly annotations?: readonly Annotation[];
}

/**
 * A workflow command of GitHub Actions, one line. What others wrote is escaped twice: for a line, and as the runner reads
 * commands, so that it ends neither the text nor a property.
 */
export function renderAnnotation({ level, file, line, column, text }: Annotation): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${property(file)}`]),
    ...(file === undefined || line === undefined ? [] : [`line=${line}`]),
    ...(file === undefined || line === undefined || column === undefined ? [] : [`col=${column}`]),
    "title=paraform",
  ];
  return `::${level} ${properties.join(",")}::${data(text)}\n`;
}

/**
 * What a step tells the later ones: each value between lines of `delimiter`, which must be random, so that no value ends
 * itself and begins another.
 */
export function renderOutputs(outputs: Readonly<Record<string, string>>, delimiter: string): string {
  return Object.entries(outputs)
    .map(([name, value]) => `${name}<<${delimiter}\n${value}\n${delimiter}\n`)
    .join("");
}

/** A command of another runner than the one that `::` is for, such as `##teamcity[`, wherever in a line it stands. */
const OTHER_COMMAND = /##(?=\w*\[)/g;

function data(text: string): string {
  return escapeText(text).replaceAll("%", "%25").replace(OTHER_COMMAND, "#\\x23");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
