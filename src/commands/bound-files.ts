import path from "node:path";
import { isBelow } from "../config/base.ts";
import { ENVIRONMENT_FILE, readEnvironment } from "../config/environment-file.ts";
import { fileDigest } from "../config/file-digest.ts";
import { jsonFileOf, showPath } from "../config/json-file.ts";
import { readOwnFile } from "../config/own-file.ts";
import { trackingOf } from "../values/git-tracks.ts";
import type { Host } from "./host.ts";

/**
 * What no fingerprint covers, and what an apply trusts before it knows the decision: which programs it runs and whom
 * it asks, by environment.json, and by the SOPS files that this one names, of which each says who has its key.
 */
export interface BoundFiles {
  /** `undefined` where there is none. */
  readonly environmentFile: Buffer | undefined;
  /** In the order of `sources`; one that lies outside of the repository is nobody's to propose, and not among them. */
  readonly sopsFiles: readonly SopsFile[];
  /** Over every byte of all. */
  readonly digest: string;
}

export interface SopsFile {
  /** From the top of the repository. */
  readonly inside: string;
  /** `undefined` for what git does not track: it is this machine's, and its digest would tell of any such file. */
  readonly content: Buffer | undefined;
}

/**
 * Those of the environment in `folder`, an absolute path without links above `top`, which is that of the repository.
 * @throws UserError where one is no file of the repository itself
 */
export async function readBoundFiles(
  { environmentVariables }: Pick<Host, "environmentVariables">,
  folder: string,
  { top, cwd }: { readonly top: string; readonly cwd: string },
): Promise<BoundFiles> {
  const file = path.join(folder, ENVIRONMENT_FILE);
  const environmentFile = await readOwnFile(top, path.relative(top, file), showPath(file, cwd));
  const json = jsonFileOf(environmentFile ?? Buffer.alloc(0), file, cwd);
  const { sources } = readEnvironment(json, path.basename(folder)).environment;
  const sopsFiles: SopsFile[] = [];
  for (const source of sources) {
    if (source.kind !== "sops" || !isBelow(source.path, top)) continue;
    const inside = path.relative(top, source.path);
    const content = await readOwnFile(top, inside, "the file of a sops source");
    const isOwn = (await trackingOf(source.path, environmentVariables)) !== "untracked";
    sopsFiles.push({ inside, content: isOwn ? content : undefined });
  }
  const contents = [environmentFile, ...sopsFiles.map(({ content }) => content)];
  const digests = contents.map((content) => (content === undefined ? "absent" : fileDigest(content)));
  return { environmentFile, sopsFiles, digest: fileDigest(Buffer.from(digests.join("\n"))) };
}
