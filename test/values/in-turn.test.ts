import { expect, test } from "vitest";
import { InputValues } from "../../src/apply/input-values.ts";
import { type ParameterName, parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Decision } from "../../src/plan/decision.ts";
import { type Pass, valueAfter, valueAtHand } from "../../src/plan/pass.ts";
import type { Store } from "../../src/store/store.ts";
import { inTurn } from "../../src/values/in-turn.ts";

const LENGTH = 50_000;
const nth = (index: number): ParameterName => parameterName(`/chain/${index}`);

/** Copies of copies, the first of a literal. */
function chain(): Map<ParameterName, Decision> {
  const decisions = new Map<ParameterName, Decision>();
  for (let index = 1; index <= LENGTH; index += 1) {
    const parameter = { name: nth(index), rule: { kind: "copy", source: nth(index - 1) } };
    decisions.set(nth(index), { parameter, source: { kind: "followed" } } as Decision);
  }
  const root = { parameter: { name: nth(0) }, source: { kind: "supplied", value: new Secret("root") } };
  return decisions.set(nth(0), root as Decision);
}

test("the end of a long chain has the value of its beginning: in a plan", () => {
  const pass = { decisions: chain(), values: new Map(), atHand: new Map() } as unknown as Pass;
  expect(valueAfter(pass, nth(LENGTH))?.equals(new Secret("root"))).toBe(true);
  expect(valueAtHand(pass, nth(LENGTH))?.equals(new Secret("root"))).toBe(true);
});

test("the end of a long chain has the value of its beginning: in an apply", () => {
  const values = new InputValues({} as Store, chain());
  values.set(nth(0), new Secret("root"));
  expect(values.get(nth(LENGTH))).toSatisfy((value: Secret) => value.equals(new Secret("root")));
});

test("what is not asked for has no turn, and what is has one", () => {
  const made: string[] = [];
  const known = new Map<ParameterName, number | undefined>();
  const inputs: Record<string, number[]> = { "/chain/9": [1, 2, 1], "/chain/2": [3] };
  const value = inTurn(known, nth(9), (name, inputValue) => {
    let sum = 1;
    for (const input of inputs[name] ?? []) {
      const found = inputValue(nth(input));
      if (found === undefined) return undefined;
      sum += found;
    }
    made.push(name);
    return sum;
  });
  expect(value).toBe(5);
  expect(made).toEqual(["/chain/1", "/chain/3", "/chain/2", "/chain/9"]);
});

test("what comes to nothing is not asked for again, nor what would follow it", () => {
  const asked: string[] = [];
  const known = new Map<ParameterName, number | undefined>();
  const value = inTurn(known, nth(0), (name, inputValue) => {
    asked.push(name);
    return name === nth(0) && inputValue(nth(1)) !== undefined ? inputValue(nth(2)) : undefined;
  });
  expect(value).toBeUndefined();
  expect(asked).toEqual(["/chain/0", "/chain/1", "/chain/0"]);
});
