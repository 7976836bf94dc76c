import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Problem } from "../model/problem.ts";
import type { JsonNode } from "./json-node.ts";
import { parseJson } from "./json-parser.ts";
import { errorAt } from "./origin.ts";

const LARGEST_MIB = 8;

/** A JSON file as it stands: `root` is absent when it could not be read or parsed, and then `problems` says why. */
export interface JsonFile {
  /** Absolute. */
  readonly path: string;
  /** As shown to users. */
  readonly file: string;
  readonly root?: JsonNode;
  readonly problems: readonly Problem[];
}

/** Reads a file of at most 8 MiB of UTF-8 with or without a byte order mark. Never throws. */
export function readJsonFile(absolute: string, cwd: string): JsonFile {
  try {
    const stats = statSync(absolute);
    if (!stats.isFile()) return unusable(absolute, cwd, "this is no regular file");
    if (stats.size > LARGEST_MIB * 2 ** 20) return tooLarge(absolute, cwd);
    return jsonFileOf(readFileSync(absolute), absolute, cwd);
  } catch (error) {
    const summary = `the file cannot be read (${systemCode(error)})`;
    return unusable(absolute, cwd, summary, "check that it is there and its permissions");
  }
}

/** The same of bytes that were read elsewhere, as if they stood in the file `absolute`. Never throws. */
export function jsonFileOf(bytes: Uint8Array, absolute: string, cwd: string): JsonFile {
  if (bytes.length > LARGEST_MIB * 2 ** 20) return tooLarge(absolute, cwd);
  const text = decode(bytes);
  if (text === undefined)
    return unusable(absolute, cwd, "this is no text in UTF-8", "a config is JSON text in UTF-8");
  if (text.trim() === "") return unusable(absolute, cwd, "the file is empty", "a config is a JSON object");
  const file = showPath(absolute, cwd);
  return { path: absolute, file, ...parseJson(text, file) };
}

function tooLarge(absolute: string, cwd: string): JsonFile {
  return unusable(absolute, cwd, `the file is larger than ${LARGEST_MIB} MiB`, "split it into several files");
}

function unusable(absolute: string, cwd: string, summary: string, hint?: string): JsonFile {
  const file = showPath(absolute, cwd);
  return { path: absolute, file, problems: [errorAt({ file, line: 1, column: 1 }, summary, hint)] };
}

/** Whether there is a regular file, or a link to one; what cannot be asked for is none. */
export function isFile(absolute: string): boolean {
  try {
    return statSync(absolute).isFile();
  } catch {
    return false;
  }
}

/** A path as users see it: relative to the working folder, with forward slashes. */
export function showPath(absolute: string, cwd: string): string {
  return path.relative(cwd, absolute).split(path.sep).join("/") || ".";
}

/** The system's code for an error of the file system, such as `ENOENT`; its message is not ours to pass on. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
}

function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
