/** The requests that a `Store` sends, by AWS's names. */
export type Operation =
  | "AddTagsToResource"
  | "DeleteParameter"
  | "DescribeParameters"
  | "GetParameter"
  | "GetParameterHistory"
  | "GetParameters"
  | "PutParameter";

/** Operations that AWS counts together. */
export type Lane = "delete" | "describe" | "get" | "history" | "put" | "tag";

/** What a lane may send: `perSecond` on average, `burst` at once after a rest. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export type Rates = Readonly<Record<Lane, Rate>>;

const LANES: Readonly<Record<Operation, Lane>> = {
  AddTagsToResource: "tag",
  DeleteParameter: "delete",
  DescribeParameters: "describe",
  GetParameter: "get",
  GetParameterHistory: "history",
  GetParameters: "get",
  PutParameter: "put",
};

export function laneOf(operation: Operation): Lane {
  return LANES[operation];
}

/**
 * Where pacing starts on AWS: the default quotas of one account and region, shared with everybody else in it.
 * Get* 40/s together, PutParameter 3/s and DeleteParameter 5/s are AWS's numbers ("AWS Systems Manager endpoints
 * and quotas", and AWS Support for PutParameter); DescribeParameters, GetParameterHistory and tags have none published: 5/s is a guess,
 * and some twenty quick DescribeParameters have been seen to pass.
 */
export const AWS_RATES: Rates = {
  delete: { perSecond: 5, burst: 1 },
  describe: { perSecond: 5, burst: 10 },
  get: { perSecond: 40, burst: 10 },
  history: { perSecond: 5, burst: 1 },
  put: { perSecond: 3, burst: 1 },
  tag: { perSecond: 5, burst: 1 },
};

const FREE: Rate = { perSecond: Number.POSITIVE_INFINITY, burst: 1 };

/** Where pacing starts on a store of our own: no limit until the store throttles. */
export const UNLIMITED: Rates = {
  delete: FREE,
  describe: FREE,
  get: FREE,
  history: FREE,
  put: FREE,
  tag: FREE,
};

/** How long these requests take at `rates`, in seconds; operations of different lanes are taken to follow one another. */
export function estimateSeconds(requests: Partial<Record<Operation, number>>, rates: Rates): number {
  const lanes = new Map<Lane, number>();
  for (const [operation, count] of Object.entries(requests) as [Operation, number][]) {
    lanes.set(laneOf(operation), (lanes.get(laneOf(operation)) ?? 0) + count);
  }
  let seconds = 0;
  for (const [lane, count] of lanes) {
    const { perSecond, burst } = rates[lane];
    seconds += Math.max(0, count - burst) / perSecond;
  }
  return seconds;
}
