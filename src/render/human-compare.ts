import type { Parity, ParityStatus } from "../plan/parity.ts";
import { type Paint, painter, type Style } from "./colour.ts";
import { escapeText } from "./escape.ts";
import { aligned, listed } from "./wording.ts";

const SIGNS: Readonly<Record<ParityStatus, readonly [string, ...Style[]]>> = {
  missing: ["-", "red"],
  extra: ["+", "green"],
  different: ["~", "yellow"],
  unknown: ["?", "cyan"],
  by_design: [" "],
  absent: [" "],
  same: [" "],
};

const ORDER: readonly ParityStatus[] = [
  "missing",
  "extra",
  "different",
  "unknown",
  "by_design",
  "absent",
  "same",
];

/** A parity as it is shown: its names are texts. */
export interface ShownParity extends Pick<Parity, "status" | "by"> {
  readonly first: string | null;
  readonly second: string | null;
}

export interface ComparisonRendering {
  readonly color: boolean;
  /** Also lists what is the same. */
  readonly verbose: boolean;
}

/** What the second environment lacks, has beside, and has otherwise: names, never values. Ends with a newline. */
export function renderComparison(
  [first, second]: readonly [string, string],
  parities: readonly ShownParity[],
  { color, verbose }: ComparisonRendering,
): string {
  const paint = painter(color);
  const shown = ORDER.flatMap((status) => parities.filter((parity) => parity.status === status)).filter(
    ({ status }) => verbose || status !== "same",
  );
  const rows = shown.map(
    (parity) => [rowName(parity, paint), rowText(parity, escapeText(first), escapeText(second))] as const,
  );
  const counts = ORDER.flatMap((status) => {
    const count = parities.filter((parity) => parity.status === status).length;
    return count === 0 ? [] : [`${count} ${COUNTED[status]}`];
  });
  const sum = counts.length === 0 ? "nothing to compare" : listed(counts);
  const heading = `${escapeText(first)} and ${escapeText(second)}: ${sum}`;
  return `${[paint(heading, "bold"), ...aligned(rows)].join("\n")}\n`;
}

const COUNTED: Readonly<Record<ParityStatus, string>> = {
  missing: "missing",
  extra: "extra",
  different: "different",
  unknown: "unknown",
  by_design: "different by design",
  absent: "in neither store",
  same: "the same",
};

function rowName({ first, second, status }: ShownParity, paint: Paint): string {
  const [sign, ...styles] = SIGNS[status];
  const name =
    first === null || second === null || first === second ? (first ?? second) : `${first} = ${second}`;
  return `  ${styles.length === 0 ? sign : paint(sign, ...styles)} ${escapeText(name ?? "")}`;
}

function rowText({ status, by }: ShownParity, first: string, second: string): string {
  switch (status) {
    case "missing":
      return `missing in ${second}`;
    case "extra":
      return `only in ${second}`;
    case "different":
      return by === "config" ? "different literals in the configs" : "different";
    case "by_design":
      return "different by design: each is generated";
    case "absent":
      return `configured in both, live neither in ${first} nor in ${second}`;
    case "unknown":
      return "not compared: both values would have to be read";
    case "same":
      return "the same";
  }
}
