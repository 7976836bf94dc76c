/**
 * `value` with every string in it as Terraform writes that string literally: what a config says is a text, never an
 * expression that Terraform evaluates. Everything that a stack is given passes here.
 */
export function literal<Value>(value: Value): Value {
  return mapped(value) as Value;
}

function mapped(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(/([$%])\{/g, "$1$1{");
  if (Array.isArray(value)) return value.map(mapped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [literal(key), mapped(each)]));
}
