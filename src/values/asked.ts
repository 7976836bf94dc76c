import type { ParameterName } from "../model/name.ts";
import { Secret } from "../model/secret.ts";

/** Asks one question and gives the answer, unseen; rejects when the person gives up. */
export type Ask = (question: string) => Promise<string>;

/** Nobody sees what is typed, and what is mistyped would be copied to all that follows: `undefined` where the two differ. */
export async function typedTwice(ask: Ask, question: string): Promise<string | undefined> {
  const value = await ask(question);
  return value === "" || (await ask("The same again:")) === value ? value : undefined;
}

/** Asks for each value in turn, twice, until both are the same and not empty: Parameter Store takes no empty one. */
export async function askFor(names: readonly ParameterName[], ask: Ask): Promise<Map<ParameterName, Secret>> {
  const values = new Map<ParameterName, Secret>();
  for (const name of names) {
    let answer = await typedTwice(ask, `Value of ${name}:`);
    while (answer === undefined || answer === "") {
      const why = answer === "" ? "It is empty" : "The two differ";
      answer = await typedTwice(ask, `${why}. Value of ${name}:`);
    }
    values.set(name, new Secret(answer));
  }
  return values;
}
