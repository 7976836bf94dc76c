/** What an HTTP answer holds: `other` is no JSON, or no UTF-8. */
export type JsonAnswer =
  | { readonly kind: "json"; readonly body: unknown }
  | { readonly kind: "other" }
  | { readonly kind: "too_large" };

/**
 * Reads the JSON that an HTTP answer holds, of at most `largest` bytes once they are unpacked.
 * @throws whatever the connection fails with
 */
export async function jsonAnswer(response: Response, largest: number): Promise<JsonAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > largest) return { kind: "too_large" };
    chunks.push(chunk);
  }
  try {
    const body: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
    return { kind: "json", body };
  } catch {
    return { kind: "other" };
  }
}
