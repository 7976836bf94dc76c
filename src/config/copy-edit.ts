import { applyEdits, type Edit, findNodeAtLocation, type JSONPath, type Node, parseTree } from "jsonc-parser";

/** A copy to be written into a replication file, in the file's own language. */
export interface CopyEdit {
  readonly language: "native" | "figgy";
  readonly source: string;
  readonly destination: string;
  /** The key under which a Figgy file already shares the source, as it is spelled there. */
  readonly sharedAs?: string;
}

/** The text of a sound replication file with one copy more; comments and formatting stay as they are. */
export function addCopy(text: string, { language, source, destination, sharedAs }: CopyEdit): string {
  const root = parseTree(text);
  if (root === undefined) return text;
  const layout = layoutOf(text, root);
  const write = JSON.stringify;
  if (language === "native") {
    const property = `${write(destination)}: { "copy": ${write(source)} }`;
    return applyEdits(text, addToSection(layout, root, "parameters", property));
  }
  const shared = sharedAs === undefined ? undefined : at(root, ["replicate_figs", sharedAs]);
  if (shared === undefined) {
    const property = `${write(source)}: ${write(destination)}`;
    return applyEdits(text, addToSection(layout, root, "replicate_figs", property));
  }
  if (shared.type === "array") return applyEdits(text, addChild(layout, shared, write(destination)));
  const { offset, length } = shared;
  const both = `[${text.slice(offset, offset + length)}, ${write(destination)}]`;
  return applyEdits(text, [{ offset, length, content: both }]);
}

interface Layout {
  readonly text: string;
  readonly eol: string;
  /** One level of indentation. */
  readonly unit: string;
}

function layoutOf(text: string, root: Node): Layout {
  const [first] = root.children ?? [];
  const unit = first === undefined ? undefined : indentBefore(text, first.offset);
  return { text, eol: text.includes("\r\n") ? "\r\n" : "\n", unit: unit === "" ? "  " : (unit ?? "  ") };
}

function at(root: Node, path: JSONPath): Node | undefined {
  return findNodeAtLocation(root, path);
}

function addToSection(layout: Layout, root: Node, section: string, property: string): Edit[] {
  const node = at(root, [section]);
  if (node !== undefined) return addChild(layout, node, property);
  const { eol, unit } = layout;
  return addChild(layout, root, `${JSON.stringify(section)}: {${eol}${unit}${unit}${property}${eol}${unit}}`);
}

/** One more property or item, last: on a line of its own where the one before it has one, behind that one's comment. */
function addChild(layout: Layout, container: Node, child: string): Edit[] {
  const { text, eol, unit } = layout;
  const last = container.children?.at(-1);
  if (last === undefined) {
    const close = container.offset + container.length - 1;
    const start = text.slice(0, close).trimEnd().length;
    const outer = indentOfLine(text, container.offset);
    return [{ offset: start, length: close - start, content: `${eol}${outer}${unit}${child}${eol}${outer}` }];
  }
  const end = last.offset + last.length;
  const indent = indentBefore(text, last.offset);
  if (indent === undefined) return [{ offset: end, length: 0, content: `, ${child}` }];
  const [rest = ""] = /^[^\r\n]*/.exec(text.slice(end)) ?? [];
  const line = `${eol}${indent}${child}`;
  return /^[ \t]*(?:\/\*.*?\*\/[ \t]*)*(?:\/\/.*)?$/.test(rest)
    ? [
        { offset: end, length: 0, content: "," },
        { offset: end + rest.length, length: 0, content: line },
      ]
    : [{ offset: end, length: 0, content: `,${line}` }];
}

/** The white space between a line's beginning and `offset`; `undefined` where something else stands there too. */
function indentBefore(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(start, offset);
  return start > 0 && before.trim() === "" ? before : undefined;
}

function indentOfLine(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? "";
}
