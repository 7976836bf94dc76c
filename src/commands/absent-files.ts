import type { Environment } from "../config/environment.ts";
import { isFile, showPath } from "../config/json-file.ts";
import { warningAt } from "../config/origin.ts";
import type { Problem } from "../model/problem.ts";

/** Files of values are no part of a repository: one that is not there is no error where only configs are. */
export function absentFiles({ sources }: Environment, cwd: string): readonly Problem[] {
  return sources.flatMap((source) =>
    "path" in source && !isFile(source.path)
      ? [
          warningAt(
            source.at,
            `the file of this source is not there: ${showPath(source.path, cwd)}`,
            "plan and apply need it: create it with mode 0600, or correct its path",
          ),
        ]
      : [],
  );
}
