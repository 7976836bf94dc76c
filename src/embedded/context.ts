import type { ParameterChange } from "./change-event.ts";
import type { Database } from "./database.ts";
import type { MasterKey } from "./master-key.ts";

/**
 * What an operation may do: `kms:Decrypt` on a key that goes by all these names, `ssm:PutParameter` on a path.
 * `path` is the parameter for which a key is asked.
 */
export type Permits = (action: string, resources: readonly string[], path?: string) => boolean;

/** Everything one call happens in. State is kept apart by account and region. */
export interface Context {
  readonly database: Database;
  readonly master: MasterKey;
  readonly account: string;
  readonly region: string;
  /** The caller's ARN, LastModifiedUser of what it writes. */
  readonly caller: string;
  /** The id of this call, as in `x-amzn-requestid`. */
  readonly requestId: string;
  /** Milliseconds since 1970, the same for all of the call. */
  readonly now: number;
  readonly permits: Permits;
  /** Keys and aliases must have been made before they are used. */
  readonly strictKeys: boolean;
  /** Whether an overwrite may change a parameter's type: AWS's documents and its behaviour disagree. */
  readonly typeChange: "allow" | "refuse";
  /** Reads see nothing that was written after this time: a stale replica. Deletions and labels are not held back. */
  readonly horizon: number | undefined;
  /** The page that is asked for comes short, or empty with a token. */
  readonly page: "short" | "empty" | undefined;
  /** To be told of every change; those of a call that fails in the end are forgotten. */
  readonly changed: (place: Pick<Context, "account" | "region">, change: ParameterChange) => void;
}

/** One API operation. A `write` runs alone and is all or nothing; a `read` sees one state. */
export interface Operation {
  readonly kind: "read" | "write";
  run(context: Context, input: unknown): object;
}

/** `arn:aws:ssm:…:parameter/a/b`; AWS writes one slash after `parameter`, whatever the name began with. */
export function parameterArn(context: Pick<Context, "account" | "region">, path: string): string {
  return `arn:aws:ssm:${context.region}:${context.account}:parameter${path}`;
}
