import type { ParameterName } from "../model/name.ts";
import { Secret } from "../model/secret.ts";

/** Asks one question and gives the answer, unseen; rejects when the person gives up. */
export type Ask = (question: string) => Promise<string>;

/** Asks for each value in turn, again after an empty answer: Parameter Store takes none. */
export async function askFor(names: readonly ParameterName[], ask: Ask): Promise<Map<ParameterName, Secret>> {
  const values = new Map<ParameterName, Secret>();
  for (const name of names) {
    let answer = "";
    while (answer === "") answer = await ask(`Value of ${name}:`);
    values.set(name, new Secret(answer));
  }
  return values;
}
