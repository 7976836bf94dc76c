import { applicationKey } from "../import/application-key.ts";
import { byApplicationAndKey } from "../import/static-template.ts";
import type { ParameterName } from "../model/name.ts";
import type { Audit } from "../plan/audit.ts";
import type { Lack } from "../values/source-reading.ts";
import { escapeText } from "./escape.ts";

export interface AuditReport {
  readonly audit: Audit;
  /** What 1Password was asked for in vain. */
  readonly lacking: ReadonlyMap<ParameterName, Lack>;
  /** The environment's scopes: what names are told by. */
  readonly scopes: readonly string[];
}

/** The bare name under which Phalanx keeps the one secret that is no application's. */
const PULL_SECRET = "pull-secret";

/**
 * The report of `phalanx secrets audit` (services/secrets.py, `SecretsAuditReport.to_text`), byte for byte; `""` where
 * all is well. What nothing has a value for is reported alone: as long as it is missing, the rest is not to be trusted.
 */
export function renderAudit(report: AuditReport): string {
  const { audit, lacking } = report;
  const unsupplied = audit.unresolved.filter((name) => lacking.has(name));
  if (unsupplied.length > 0) return section("Missing static secrets from 1Password", lackingOf(report));
  if (audit.unresolved.length > 0)
    return section("Unresolved secrets", listed(report, audit.unresolved, "/"));
  return [
    section("Missing secrets", listed(report, audit.missing)),
    section("Secrets that do not have their expected value", listed(report, audit.unexpected)),
    section("Unknown secrets in Vault", listed(report, audit.unknown)),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

/** The same as data. Every name stands with its address and as Phalanx speaks of it. */
export function auditDocument(environment: string, { audit, lacking, scopes }: AuditReport) {
  const entries = (names: readonly ParameterName[]) =>
    names.map((address) => ({ address, ...applicationKey(address, scopes) }));
  return {
    format_version: "1.0",
    environment,
    clean: isClean(audit),
    missing: entries(audit.missing),
    unexpected: entries(audit.unexpected),
    unknown: entries(audit.unknown),
    unresolved: entries(audit.unresolved).map((entry) => ({
      ...entry,
      ...(lacking.has(entry.address) ? { lacks: lacking.get(entry.address) } : {}),
    })),
  };
}

export function isClean({ missing, unexpected, unknown, unresolved }: Audit): boolean {
  return [missing, unexpected, unknown, unresolved].every((names) => names.length === 0);
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${heading}:\n${lines.map((line) => `• ${escapeText(line)}\n`).join("")}`;
}

function listed({ scopes }: AuditReport, names: readonly ParameterName[], between = " "): string[] {
  return names
    .map((name) => applicationKey(name, scopes))
    .sort(byApplicationAndKey)
    .map(({ application, key }) =>
      application === PULL_SECRET ? application : `${application}${between}${key}`,
    );
}

/** An item that is not there is named once, whatever it should have held. */
function lackingOf({ audit, lacking, scopes }: AuditReport): string[] {
  const lines = audit.unresolved.flatMap((name) => {
    const lack = lacking.get(name);
    if (lack === undefined) return [];
    const { application, key } = applicationKey(name, scopes);
    return [lack === "item" ? application : `${application} ${key}`];
  });
  return [...new Set(lines)].sort();
}
