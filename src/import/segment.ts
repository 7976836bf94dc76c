import { nameProblem, OWN_ROOT, type ParameterName } from "../model/name.ts";

/**
 * A word of another system as a segment of a name: every character that Parameter Store refuses becomes `_` and the
 * hex digits of its UTF-8 bytes, so that `tls@key` is `tls_40key`.
 */
export function segmentOf(text: string): string {
  const refused = /^\.{1,2}$/.test(text) ? /\./g : /[^A-Za-z0-9_.-]/gu;
  return text.replaceAll(refused, (character) =>
    Array.from(Buffer.from(character, "utf8"), (byte) => `_${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}

/** `/prefix/application/key`, or why there can be no such name. */
export function secretName(
  prefix: string,
  application: string,
  key: string,
): { readonly name: ParameterName } | { readonly problem: string } {
  if (application === "" || key === "") return { problem: "a name has no empty segment" };
  const text = `${prefix}/${segmentOf(application)}/${segmentOf(key)}`;
  const problem = nameProblem(text);
  return problem === undefined ? { name: text as ParameterName } : { problem };
}

/** Says why names cannot begin with `prefix`, which has no slash at its end; `undefined` when they can. */
export function prefixProblem(prefix: string): string | undefined {
  const problem = nameProblem(prefix);
  if (problem !== undefined) return problem;
  return `${prefix}/`.startsWith(OWN_ROOT) ? "paraform keeps its own records there" : undefined;
}
