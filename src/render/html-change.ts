import { type Action, actionOf } from "../plan/action.ts";
import type { ResourceChange } from "../plan/plan.ts";
import { type AttributeLine, attributeLines } from "./attribute-lines.ts";
import type { Entry, Fold } from "./cause.ts";
import { indentedAttributes } from "./change-block.ts";
import { painter } from "./colour.ts";
import { fateText, SIGNS } from "./fate.ts";
import { causeText } from "./fold-block.ts";
import { htmlCode, markup } from "./html-text.ts";
import { EXPOSED, placeText, reasonTextsBeside } from "./reason.ts";
import { counted } from "./wording.ts";

/** A change, or a cause with its followers, as a list item that opens; `open` from the start. */
export function entryElement(entry: Entry, open = false): string {
  return entry.kind === "change" ? changeElement(entry.change, open) : foldElement(entry);
}

function changeElement(change: ResourceChange, open: boolean): string {
  const place = placeText(change.origin, htmlCode);
  const why = [...reasonTextsBeside(change, htmlCode), ...(place === "" ? [] : [`at ${place}`])].join("; ");
  const exposed = change.exposes === true ? ` <span class="exposed">${EXPOSED}</span>` : "";
  return opening(
    actionOf(change),
    open,
    `${fateText(change, htmlCode)}${exposed}<span class="why">${why}</span>`,
    attributeBlock(change),
  );
}

function foldElement(fold: Fold): string {
  const [only, ...others] = fold.lines;
  const value = only === undefined || others.length > 0 ? "" : `, value ${markup(only.text)}`;
  const attributes = others.length === 0 ? "" : `${preformatted(fold.lines)}\n`;
  const members = fold.members.map((member) => {
    const place = placeText(member.origin, htmlCode);
    return `<li>${htmlCode(member.address)}${place === "" ? "" : ` <span class="quiet">at ${place}</span>`}</li>`;
  });
  const title = `${causeText(fold, htmlCode)}${value}`;
  const count = `<span class="why">${counted(members.length, "parameter")}</span>`;
  return opening(fold.action, false, `${title}${count}`, `${attributes}<ul>\n${members.join("\n")}\n</ul>`);
}

function opening(action: Action, open: boolean, summary: string, content: string): string {
  const sign = `<span class="sign" aria-hidden="true">${SIGNS[action]}</span>`;
  return [
    `<li data-entry="${action}"><details class="change ${action}"${open ? " open" : ""}>`,
    `<summary>${sign}${summary}</summary>`,
    content,
    "</details></li>",
  ].join("\n");
}

/** The attributes that differ, a line each; of a text of several lines its diff. */
function attributeBlock(change: ResourceChange): string {
  const { lines, unchanged } = attributeLines(change, painter(false), false);
  if (lines.length === 0) return '<p class="quiet">No attribute changes.</p>';
  const note = unchanged === 0 ? "" : `<p class="quiet">${counted(unchanged, "unchanged attribute")}</p>`;
  return `${preformatted(lines)}${note}`;
}

function preformatted(lines: readonly AttributeLine[]): string {
  const rows = indentedAttributes(lines, painter(false)).map((line) => {
    const text = line.slice(6);
    const mark = classOf(/^ *(?:\| )?([-+~])/.exec(text)?.[1]);
    return mark === undefined ? markup(text) : `<span class="${mark}">${markup(text)}</span>`;
  });
  return `<pre>${rows.join("\n")}</pre>`;
}

function classOf(sign: string | undefined): "add" | "alter" | "loss" | undefined {
  if (sign === "+") return "add";
  if (sign === "-") return "loss";
  return sign === "~" ? "alter" : undefined;
}
