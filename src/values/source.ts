import type { SourceKind } from "../config/source-location.ts";
import type { ParameterName } from "../model/name.ts";
import type { Structure } from "../model/rule.ts";
import type { Clock } from "../store/clock.ts";
import type { Connection } from "../store/connection.ts";
import type { Store } from "../store/store.ts";
import type { Tracking } from "./git-tracks.ts";
import type { SourceReading } from "./source-reading.ts";

/** A place that static values come from. */
export interface Source {
  readonly kind: SourceKind;
  /** Whether it may have a value for a name; what it cannot have it is not asked for. */
  mayHave(name: ParameterName): boolean;
  /**
   * The values that it has for `wanted`; a name without one is absent there.
   * @throws UserError when it could not be asked, for then nothing is known to be absent
   */
  read(wanted: ReadonlySet<ParameterName>): Promise<SourceReading>;
}

/** What sources are read with. */
export interface SourceContext {
  /** All that may be static, wanted of this source or not. */
  readonly names: ReadonlySet<ParameterName>;
  /** Those of them whose values are composed of what a source holds in structured form. */
  readonly structures: ReadonlyMap<ParameterName, Structure>;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** The working folder, absolute: files are shown relative to it. */
  readonly cwd: string;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** The environment's own way to AWS, and its store. */
  readonly connection: Connection;
  readonly store: Pick<Store, "read">;
  readonly clock: Clock;
  /** After how many milliseconds without an answer a request to a server counts as lost. */
  readonly requestTimeout: number;
  /** Whether git tracks a file, by its absolute path. */
  readonly trackingOf: (file: string) => Promise<Tracking>;
}
