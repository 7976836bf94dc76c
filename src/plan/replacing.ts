import type { ParameterName } from "../model/name.ts";
import { type Keyring, planHash, sameMac, stampHash } from "./keyring.ts";

/**
 * What applies that were cut were to replace, told to who plans by the end of the lock's description:
 * `{replacing:1 MARKS MAC}`. A mark is a keyed hash of a name, 48 bits in eight characters. Absent, such a name has been
 * deleted to be made again, and waits for no move.
 */
export type Replacing = ReadonlySet<string>;

/** How many marks fit beside what else a description says, and are kept in mind at once. */
export const MOST_REPLACING = 100;

const MARK = 8;
const TEXT = /\{replacing:1 (?<marks>(?:[\w-]{8})+) (?<mac>[0-9a-f]{32})\}$/;

/** The marks that a text ends in; none where it has none that whoever has the digest key wrote. */
export function readReplacing(ring: Keyring, text: string): Replacing {
  const { marks = "", mac = "" } = TEXT.exec(text)?.groups ?? {};
  const isGenuine = [...ring.keys.keys()].some((id) => sameMac(macOf(ring, id, marks), mac));
  return new Set(isGenuine ? marks.match(/.{8}/g) : []);
}

/** The text of these marks and those of `names`, as whoever plans next reads it; null for none. */
export function replacingText(
  ring: Keyring,
  marks: Replacing,
  names: Iterable<ParameterName>,
): string | null {
  const all = new Set([...marks, ...[...names].map((name) => markOf(ring, ring.currentId, name))]);
  const text = [...all].join("");
  return all.size === 0 ? null : `{replacing:1 ${text} ${macOf(ring, ring.currentId, text)}}`;
}

/** Whether a name is among them, whatever digest key was the current one then. */
export function isReplacing(ring: Keyring, marks: Replacing, name: ParameterName): boolean {
  return marks.size > 0 && [...ring.keys.keys()].some((id) => marks.has(markOf(ring, id, name)));
}

function markOf(ring: Keyring, id: string, name: ParameterName): string {
  return (stampHash(ring, id, "replacing", [name]) as string).slice(0, MARK);
}

function macOf(ring: Keyring, id: string, marks: string): string {
  return planHash(ring, "replacing", [marks], id);
}
