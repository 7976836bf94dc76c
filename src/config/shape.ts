import { z } from "zod";
import type { Problem } from "../model/problem.ts";
import { closestWord } from "./closest-word.ts";
import {
  type JsonNode,
  type JsonPath,
  nodeAt,
  type ObjectNode,
  placeOf,
  plainValue,
  showKey,
  withoutPaths,
} from "./json-node.ts";
import { errorAt, type Origin } from "./origin.ts";
import { shapeHint } from "./shape-hint.ts";

/** What of a file has the right shape: the plain value and the tree that it was read from, member for member. */
export interface Shaped<T> {
  readonly value: Partial<T>;
  readonly node: ObjectNode;
  /** The tree as it was written. */
  readonly written: ObjectNode;
}

/**
 * Holds a tree against a schema. Whatever has the wrong shape is reported in our own words, which repeat no value,
 * and left out: an entry of a section's object or list alone, anything else with its whole section.
 * Messages that a schema brings along follow the thing's path: `must be twelve digits`.
 */
export function readShape<S extends z.ZodObject>(
  schema: S,
  root: JsonNode,
  problems: Problem[],
): Shaped<z.output<S>> | undefined {
  if (root.kind !== "object") {
    problems.push(errorAt(root.at, "a config is a JSON object", "begin it with {"));
    return undefined;
  }
  const whole = schema.safeParse(plainValue(root), { error: ownWords });
  if (whole.success) return { value: whole.data as Partial<z.output<S>>, node: root, written: root };
  for (const issue of whole.error.issues) problems.push(...problemsOf(issue, schema, root));
  const node = withoutPaths(root, whole.error.issues.flatMap(broken)) as ObjectNode;
  const rest = schema.partial().safeParse(plainValue(node), { error: ownWords });
  return { value: (rest.success ? rest.data : {}) as Partial<z.output<S>>, node, written: root };

  function broken(issue: z.core.$ZodIssue): JsonPath[] {
    const [section, entry] = issue.path;
    if (section === undefined)
      return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [key]) : [];
    const inside = schemaAt(schema, [section]).some(
      (one) => one instanceof z.ZodRecord || one instanceof z.ZodArray,
    );
    return [entry !== undefined && inside ? [section, entry] : [section]];
  }
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodObject, root: JsonNode): Problem[] {
  const subject = showPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    const at = nodeAt(root, issue.path);
    const known = schemaAt(schema, issue.path).flatMap((one) =>
      one instanceof z.ZodObject && isMeant(one, at) ? Object.keys(one.shape) : [],
    );
    return issue.keys.map((key) => {
      const meant = closestWord(key, known);
      const isName = key.startsWith("/") && known.includes("parameters");
      const otherwise = isName
        ? 'names stand under "parameters"; a file of values is named under "sources" in environment.json'
        : `known here: ${known.join(", ")}`;
      const hint = meant === undefined ? otherwise : `did you mean "${meant}"?`;
      const where = subject === "" ? "" : ` in ${subject}`;
      return errorAt(
        keyPlace(root, issue.path, key),
        `unknown key ${showKey(key) ?? "(not shown)"}${where}`,
        hint,
      );
    });
  }
  if (issue.code === "invalid_union") {
    const meant = issue.errors.find((issues) =>
      issues.some((one) => one.code !== "invalid_type" || one.path.length > 0),
    );
    if (meant !== undefined) {
      return meant.flatMap((one) => problemsOf({ ...one, path: [...issue.path, ...one.path] }, schema, root));
    }
    const choices = [...new Set(issue.errors.flat().map((one) => one.message.replace(/^must be /, "")))];
    const message = choices.length > 0 ? `must be ${choices.join(" or ")}` : issue.message;
    return [errorAt(placeOf(root, issue.path), `${subject} ${message}`, shapeHint(issue, message, root))];
  }
  const hint = shapeHint(issue, issue.message, root);
  return [errorAt(placeOf(root, issue.path), `${subject} ${issue.message}`, hint)];
}

/** Zod's findings in our words: what was expected, never what was found. */
function ownWords(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return "is missing";
  switch (issue.code) {
    case "invalid_type":
      return `must be ${EXPECTED[issue.expected] ?? "of another type"}`;
    case "invalid_value":
      return `must be ${oneOf(issue.values)}`;
    case "invalid_union":
      return `must be ${oneOf(Array.isArray(issue.options) ? issue.options : [])}`;
    default:
      return "is not as it should be";
  }
}

function oneOf(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(" or ");
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** The schemas that may hold at `path`: one, or several below a union. */
function schemaAt(schema: unknown, path: JsonPath): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional)
    return schemaAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => schemaAt(option, path));
  const [step, ...rest] = path;
  if (step === undefined) return [schema];
  if (schema instanceof z.ZodObject) return schemaAt(schema.shape[String(step)], rest);
  if (schema instanceof z.ZodRecord) return schemaAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return schemaAt(schema.element, rest);
  return [];
}

/** Of the objects of a union, the one whose literal members (`kind`, `type`) are what is written. */
function isMeant({ shape }: z.ZodObject, at: JsonNode | undefined): boolean {
  return Object.entries(shape).every(([key, member]) => {
    if (!(member instanceof z.ZodLiteral) || at === undefined) return true;
    const written = nodeAt(at, [key]);
    return written?.kind === "scalar" && member.values.has(written.value as z.core.util.Literal);
  });
}

/** A path as one would write it in a program; keys that may not be repeated are left out. */
function showPath(path: JsonPath): string {
  return path.reduce<string>((shown, step) => {
    if (typeof step === "number") return `${shown}[${step}]`;
    const key = showKey(String(step));
    if (key === undefined) return `${shown}[…]`;
    if (key.startsWith('"/')) return `${shown}[${key}]`;
    return shown === "" ? String(step) : `${shown}.${String(step)}`;
  }, "");
}

function keyPlace(root: JsonNode, path: JsonPath, key: string): Origin {
  const node = nodeAt(root, path);
  return (node?.kind === "object" ? node.members.get(key)?.keyAt : undefined) ?? placeOf(root, path);
}
