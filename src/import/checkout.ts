import { existsSync } from "node:fs";
import path from "node:path";
import { isFile, showPath } from "../config/json-file.ts";
import { UserError } from "../model/error.ts";
import { environmentsWithValues } from "./values-files.ts";

/** A folder with a Phalanx checkout, read for one environment. */
export interface Checkout {
  /** Absolute. */
  readonly folder: string;
  readonly environment: string;
  /** Files are shown relative to it. */
  readonly cwd: string;
}

/** The environments that have a values file, sorted. @throws UserError when this is no Phalanx checkout */
export function environmentsOf({ folder, cwd }: Pick<Checkout, "folder" | "cwd">): string[] {
  if (!isFile(path.join(folder, "environments", "values.yaml"))) {
    throw new UserError(
      `${showPath(folder, cwd)} is no Phalanx checkout: it has no environments/values.yaml`,
      {
        hint: "name the folder that holds environments/ and applications/",
      },
    );
  }
  return environmentsWithValues(path.join(folder, "environments"));
}

/** Whether the checkout has a chart of this name, enabled or not. */
export function hasApplication({ folder }: Checkout, name: string): boolean {
  return CHART_NAME.test(name) && existsSync(path.join(folder, "applications", name));
}

/** A folder among charts, and nothing that leads elsewhere. */
const CHART_NAME = /^(?!\.)[A-Za-z0-9_.-]+$/;
