import { escapeText } from "./escape.ts";
import { SIGNS } from "./fate.ts";
import { html, markup } from "./html-text.ts";
import { type Layout, layoutOf } from "./layout.ts";
import type { Picture, PictureNode } from "./picture.ts";
import { counted } from "./wording.ts";

/** In units of the picture, which are pixels at its own size. */
const CHARACTER = 7.3;
const [HEIGHT, ROW, GAP, MARGIN, PADDING] = [26, 38, 72, 12, 9];
const LONGEST_LABEL = 46;

/** What the classes of a picture look like, in a page or in a file of its own, in light and dark. */
export const GRAPH_STYLE = `
.graph text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1f2328}
.graph rect{fill:#f6f8fa;stroke:#818b98;stroke-width:1}
.graph .foreign rect{stroke-dasharray:4 3}
.graph path{fill:none;stroke:#818b98;stroke-width:1.2}
.graph .merged{stroke-dasharray:5 3}
.graph marker path{fill:#818b98;stroke:none}
.graph .changes rect{stroke-width:2.5}
.graph .changes text{font-weight:700}
.graph .blocked rect{stroke:#a40e26;stroke-dasharray:1 3;stroke-width:2.5}
.graph .create rect,.graph .move rect{fill:#dafbe1;stroke:#116329}
.graph .update rect{fill:#fff8c5;stroke:#7d4e00}
.graph .delete rect,.graph .replace rect{fill:#ffebe9;stroke:#a40e26}
@media (prefers-color-scheme:dark){
.graph text{fill:#e6edf3}
.graph rect{fill:#161b22;stroke:#6e7681}
.graph path{stroke:#6e7681}
.graph marker path{fill:#6e7681}
.graph .blocked rect{stroke:#ff7b72}
.graph .create rect,.graph .move rect{fill:#0f2d18;stroke:#56d364}
.graph .update rect{fill:#2e2305;stroke:#e3b341}
.graph .delete rect,.graph .replace rect{fill:#3c1214;stroke:#ff7b72}
}`.trim();

/** The picture as a file of its own, whose ground is dark where its texts are light. It ends with a newline. */
export function renderSvg(picture: Picture, title: string): string {
  return `${drawing(picture, title, `<style>:root{color-scheme:light dark}\n${GRAPH_STYLE}</style>`)}\n`;
}

/** The picture inside a page that has `GRAPH_STYLE`. */
export function svgElement(picture: Picture, title: string): string {
  return drawing(picture, title, "");
}

/** The place of a parameter, or of a link on its way, which has neither node nor label. */
interface Box {
  readonly node: PictureNode | undefined;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function drawing(picture: Picture, title: string, style: string): string {
  const layout = layoutOf(picture);
  const boxes = boxesOf(picture, layout);
  const right = Math.max(0, ...[...boxes.values()].map(({ x, width }) => x + width));
  const bottom = Math.max(0, ...[...boxes.values()].map(({ y }) => y + HEIGHT));
  const [width, height] = [Math.ceil(right + MARGIN), Math.ceil(bottom + MARGIN)];
  const edges = layout.routes.map(({ edge, waypoints }) => {
    const stops = [edge.source, ...waypoints, edge.destination].flatMap((name) => boxes.get(name) ?? []);
    return edgePath(stops, edge.merged);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="img" aria-label="${html(title)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${html(title)}</title>`,
    ...(picture.note === "" ? [] : [`<desc>${html(picture.note)}</desc>`]),
    ...(style === "" ? [] : [style]),
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    ...edges,
    ...[...boxes.values()].map(boxGroup).filter((group) => group !== ""),
    "</svg>",
  ].join("\n");
}

function boxesOf(picture: Picture, { columns }: Layout): ReadonlyMap<string, Box> {
  const nodes = new Map(picture.nodes.map((node) => [node.name, node]));
  const tallest = Math.max(0, ...columns.map((names) => names.length));
  const boxes = new Map<string, Box>();
  let x = MARGIN;
  for (const names of columns) {
    const top = MARGIN + ((tallest - names.length) * ROW) / 2;
    const own = names.map((name, index): [string, Box] => {
      const node = nodes.get(name);
      const label = node === undefined ? "" : labelOf(node);
      const width = node === undefined ? 0 : label.length * CHARACTER + 2 * PADDING;
      return [name, { node, label, x, y: top + index * ROW, width }];
    });
    const widest = own.reduce((most, [, { width }]) => Math.max(most, width), 0);
    for (const [name, box] of own) boxes.set(name, box.node === undefined ? { ...box, width: widest } : box);
    x += widest + GAP;
  }
  return boxes;
}

function labelOf({ name, parameters, changing, blocked, action }: PictureNode): string {
  const characters = [...escapeText(name)];
  const short =
    characters.length <= LONGEST_LABEL
      ? characters.join("")
      : `${characters.slice(0, 14).join("")}…${characters.slice(15 - LONGEST_LABEL).join("")}`;
  const counts = parameters === 1 ? "" : changing === 0 ? ` (${parameters})` : ` (${changing}/${parameters})`;
  const sign = action === undefined ? (blocked > 0 ? "! " : "") : `${SIGNS[action]} `;
  return `${sign}${short}${counts}`;
}

function boxGroup({ node, label, x, y, width }: Box): string {
  if (node === undefined) return "";
  const classes = [
    "node",
    ...(node.changing === 0 ? [] : ["changes"]),
    ...(node.action === undefined ? [] : [node.action]),
    ...(node.blocked === 0 ? [] : ["blocked"]),
    ...(node.foreign ? ["foreign"] : []),
  ].join(" ");
  const rect = `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${HEIGHT}" rx="5"/>`;
  const text = `<text x="${round(x + PADDING)}" y="${round(y + 17)}">${markup(label)}</text>`;
  return `<g class="${classes}"><title>${html(titleOf(node))}</title>${rect}${text}</g>`;
}

function titleOf({ name, parameters, changing, blocked, action }: PictureNode): string {
  if (parameters > 1) {
    const stopped = blocked === 0 ? "" : `, ${blocked} blocked`;
    return `${name}: ${counted(parameters, "parameter")}, ${changing} of them change${stopped}`;
  }
  if (blocked > 0) return `${name}: blocked`;
  return action === undefined ? name : `${name}: ${action}`;
}

/** A line through all stops: curved between two columns, straight along each waypoint. */
function edgePath(stops: readonly Box[], merged: boolean): string {
  const parts = stops.flatMap((box, index) => {
    const before = stops[index - 1];
    const y = box.y + HEIGHT / 2;
    if (before === undefined) return [`M${round(box.x + box.width)} ${round(y)}`];
    const [x, from] = [before.x + before.width, before.y + HEIGHT / 2];
    const bend = Math.max(24, Math.abs(box.x - x) / 2);
    const curve = `C${round(x + bend)} ${round(from)} ${round(box.x - bend)} ${round(y)} ${round(box.x)} ${round(y)}`;
    return box.node === undefined ? [curve, `L${round(box.x + box.width)} ${round(y)}`] : [curve];
  });
  return `<path${merged ? ' class="merged"' : ""} d="${parts.join("")}" marker-end="url(#arrow)"/>`;
}

function round(length: number): number {
  return Math.round(length * 10) / 10;
}
