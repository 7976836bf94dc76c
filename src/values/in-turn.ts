import type { ParameterName } from "../model/name.ts";

/**
 * The value of `name`, made from those of its inputs as `make` asks for them, each once: `known` holds them all
 * afterwards. `make` is told `undefined` of an input whose turn comes first, and is asked again after it. Nothing is
 * recursive, for a chain of copies may be as long as a config.
 */
export function inTurn<Value>(
  known: Map<ParameterName, Value>,
  name: ParameterName,
  make: (name: ParameterName, inputValue: (input: ParameterName) => Value | undefined) => Value,
): Value {
  const open = [name];
  for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
    if (known.has(next)) {
      open.pop();
      continue;
    }
    let first: ParameterName | undefined;
    const value = make(next, (input) => {
      if (!known.has(input)) first ??= input;
      return known.get(input);
    });
    if (first === undefined) known.set(next, value);
    else open.push(first);
  }
  return known.get(name) as Value;
}
