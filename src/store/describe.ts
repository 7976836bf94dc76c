import type { ParameterName } from "../model/name.ts";
import { filterChains, type NameFilter } from "./filter-chains.ts";
import { type Described, liveParameters } from "./live-parameter.ts";
import { allPages } from "./pages.ts";
import type { LiveParameter, LiveQuery } from "./store.ts";

export interface DescribedPage {
  readonly Parameters?: readonly Described[] | undefined;
  readonly NextToken?: string | undefined;
}

/** Sends one DescribeParameters; no filter asks for all there are. @throws StoreError */
export type DescribePage = (filter?: NameFilter, token?: string) => Promise<DescribedPage>;

const OPERATION = "DescribeParameters";

/** What `query` asks for, and nothing else of what its filters match. @throws StoreError */
export async function describeAll(
  query: LiveQuery,
  page: DescribePage,
): Promise<Map<ParameterName, LiveParameter>> {
  const chains = filterChains(query);
  // Nothing to ask for is still asked once: that this identity may describe is part of every answer.
  if (chains.length === 0) liveParameters(OPERATION, (await page()).Parameters);
  const names = new Set(query.names);
  const found = new Map<ParameterName, LiveParameter>();
  for (const filter of chains) {
    for await (const answer of allPages(OPERATION, (token) => page(filter, token))) {
      for (const parameter of liveParameters(OPERATION, answer.Parameters)) {
        const { name } = parameter;
        if (names.has(name) || query.prefixes.some((prefix) => name.startsWith(prefix)))
          found.set(name, parameter);
      }
    }
  }
  return found;
}
