import { brokenAnswer } from "./failure.ts";

/** Sends for one page: the first without a token. @throws StoreError */
export type FetchPage<Page> = (token: string | undefined) => Promise<Page>;

/**
 * Follows a chain of pages to its end, which only the missing (or empty) token tells: a page may be short or empty
 * and still have a successor. A chain that comes back to a token it has had would never end, and is no answer.
 * @throws StoreError
 */
export async function* allPages<Page extends { readonly NextToken?: string | undefined }>(
  operation: string,
  fetch: FetchPage<Page>,
): AsyncGenerator<Page> {
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = await fetch(token);
    yield page;
    token = page.NextToken || undefined;
    if (token !== undefined && seen.has(token)) throw brokenAnswer(operation);
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
}
