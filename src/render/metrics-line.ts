/** What a log line counts under which name, and whose it is. */
export interface Metrics {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly counts: Readonly<Record<string, number>>;
  /** Those that are seconds; the others are counted. */
  readonly seconds: readonly string[];
}

/** CloudWatch takes metrics from log lines in its embedded metric format, which takes no right but to write the log. */
export function renderMetricsLine(
  namespace: string,
  { dimensions, counts, seconds }: Metrics,
  time: number,
): string {
  const metrics = Object.keys(counts).map((name) => ({
    Name: name,
    Unit: seconds.includes(name) ? "Seconds" : "Count",
  }));
  const directive = { Namespace: namespace, Dimensions: [Object.keys(dimensions)], Metrics: metrics };
  const head = { level: "info", event: "tally", ...dimensions, ...counts };
  return JSON.stringify({ ...head, _aws: { Timestamp: time, CloudWatchMetrics: [directive] } });
}
