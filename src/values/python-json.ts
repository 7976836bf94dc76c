/** What a composed document is made of. */
export type PythonValue = string | readonly PythonValue[] | { readonly [key: string]: PythonValue };

/** Python's `json.dumps` with its defaults, byte for byte: a space after `,` and `:`, ASCII alone. Keys keep their order. */
export function pythonJson(value: PythonValue): string {
  if (typeof value === "string") return quote(value);
  if (isList(value)) return `[${value.map(pythonJson).join(", ")}]`;
  const members = Object.entries(value).map(([key, member]) => `${quote(key)}: ${pythonJson(member)}`);
  return `{${members.join(", ")}}`;
}

function isList(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}

function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
