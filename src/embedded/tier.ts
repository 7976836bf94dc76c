import { LARGEST_VALUE } from "../model/value-size.ts";
import type { Context } from "./context.ts";
import type { StoredTier } from "./parameter-rows.ts";
import { invalid, ServiceError } from "./service-error.ts";

/** Parameters per account and region (user guide, "Parameter tiers"). */
const MOST: Record<StoredTier, number> = { Standard: 10_000, Advanced: 100_000 };

/** What a write asks of its tier. `current` is the tier that the parameter has, `undefined` for a new one. */
export interface TierRequest {
  readonly tier: string | undefined;
  readonly current: StoredTier | undefined;
  readonly bytes: number;
  readonly hasPolicies: boolean;
}

/**
 * The tier that a parameter is put in: as asked, Standard when nothing is, the least that will do under
 * Intelligent-Tiering; never lower than it has.
 * @throws ServiceError ValidationException, ParameterLimitExceeded
 */
export function assignTier(context: Context, request: TierRequest): StoredTier {
  const tier = chooseTier(context, request);
  if (tier === "Standard" && request.current === "Advanced") {
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.",
    );
  }
  if (request.bytes > LARGEST_VALUE[tier]) {
    throw invalid(
      `${tier} tier parameters support a maximum parameter value of ${LARGEST_VALUE[tier]} characters.`,
    );
  }
  if (tier === "Standard" && request.hasPolicies) {
    throw invalid("Parameter policies are supported by the advanced-parameter tier only.");
  }
  if (request.current !== tier && countTier(context, tier) >= MOST[tier]) {
    throw new ServiceError(
      "ParameterLimitExceeded",
      `You have reached the maximum number of ${tier.toLowerCase()} parameters for this AWS account and Region (${MOST[tier]}).`,
    );
  }
  return tier;
}

function chooseTier(context: Context, { tier, current, bytes, hasPolicies }: TierRequest): StoredTier {
  if (tier === "Advanced" || tier === "Standard") return tier;
  if (current === "Advanced") return "Advanced";
  if (tier === undefined) return "Standard";
  const fits = bytes <= LARGEST_VALUE.Standard && !hasPolicies;
  return fits && (current === "Standard" || countTier(context, "Standard") < MOST.Standard)
    ? "Standard"
    : "Advanced";
}

/** Counting is a scan, so it waits until the ids given out say that the limit can have been reached at all. */
function countTier(context: Context, tier: StoredTier): number {
  const { database, account, region } = context;
  const ids = database.get<{ n: number | null }>("SELECT max(id) AS n FROM parameter")?.n ?? 0;
  if (ids < MOST[tier]) return ids;
  const count = database.get<{ n: number }>(
    "SELECT count(*) AS n FROM parameter p JOIN version v ON v.parameter = p.id AND v.version = p.latest WHERE p.account = ? AND p.region = ? AND v.tier = ?",
    account,
    region,
    tier,
  );
  return count?.n ?? 0;
}
