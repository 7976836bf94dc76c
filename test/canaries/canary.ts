import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { expect } from "vitest";
import { filesBelow, type Project } from "../support/binary-project.ts";

/**
 * A secret that is recognized in any spelling. `value` has what encodings change around a `marker` that JSON, HTML and
 * URLs leave alone; hex is looked for in both cases, base64 in its three alignments, and of the marker also its first
 * eight bytes, which a text that was cut would still have.
 */
export interface Canary {
  readonly marker: string;
  readonly value: string;
}

export function canary(label: string): Canary {
  const marker = `Zq9Kanari${label}7Xw`;
  return { marker, value: `dummy & "quoted" \\ü/${marker}?=${label} %` };
}

/** Where and how canaries show in `text`; empty for a text without any. */
export function foundIn(text: string, canaries: readonly Canary[]): string[] {
  const markers = new Set(canaries.flatMap(({ marker }) => [marker, marker.slice(0, 8)]));
  return [...markers].flatMap((marker) => {
    const hex = Buffer.from(marker).toString("hex");
    return [marker, hex, hex.toUpperCase(), ...inBase64(marker)].filter((spelling) =>
      text.includes(spelling),
    );
  });
}

/** The characters that stand in base64 for `marker` whatever stands before and after it. */
function inBase64(marker: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from("_".repeat(before) + marker)
      .toString("base64")
      .replace(/=+$/, "");
    return encoded.slice(before === 0 ? 0 : before + 1, -1);
  });
}

/** Every file of the project but those that hold the values by right. */
export function expectNoneInFiles(
  { folder }: Project,
  canaries: readonly Canary[],
  but: readonly string[],
): void {
  const files = filesBelow(folder).filter((file) => !but.includes(relative(folder, file)));
  expect(files).not.toEqual([]);
  for (const file of files) {
    expect([file, foundIn(readFileSync(file).toString("latin1"), canaries)]).toEqual([file, []]);
  }
}
