/** What `${{ }}` may name: `github.base_ref`, `steps.plan.outputs.add`. */
export type Contexts = Readonly<Record<string, unknown>>;

/** The expressions of GitHub Actions as far as ours go: names, 'texts', `!`, `==`, `!=`, `&&`, `||`, `()`, `cancelled()`. */
export function evaluate(expression: string, contexts: Contexts): unknown {
  const tokens = expression.match(/'[^']*'|==|!=|&&|\|\||!|cancelled\(\)|[()]|[\w.-]+/g) ?? [];
  if (tokens.join("") !== expression.replaceAll(/\s/g, "")) throw new Error(`not understood: ${expression}`);
  const either = (): unknown => {
    let value = both();
    while (tokens[0] === "||") {
      tokens.shift();
      const other = both();
      value = isTruthy(value) ? value : other;
    }
    return value;
  };
  const both = (): unknown => {
    let value = equal();
    while (tokens[0] === "&&") {
      tokens.shift();
      const other = equal();
      value = isTruthy(value) ? other : value;
    }
    return value;
  };
  const equal = (): unknown => {
    const value = one();
    if (tokens[0] !== "==" && tokens[0] !== "!=") return value;
    const isEqual = tokens.shift() === "==";
    return (textOf(value) === textOf(one())) === isEqual;
  };
  const one = (): unknown => {
    const token = tokens.shift() ?? "";
    if (token === "!") return !isTruthy(one());
    if (token === "cancelled()") return false;
    if (token === "(") {
      const value = either();
      if (tokens.shift() !== ")") throw new Error(`not understood: ${expression}`);
      return value;
    }
    if (token.startsWith("'")) return token.slice(1, -1);
    return token.split(".").reduce<unknown>((found, key) => (found as Contexts | undefined)?.[key], contexts);
  };
  return either();
}

/** A text with each `${{ }}` in it replaced. */
export function fill(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, inner: string) => textOf(evaluate(inner.trim(), contexts)));
}

/** Whether a step or job with this `if` runs after a success. */
export function holds(condition: string | undefined, contexts: Contexts): boolean {
  return condition === undefined || isTruthy(evaluate(condition.replace(/^\$\{\{(.*)\}\}$/, "$1"), contexts));
}

function isTruthy(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== "" && value !== 0;
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
