import type { ParameterName } from "../model/name.ts";
import type { ParameterType, Tier } from "../model/rule.ts";
import type { Secret } from "../model/secret.ts";

/** What the store tells of a parameter without its value. Times are milliseconds since 1970. */
export interface LiveParameter {
  readonly name: ParameterName;
  readonly type: ParameterType;
  readonly version: number;
  readonly lastModified: number;
  readonly lastModifiedUser?: string;
  /** `""` when there is none. */
  readonly description: string;
  /** As the writer spelled it: an alias, an id or an ARN; only of a SecureString. */
  readonly keyId?: string;
  readonly tier: "Standard" | "Advanced";
  /** The JSON array of policy texts, canonical; absent when there is none. */
  readonly policies?: string;
  readonly allowedPattern?: string;
  readonly dataType: string;
  /** Labels of this version; only the history tells them. */
  readonly labels?: readonly string[];
}

/** Which parameters to describe: all whose name begins with a prefix, and those with exactly these names. */
export interface LiveQuery {
  readonly prefixes: readonly string[];
  readonly names: readonly ParameterName[];
}

/** A name, or a name at a version. */
export interface Selector {
  readonly name: ParameterName;
  readonly version?: number;
}

/** What came of reading one value. `denied`: it is there, or may be, and this identity may not read it, by AWS's own error `code`. */
export type Reading =
  | {
      readonly kind: "value";
      readonly value: Secret;
      readonly type: ParameterType;
      readonly version: number;
      readonly lastModified: number;
      readonly arn: string;
    }
  | { readonly kind: "absent" }
  | { readonly kind: "denied"; readonly code: string };

/** A PutParameter with everything said: nothing is left to what the store remembers. */
export interface ParameterWrite {
  readonly name: ParameterName;
  readonly value: Secret;
  readonly type: ParameterType;
  readonly description: string;
  readonly overwrite: boolean;
  /** Only for a SecureString. */
  readonly keyId?: string;
  readonly tier: Tier;
  /** The JSON array, `[{}]` to clear; absent to say nothing. */
  readonly policies?: string;
  readonly allowedPattern?: string;
  readonly dataType: string;
  /** Only with `overwrite: false`: Parameter Store takes no tags on an overwrite. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * What came of a write. `refused` is AWS's own error code: nothing was written. `unknown`: the request may
 * have been done (a timeout, a reset, a 5xx, a broken answer); only the live parameter can tell.
 */
export type WriteOutcome =
  | { readonly kind: "written"; readonly version: number }
  | { readonly kind: "exists" }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "unknown"; readonly code: string };

/** Why a call to the store could not be completed. `refused`: for what the request says, by AWS's own error code. */
export type StoreFailure = "denied" | "throttled" | "unreachable" | "expired" | "broken" | "refused";

/**
 * A live Parameter Store. Reads are all or nothing: they return everything that was asked for or throw a
 * `StoreError`; an absent parameter is an answer, a denied or partial one never passes for absence.
 * Throttles are waited out inside; only reads, and writes that were certainly refused, are sent again.
 */
export interface Store {
  /** Follows every page, however short or empty. @throws StoreError */
  describe(query: LiveQuery): Promise<ReadonlyMap<ParameterName, LiveParameter>>;
  /** The values of `selectors`, decrypted, in their order; a batch refused for one name is bisected. @throws StoreError */
  read(selectors: readonly Selector[]): Promise<readonly Reading[]>;
  /** The kept versions of a parameter without their values, oldest first; empty when it is absent. @throws StoreError */
  history(name: ParameterName): Promise<readonly LiveParameter[]>;
  /**
   * Sends one PutParameter, again only after a throttle or TooManyUpdates. `mayStart` is asked right before each
   * sending, once it is signed; on a no nothing is sent and the write is refused as `NotStarted`.
   * @throws StoreError when it certainly never arrived, or its credentials were not accepted: nothing was written
   */
  put(write: ParameterWrite, mayStart?: () => boolean): Promise<WriteOutcome>;
  /** Sent once, as `put` is: where its answer is lost only the live store can tell. @throws StoreError */
  delete(name: ParameterName, mayStart?: () => boolean): Promise<"deleted" | "absent">;
  /** Adds or replaces these tags and leaves all others; `mayStart` as for `put`. @throws StoreError */
  tag(name: ParameterName, tags: Readonly<Record<string, string>>, mayStart?: () => boolean): Promise<void>;
  /** The store's own clock, from its last answer: milliseconds since 1970. */
  now(): number;
  /** API calls made so far, throttled ones included. */
  readonly calls: number;
}
