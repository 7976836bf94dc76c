/**
 * The environment variable that holds a parameter's value: the prefix, then the name without its first slash in
 * upper case, every other character but letters and digits as `_` (SPEC §2). Several names can meet in one.
 */
export function environmentVariableOf(name: string, prefix: string): string {
  return (
    prefix +
    name
      .slice(1)
      .toUpperCase()
      .replaceAll(/[^A-Z0-9]/g, "_")
  );
}
