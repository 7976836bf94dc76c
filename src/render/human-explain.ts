import type { Reader } from "../graph/reader.ts";
import { painter } from "./colour.ts";
import { escapeText } from "./escape.ts";

/** A parameter upstream or downstream of the explained one; `depth` 1 is a direct source or follower. */
export interface ChainLink {
  readonly address: string;
  readonly rule: string;
  readonly depth: number;
  readonly file: string;
  readonly line: number;
}

/** Everything there is to say about one parameter but its value. */
export interface Explanation {
  readonly address: string;
  /** Null, like `file` and `line`, for what lives and is not in the configs. */
  readonly rule: string | null;
  /** Null where only the live source can tell. */
  readonly type: string | null;
  readonly key: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** The whole chain of sources, each followed by its own. */
  readonly chain: readonly ChainLink[];
  /** The direct followers. */
  readonly followers: readonly string[];
  /** All that follows from it, directly or through others, each followed by its own. */
  readonly readers: readonly ChainLink[];
  /** Who reads it, or what follows from it, by the path below which they read. */
  readonly read_by: readonly { readonly reader: string; readonly kind: Reader["kind"] }[];
  /** `state` says in words how its stamp stands. Null where there is no such parameter. */
  readonly live: {
    readonly version: number;
    readonly last_modified: string;
    readonly last_modified_user?: string;
    /** The fingerprint of the plan that wrote it; null where it was put by hand. Absent for what bears no current stamp. */
    readonly plan?: string | null;
    readonly owner: string | null;
    readonly state: string;
  } | null;
  /** Null for a name of which no plan was made. */
  readonly planned: { readonly action: string; readonly reason: string | null } | null;
  readonly protected: boolean;
  readonly guards: readonly string[];
  /** What a plan has to say about it, with its remedy where there is one. */
  readonly notes: readonly string[];
}

/** The answer to `explain NAME`, one question a row. Ends with a newline. */
export function renderExplanation(explained: Explanation, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["declared", [declaredText(explained)]],
    ["type", [typeText(explained)]],
    ["sources", explained.chain.map((link) => linkText("<-", link))],
    ["followers", explained.readers.map((link) => linkText("->", link))],
    ["read by", [explained.read_by.map(({ reader, kind }) => `${escapeText(reader)} (${kind})`).join(", ")]],
    ["live", [liveText(explained.live)]],
    ["planned", [plannedText(explained.planned)]],
    ["protected", [explained.protected ? "yes" : "no"]],
    ["guards", explained.guards.length === 0 ? [] : [explained.guards.map(escapeText).join(", ")]],
    ...(explained.notes.length === 0 ? [] : [["notes", explained.notes.map(escapeText)] as const]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.flatMap(([label, texts]) =>
    (texts.length === 0 ? ["none"] : texts).map(
      (text, index) => `  ${paint((index === 0 ? label : "").padEnd(width), "grey")}   ${text}`,
    ),
  );
  return `${[paint(escapeText(explained.address), "bold"), ...lines].join("\n")}\n`;
}

function declaredText({ rule, file, line }: Explanation): string {
  return rule === null || file === null
    ? "not in these configs"
    : `${escapeText(rule)}, at ${escapeText(file)}:${line}`;
}

function typeText({ type, key }: Explanation): string {
  const under = key === null ? "" : ` under ${escapeText(key)}`;
  return `${type === null ? "that of its source" : escapeText(type)}${under}`;
}

function linkText(arrow: "<-" | "->", { address, rule, depth, file, line }: ChainLink): string {
  return `${"  ".repeat(depth - 1)}${arrow} ${escapeText(address)} (${escapeText(rule)}, at ${escapeText(file)}:${line})`;
}

function liveText(live: Explanation["live"]): string {
  if (live === null) return "absent";
  const owner = live.owner === null ? "no owner" : `owner ${escapeText(live.owner)}`;
  const who = live.last_modified_user === undefined ? "" : ` by ${escapeText(live.last_modified_user)}`;
  return `version ${live.version} of ${escapeText(live.last_modified)}${who}, ${owner}, ${escapeText(live.state)}${planText(live.plan)}`;
}

function planText(plan: string | null | undefined): string {
  if (plan === undefined) return "";
  return plan === null ? ", put by hand" : ` with plan ${escapeText(plan)}`;
}

function plannedText(planned: Explanation["planned"]): string {
  if (planned === null) return "nothing";
  return planned.reason === null
    ? escapeText(planned.action)
    : `${escapeText(planned.action)} (${escapeText(planned.reason)})`;
}
