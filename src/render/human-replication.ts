import type { Outcome } from "../apply/outcome.ts";
import { escapeText } from "./escape.ts";
import type { ReplicationNews } from "./replication-line.ts";

const WITHHELD: Readonly<Record<string, string>> = {
  absent: "is not there: apply creates it",
  not_ours: "bears no stamp of ours: apply adopts it where the config says so",
  other_rule: "was written by another rule than this config has: apply it",
  other_attributes: "was written with other attributes than this config has: apply it",
  replace: "has to be replaced: apply does it",
  exposure: "could be read by more than before: apply asks whether that is meant",
  broaden: "would let somebody read a secret by it: apply asks whether that is meant",
  blocked: "follows from what is not there, may not be written or waits for apply",
  group: "belongs to a group of which something waits for apply",
};

const AGAIN: Readonly<Record<string, string>> = {
  locked: "waits for the apply that holds the lock",
  early: "changed, but the store does not show it yet",
  restless: "waits until its group is quiet",
  behind: "waits for what another owner's replicator writes",
  stale: "changed again meanwhile",
  failed: "could not be replicated everywhere",
};

/** One line for each replica and each source that there is something to say of; empty when all is as it should be. */
export function renderReplication({ outcomes, overwritten, withheld, again }: ReplicationNews): string {
  const lines = [
    ...outcomes.map(({ address, outcome }) => [address, fate(outcome)] as const),
    ...overwritten.map(({ address, version }) => [address, `version ${version} was overwritten`] as const),
    ...[...withheld].map(([name, why]) => [name, WITHHELD[why] ?? why] as const),
    ...[...again].map(([name, { why }]) => [name, AGAIN[why] ?? why] as const),
  ];
  return lines.map(([name, what]) => `${escapeText(name)}: ${escapeText(what)}\n`).join("");
}

function fate(outcome: Outcome): string {
  switch (outcome.kind) {
    case "applied":
      return `replicated, version ${outcome.version}`;
    case "done":
      return "replicated before";
    case "failed":
      return `failed: ${outcome.message}`;
    case "skipped":
      return "skipped";
  }
}
