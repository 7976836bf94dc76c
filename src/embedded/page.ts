import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Context } from "./context.ts";
import { ServiceError } from "./service-error.ts";

/** What a page belongs to: a token continues only the request that gave it, though pages may change their size. */
export type PageOf = readonly [operation: string, ...request: unknown[]];

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** To be spread into the answer: there is a token exactly when there is more. */
  readonly token: { readonly NextToken?: string };
}

/** Rows in the order of their positions, and those after a position: `""` is before all others. */
export interface Listing<Row> {
  list(after: string, count: number): readonly Row[];
  positionOf(row: Row): string;
}

/**
 * One page of at most `limit` rows; shorter, or empty, where the call's conditions say so.
 * @throws ServiceError InvalidNextToken
 */
export function readPage<Row>(
  context: Context,
  of: PageOf,
  token: string | undefined,
  limit: number,
  listing: Listing<Row>,
): Page<Row> {
  const after = readToken(context, of, token);
  const size = context.page === "empty" ? 0 : context.page === "short" ? Math.ceil(limit / 3) : limit;
  const rows = listing.list(after, size + 1);
  if (rows.length <= size) return { rows, token: {} };
  const page = rows.slice(0, size);
  const last = page.at(-1);
  const position = last === undefined ? after : listing.positionOf(last);
  return { rows: page, token: { NextToken: writeToken(context, of, position) } };
}

const MAC = 16;
/** No two tokens are equal, also not those around an empty page: clients take a repeated token for a loop. */
const NONCE = 8;

/** An opaque NextToken: MAC, nonce, and the position after which the next page begins. */
function writeToken(context: Context, of: PageOf, position: string): string {
  const signed = Buffer.concat([randomBytes(NONCE), Buffer.from(position)]);
  return Buffer.concat([mac(context, of, signed), signed]).toString("base64url");
}

/** The position of a token, `""` for none. @throws ServiceError InvalidNextToken for one that this request did not give. */
function readToken(context: Context, of: PageOf, token: string | undefined): string {
  if (token === undefined || token === "") return "";
  const bytes = Buffer.from(token, "base64url");
  const signed = bytes.subarray(MAC);
  if (signed.length < NONCE || !timingSafeEqual(bytes.subarray(0, MAC), mac(context, of, signed))) {
    throw new ServiceError("InvalidNextToken", "The specified token is not valid.");
  }
  return signed.subarray(NONCE).toString();
}

function mac(context: Context, of: PageOf, signed: Buffer): Buffer {
  const request = createHash("sha256")
    .update(JSON.stringify([context.account, context.region, of]))
    .digest();
  return createHmac("sha256", context.master.subkey("page tokens"))
    .update(request)
    .update(signed)
    .digest()
    .subarray(0, MAC);
}
