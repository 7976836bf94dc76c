import type { Diagnostic, Plan } from "../plan/plan.ts";
import type { Foreign } from "./escape.ts";

/** Where a plan is of, and whose: the line below a page's heading. */
export function whereText({ environment }: Plan, foreign: Foreign): string {
  const { account, region, owner, endpoint } = environment;
  return [
    ...(account === "" ? [] : [`account ${foreign(account)}`]),
    ...(region === "" ? [] : [foreign(region)]),
    ...(endpoint === undefined ? [] : [`endpoint ${foreign(endpoint)}`]),
    `owner ${foreign(owner)}`,
  ].join(", ");
}

/** What a finding says behind its severity; `told` is for its own words, `foreign` for names and files. */
export function findingText(
  { summary, address, file, line }: Diagnostic,
  told: Foreign,
  foreign: Foreign,
): string {
  const about = address === undefined || summary.includes(address) ? "" : `${foreign(address)}: `;
  const place = file === undefined ? "" : ` at ${foreign(line === undefined ? file : `${file}:${line}`)}`;
  return `${about}${told(summary)}${place}`;
}
