import { expect } from "vitest";

/** AWS's code of the error that `call` ends with. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  return expect.fail("the call was not refused");
}

/** AWS's message of the error that `call` ends with. */
export async function messageOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return expect.fail("the call was not refused");
}
