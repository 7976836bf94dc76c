import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { isFile, showPath } from "../config/json-file.ts";
import { UserError } from "../model/error.ts";
import { environmentsWithValues } from "./values-files.ts";

/** A folder with a Phalanx checkout, read for one environment. */
export interface Checkout {
  /** Its root, absolute. */
  readonly folder: string;
  readonly environment: string;
  /** Files are shown relative to it. */
  readonly cwd: string;
}

/**
 * The root of the checkout that `folder` is, or lies in, as Phalanx's own commands find it from anywhere inside.
 * @throws UserError when there is none up to the root of the file system
 */
export function checkoutRoot(folder: string, cwd: string): string {
  const root = isFolder(folder) ? nearestRoot(folder) : undefined;
  if (root !== undefined) return root;
  throw new UserError(
    `${showPath(folder, cwd)} is no Phalanx checkout, and lies in none: it has no environments/values.yaml`,
    { hint: "name the folder that holds environments/ and applications/, or one below it" },
  );
}

function nearestRoot(folder: string): string | undefined {
  const isRoot =
    isFile(path.join(folder, "environments", "values.yaml")) && isFolder(path.join(folder, "applications"));
  if (isRoot) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : nearestRoot(parent);
}

function isFolder(absolute: string): boolean {
  return statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The environments that have a values file, sorted. */
export function environmentsOf({ folder }: Pick<Checkout, "folder">): string[] {
  return environmentsWithValues(path.join(folder, "environments"));
}

/** Whether the checkout has a chart of this name, enabled or not. */
export function hasApplication({ folder }: Checkout, name: string): boolean {
  return CHART_NAME.test(name) && existsSync(path.join(folder, "applications", name));
}

/** A folder among charts, and nothing that leads elsewhere. */
const CHART_NAME = /^(?!\.)[A-Za-z0-9_.-]+$/;
