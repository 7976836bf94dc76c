import type { Plan } from "../plan/plan.ts";
import type { Foreign } from "./escape.ts";
import { folderOf } from "./folder.ts";
import { capped } from "./markdown-change.ts";
import { folded, item } from "./markdown-text.ts";
import { KINDS, type ReaderKind } from "./reader-rows.ts";
import { counted, listedUpTo } from "./wording.ts";

type Reader = Plan["readers"][number];

/** How much is told of who gains what. */
export interface GainAmount {
  /** Only who gains what: neither how many values change for it, nor that it is to be redeployed. */
  readonly brief: boolean;
  /** The most rows that name somebody; the rest is counted by folder. */
  readonly rows: number;
  /** The most readers, and the most secrets, that a row names. */
  readonly names: number;
  readonly foreign: Foreign;
}

/** Readers of one kind that gain the same secrets. */
interface Gain {
  readonly kind: ReaderKind;
  readonly readers: readonly Reader[];
  readonly secrets: readonly string[];
}

/** As many names stand in a row, the others folded away below it. */
const IN_SIGHT = 10;

/** Who gains which secrets as list items: readers that gain the same are one, and what is too much is counted last. */
export function gainItems(readers: readonly Reader[], amount: GainAmount): string[] {
  const gains = foldGains(readers);
  const rest = gains.slice(amount.rows).flatMap((gain) => gain.readers);
  return [
    ...gains.slice(0, amount.rows).flatMap((gain) => gainItem(gain, amount)),
    ...capped(folderItems(rest, amount), amount.rows),
  ];
}

function foldGains(readers: readonly Reader[]): Gain[] {
  const folds = new Map<string, Gain & { readonly readers: Reader[] }>();
  for (const reader of readers) {
    const secrets = reader.gains.map(({ secret }) => secret);
    const key = JSON.stringify([reader.kind, secrets]);
    const known = folds.get(key);
    if (known === undefined) folds.set(key, { kind: reader.kind, readers: [reader], secrets });
    else known.readers.push(reader);
  }
  return [...folds.values()];
}

function gainItem({ kind, readers, secrets }: Gain, { brief, names, foreign }: GainAmount): string[] {
  const inSight = (all: readonly string[]) => listedUpTo(Math.min(IN_SIGHT, names), all, foreign);
  const below = (all: readonly string[], noun: string) => {
    const rest = all.slice(IN_SIGHT);
    if (rest.length === 0 || names <= IN_SIGHT) return [];
    return folded(counted(rest.length, `more ${noun}`), [listedUpTo(names - IN_SIGHT, rest, foreign)]);
  };
  const paths = readers.map(({ reader }) => reader);
  const [who, what, verb] = [inSight(paths), inSight(secrets), gain(readers.length)];
  const text = brief
    ? `${who}${briefKind(kind, readers.length)} ${verb} ${what}`
    : `${who} — ${kindText(kind, readers)}; ${verb} ${what}, which ${readers.length === 1 ? "it" : "they"} could not read before`;
  return item(text, [...below(paths, "reader"), ...below(secrets, "secret")]);
}

function gain(readers: number): string {
  return readers === 1 ? "gains" : "gain";
}

function kindText(kind: ReaderKind, readers: readonly Reader[]): string {
  const values = counted(new Set(readers.flatMap(({ changes }) => changes)).size, "value");
  const { one, many } = KINDS[kind];
  return `${readers.length === 1 ? one : `${readers.length} ${many}`}, ${values}`;
}

/** A reader is a service, unless something else is said. */
function briefKind(kind: ReaderKind, readers: number): string {
  if (readers === 1 && kind === "service") return "";
  return readers === 1 ? ` (${kind})` : ` (${counted(readers, NOUNS[kind])})`;
}

const NOUNS: Readonly<Record<ReaderKind, string>> = {
  service: "service",
  shared: "shared path",
  owner: "owner",
};

/** What no row is left for, the most first: how many readers of a folder gain how many secrets of another. */
function folderItems(readers: readonly Reader[], { foreign }: GainAmount): string[][] {
  const counts = new Map<string, FolderGain>();
  for (const { reader, kind, gains } of readers) {
    for (const { secret } of gains) {
      const [from, to] = [folderOf(secret, 1), folderOf(reader, 1)];
      const key = JSON.stringify([kind, from, to]);
      const known = counts.get(key) ?? { kind, from, to, readers: new Set(), secrets: new Set() };
      known.readers.add(reader);
      known.secrets.add(secret);
      counts.set(key, known);
    }
  }
  return [...counts.values()]
    .sort((one, other) => other.readers.size - one.readers.size)
    .map(({ kind, from, to, readers, secrets }) =>
      item(
        `${counted(readers.size, `more ${NOUNS[kind]}`)} under ${foreign(to)} ${gain(readers.size)} ${counted(secrets.size, "secret")} under ${foreign(from)}`,
      ),
    );
}

interface FolderGain {
  readonly kind: ReaderKind;
  readonly from: string;
  readonly to: string;
  readonly readers: Set<string>;
  readonly secrets: Set<string>;
}
