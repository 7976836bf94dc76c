import type { Adoption } from "../config/declaration.ts";
import type { Origin } from "../config/origin.ts";
import type { ParameterName } from "../model/name.ts";
import type { ParameterType, Rule, Tier } from "../model/rule.ts";
import type { FormerName } from "./former-name.ts";

/** A parameter as it should be, every default filled in but what only the live source can tell. */
export interface DesiredParameter {
  readonly name: ParameterName;
  /** `exists` for a name that is only referred to (by `exists`, `shared_figs`, a copy or a merge). */
  readonly rule: Rule;
  /** True where the config asks for the name itself by `exists` or `shared_figs`: no prompt asks for its value. */
  readonly expected: boolean;
  /** Absent for a copy that inherits its source's type, and for `exists`. */
  readonly type?: ParameterType;
  /** The KMS key if it turns out a SecureString. */
  readonly key: string;
  readonly description: string;
  readonly tier?: Tier;
  readonly policies?: string;
  readonly allowedPattern?: string;
  readonly dataType: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Its value may be shown: a literal, or under a `public` glob. */
  readonly public: boolean;
  readonly protected: boolean;
  /** What lies in no scope is never deleted. */
  readonly inScope: boolean;
  readonly adopt?: Adoption;
  /** What `moved` says it was called before, the nearest first. */
  readonly formerly?: readonly FormerName[];
  readonly origin: Origin;
}
