/**
 * A text as a YAML scalar behind a key whose lines below it are indented by `indent`: folded where a block can keep
 * it, else in double quotes. A folded line ends at the first single space beyond `width` columns, as PyYAML's
 * `yaml.dump` does it, so that the same text is the same bytes.
 */
export function foldedScalar(text: string, indent: number, width: number): string {
  const keeps = /^[^\p{C}\p{Zl}\p{Zp}]*$/u.test(text.replaceAll("\n", ""));
  if (!keeps || /^$|^[ \n]|[ \n]$| \n/.test(text)) return JSON.stringify(text);
  const margin = " ".repeat(indent);
  let block = ">-";
  let previous = " ";
  for (const line of text.split("\n")) {
    if (line === "") block += "\n";
    else {
      // Two lines at the margin would be read as one, were there no empty line more between them.
      const apart = previous.startsWith(" ") || line.startsWith(" ") ? "" : "\n";
      block += `${apart}\n${margin}${foldLine(line, margin, width)}`;
      previous = line;
    }
  }
  return block;
}

function foldLine(line: string, margin: string, width: number): string {
  let column = margin.length;
  return line.replaceAll(/[^ ]+| +/g, (run) => {
    if (run === " " && column > width) {
      column = margin.length;
      return `\n${margin}`;
    }
    column += Array.from(run).length;
    return run;
  });
}
