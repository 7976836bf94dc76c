import type { Problem } from "../model/problem.ts";
import { readJsonFile, showPath } from "./json-file.ts";
import { parseJson } from "./json-parser.ts";
import { errorAt } from "./origin.ts";
import { eitherSchema, FIGGY_KEYS, NATIVE_KEYS, type ReplicationShape } from "./replication-schema.ts";
import { readShape, type Shaped } from "./shape.ts";

/** A replication file in one of the two languages, its shape checked, its meaning not yet. */
export interface ReplicationFile extends Shaped<ReplicationShape> {
  /** Absolute. */
  readonly path: string;
  /** As shown to users. */
  readonly file: string;
  readonly language: "native" | "figgy";
}

/** Reads what can be read of a file, or of the `text` that it is to have; `undefined` when that is nothing. */
export function readReplicationFile(
  absolute: string,
  cwd: string,
  problems: Problem[],
  text?: string,
): ReplicationFile | undefined {
  const json =
    text === undefined
      ? readJsonFile(absolute, cwd)
      : { file: showPath(absolute, cwd), ...parseJson(text, showPath(absolute, cwd)) };
  problems.push(...json.problems);
  const shaped = json.root === undefined ? undefined : readShape(eitherSchema, json.root, problems);
  if (shaped === undefined) return undefined;
  const figgy = [...shaped.node.members].find(([key]) => FIGGY_KEYS.includes(key));
  const native = [...shaped.node.members].find(([key]) => NATIVE_KEYS.includes(key));
  if (figgy !== undefined && native !== undefined) {
    const [key, { keyAt }] = figgy;
    const summary = `${key} is a key of Figgy's in a native file, which has ${native[0]}`;
    problems.push(errorAt(keyAt, summary, "one file holds one language: move it to a file of its own"));
  }
  return {
    ...shaped,
    path: absolute,
    file: json.file,
    language: native === undefined && figgy !== undefined ? "figgy" : "native",
  };
}
