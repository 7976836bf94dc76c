/** Puts `content` between `<!-- name -->` and `<!-- /name -->`. Throws where a text lacks the two. */
export function fillSection(text, name, content) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start === -1 || end < start) throw new Error(`there is no section between ${open} and ${close}`);
  return `${text.slice(0, start + open.length)}\n${content.trimEnd()}\n${text.slice(end)}`;
}
