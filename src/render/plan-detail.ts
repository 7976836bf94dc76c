import type { GainAmount } from "./markdown-gains.ts";

/** How much of a plan a comment tells: what destroys or exposes is the last to be shortened. */
export interface PlanDetail {
  readonly changes: "attributes" | "lines" | "counts";
  readonly destructive: "attributes" | "lines";
  readonly rows: number;
  readonly destructiveRows: number;
  readonly gains: Omit<GainAmount, "foreign">;
  /** The longest text of others. */
  readonly longest: number;
}

const ALL = Number.POSITIVE_INFINITY;
/** Of a name, in UTF-16 units: the longest that Parameter Store takes. */
export const LONGEST_NAME = 2_048;

const EVERY_GAIN: PlanDetail["gains"] = { brief: false, rows: ALL, names: ALL };
const BRIEF_GAINS: PlanDetail["gains"] = { brief: true, rows: ALL, names: ALL };

/** From everything to ever less. */
export const LADDER: readonly PlanDetail[] = [
  {
    changes: "attributes",
    destructive: "attributes",
    rows: ALL,
    destructiveRows: ALL,
    gains: EVERY_GAIN,
    longest: ALL,
  },
  {
    changes: "lines",
    destructive: "attributes",
    rows: ALL,
    destructiveRows: ALL,
    gains: EVERY_GAIN,
    longest: LONGEST_NAME,
  },
  {
    changes: "lines",
    destructive: "attributes",
    rows: 250,
    destructiveRows: ALL,
    gains: BRIEF_GAINS,
    longest: LONGEST_NAME,
  },
  {
    changes: "lines",
    destructive: "attributes",
    rows: 100,
    destructiveRows: ALL,
    gains: BRIEF_GAINS,
    longest: LONGEST_NAME,
  },
  {
    changes: "counts",
    destructive: "attributes",
    rows: 40,
    destructiveRows: ALL,
    gains: BRIEF_GAINS,
    longest: LONGEST_NAME,
  },
  {
    changes: "counts",
    destructive: "lines",
    rows: 20,
    destructiveRows: ALL,
    gains: BRIEF_GAINS,
    longest: LONGEST_NAME,
  },
  {
    changes: "counts",
    destructive: "lines",
    rows: 10,
    destructiveRows: 200,
    gains: { brief: true, rows: 400, names: 100 },
    longest: LONGEST_NAME,
  },
  {
    changes: "counts",
    destructive: "lines",
    rows: 5,
    destructiveRows: 50,
    gains: { brief: true, rows: 100, names: 10 },
    longest: 256,
  },
  {
    changes: "counts",
    destructive: "lines",
    rows: 3,
    destructiveRows: 20,
    gains: { brief: true, rows: 20, names: 3 },
    longest: 100,
  },
];
/**
 * Fits whatever the plan says: a destructive change has at most fifteen texts of others, ten of them its sources, and all
 * the rest some two hundred.
 */
export const LEAST: PlanDetail = {
  changes: "counts",
  destructive: "lines",
  rows: 3,
  destructiveRows: 10,
  gains: { brief: true, rows: 10, names: 3 },
  longest: 100,
};
