/**
 * The JSON that an HTTP answer holds; `undefined` for what is none, is no UTF-8, or has more than `largest` bytes.
 * @throws whatever the connection fails with
 */
export async function jsonAnswer(response: Response, largest: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > largest) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    return undefined;
  }
}
