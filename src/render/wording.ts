/** `1 copy`, `14 copies`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `1 moved, 2 forgotten, `: counts that are said in front of others, and only where there are any. */
export function whereAny(...counts: readonly (readonly [number, string])[]): string {
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}, `)
    .join("");
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The same of at most `most` of `all`, each as `worded` has it, and how many more there are. */
export function listedUpTo<Each>(most: number, all: readonly Each[], worded: (each: Each) => string): string {
  const more = all.length - most;
  return listed([...all.slice(0, most).map(worded), ...(more > 0 ? [`${more} more`] : [])]);
}

/** `5s`, `2m 5s`, `1h 3m`: as long as it reads at a glance. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${whole % 60}s`;
  return `${Math.floor(whole / 3600)}h ${Math.floor((whole % 3600) / 60)}m`;
}

/** Longer names do not push everybody else's second column to the right. */
const WIDEST = 64;

/** Rows of two columns, the second one aligned; an empty second column leaves no trailing blanks. */
export function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = rows.reduce(
    (widest, [first]) => Math.max(widest, first.length > WIDEST ? 0 : first.length),
    0,
  );
  return rows.map(([first, second]) => (second === "" ? first : `${first.padEnd(width)}   ${second}`));
}
