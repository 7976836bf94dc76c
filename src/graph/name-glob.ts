import picomatch from "picomatch";

/**
 * A predicate over whole names: whether any glob matches. Compiled once. A segment that begins with a dot is like
 * any other, and `**` stands for no segment too, also at the beginning.
 */
export function matchesAny(globs: readonly string[]): (name: string) => boolean {
  const expressions = globs.flatMap(compileGlob);
  return (name) => {
    // picomatch gives `**` behind a leading slash at least one segment, so both sides go without it.
    const relative = name.slice(1);
    return expressions.some((expression) => expression.test(relative));
  };
}

function compileGlob(glob: string): RegExp[] {
  const relative = glob.startsWith("/") ? glob.slice(1) : glob;
  return relative === "" ? [] : [picomatch.makeRe(relative, { dot: true, nonegate: true })];
}
