import picomatch from "picomatch";

/** An action that is refused. Each test is of a glob as in configs: `*` within a path segment, `**` across them. */
export interface Denial {
  /** `ssm:GetParameter`, `kms:Decrypt`. */
  matchesAction(action: string): boolean;
  /** A path, or any of a key's names. */
  matchesResource(resource: string): boolean;
  /** The access key id of the caller. */
  matchesCaller(accessKeyId: string): boolean;
}

/** `action` and `resource` are globs; without `caller` everybody is denied. */
export function denial(action: string, resource = "**", caller = "**"): Denial {
  return {
    matchesAction: globOf(action),
    matchesResource: resource === "**" ? () => true : globOf(resource),
    matchesCaller: globOf(caller),
  };
}

function globOf(glob: string): (text: string) => boolean {
  return picomatch(glob, { dot: true, nonegate: true });
}
