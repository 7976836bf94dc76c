import { createHash } from "node:crypto";
import { actionOf } from "../plan/action.ts";
import type { Diagnostic, Plan } from "../plan/plan.ts";
import {
  blockedConcern,
  type Concern,
  conflictConcern,
  guardConcern,
  refusalOf,
  withheldConcern,
} from "./concern.ts";
import { svgElement } from "./graph-svg.ts";
import { entryElement } from "./html-change.ts";
import { PAGE_SCRIPT } from "./html-script.ts";
import { PAGE_STYLE } from "./html-style.ts";
import { html, htmlCode } from "./html-text.ts";
import { LOST_NAMES_TITLE, lostNamesRows } from "./lost-names.ts";
import { applyIntroduction, inputWords, type Place, rollbackText } from "./next-command.ts";
import { type Outline, outlineOf } from "./outline.ts";
import { picturePlan } from "./picture.ts";
import { findingText, whereText } from "./plan-words.ts";
import { PROPOSED_CODES, proposedConcerns } from "./proposed.ts";
import { GAINS_TITLE, READERS_TITLE, type ReaderRow, readerRows } from "./reader-rows.ts";

/** One section of the page; an empty `content` leaves it out. */
interface Part {
  readonly id: string;
  readonly title: string;
  readonly count?: number;
  readonly content: string;
}

/**
 * The plan as one page that needs nothing else: it fetches nothing, its style and script are named by their hashes in
 * its Content-Security-Policy, and all of it reads without the script. `place` is as in the Markdown. It ends with a newline.
 */
export function renderHtmlPlan(plan: Plan, place: Place = {}): string {
  const outline = outlineOf(plan, place);
  const rows = readerRows(plan, htmlCode);
  const [gaining, others] = [rows.filter(({ gains }) => gains), rows.filter(({ gains }) => !gains)];
  const parts = [
    { id: "refused", title: "What stands in the way", content: obstacles(plan) },
    {
      id: "destructive",
      title: "Destroyed, replaced or exposed",
      count: outline.destructive.length,
      content: destructive(outline),
    },
    {
      id: "lost-names",
      title: LOST_NAMES_TITLE,
      content: rowList(lostNamesRows(plan, htmlCode)),
    },
    {
      id: "gains",
      title: GAINS_TITLE,
      count: gaining.length,
      content: rowList(gaining),
    },
    { id: "changes", title: "Changes", content: changes(outline) },
    {
      id: "readers",
      title: READERS_TITLE,
      count: others.length,
      content: readers(others),
    },
    { id: "replication", title: "Replication", content: replication(plan) },
    {
      id: "withheld",
      title: "Withheld",
      count: plan.withheld.length,
      content: concern(withheldConcern(plan, htmlCode)),
    },
    { id: "findings", title: "Findings", content: findings(plan.diagnostics, ["warning", "note"]) },
  ].filter(({ content }) => content !== "");
  const title = headlineText(outline);
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(PAGE_STYLE)}'`,
    `script-src '${hashOf(PAGE_SCRIPT)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `${[
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${html(plan.environment.name)}: ${title}</title>`,
    `<style>${PAGE_STYLE}</style>`,
    "</head>",
    "<body>",
    '<a class="skip" href="#main">Skip to the plan</a>',
    header(plan, outline),
    contents(parts),
    '<main id="main">',
    ...filterForm(plan, outline),
    ...parts.map(section),
    "</main>",
    footer(plan, outline),
    `<script>${PAGE_SCRIPT}</script>`,
    "</body>",
    "</html>",
  ].join("\n")}\n`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function headlineText({ headline }: Outline): string {
  return headline === undefined ? "This plan is incomplete." : `${headline.label} ${headline.text}`;
}

function header(plan: Plan, outline: Outline): string {
  const { name } = plan.environment;
  const words = inputWords(plan.inputs);
  const back = rollbackText(plan.inputs, htmlCode);
  const shaped = words.length === 0 ? "" : `, planned with ${htmlCode(words.join(" "))}`;
  const proposed = proposedConcerns(plan, htmlCode);
  const refusal = refusalOf(plan, htmlCode);
  return [
    "<header>",
    `<h1>Plan for environment ${htmlCode(name)}</h1>`,
    `<p class="verdict">${headlineText(outline)}</p>`,
    `<p class="quiet">${whereText(plan, htmlCode)}${back === undefined ? shaped : `, ${back}`}</p>`,
    ...proposed.map(({ title, text }) => `<p class="alarm"><strong>${title}</strong> ${text}</p>`),
    ...(refusal === undefined ? [] : [`<p class="alarm">${refusal.text}</p>`, ...refusal.hints.map(hint)]),
    "</header>",
  ].join("\n");
}

function contents(parts: readonly Part[]): string {
  if (parts.length < 2) return "";
  const links = parts.map((part) => `<li><a href="#${part.id}">${headingText(part)}</a></li>`);
  return `<nav aria-label="On this page">\n<ul>\n${links.join("\n")}\n</ul>\n</nav>`;
}

function section(part: Part): string {
  const { id, content } = part;
  return `<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${headingText(part)}</h2>\n${content}\n</section>`;
}

function headingText({ title, count }: Part): string {
  return count === undefined ? title : `${title} (${count})`;
}

function obstacles(plan: Plan): string {
  const concerns = [
    guardConcern(plan, htmlCode),
    conflictConcern(plan, htmlCode, htmlCode),
    blockedConcern(plan, htmlCode),
  ];
  const errors = findings(plan.diagnostics, ["error"]);
  return [
    ...(errors === "" ? [] : [`<h3>Errors</h3>\n${errors}`]),
    ...concerns.flatMap((each) => {
      const content = concern(each);
      return content === "" ? [] : [`<h3>${each.title}</h3>\n${content}`];
    }),
  ].join("\n");
}

function concern({ groups }: Concern): string {
  return groups
    .filter(({ rows }) => rows.length > 0)
    .map(({ rows, hints }) => [rowList(rows), ...hints.map(hint)].join("\n"))
    .join("\n");
}

function hint(text: string): string {
  return `<p class="hint">hint: ${text}</p>`;
}

function list(items: readonly string[], plain = false): string {
  return `<ul${plain ? ' class="plain"' : ""}>\n${items.join("\n")}\n</ul>`;
}

function destructive(outline: Outline): string {
  if (outline.destructive.length === 0) return "";
  return list(
    outline.destructive.map((change) => entryElement({ kind: "change", change }, true)),
    true,
  );
}

function changes({ entries }: Outline): string {
  if (entries.length === 0) return "";
  return list(
    entries.map((entry) => entryElement(entry)),
    true,
  );
}

/** Above all that it filters, whichever section that stands in. */
function filterForm(plan: Plan, { entries, destructive }: Outline): string[] {
  if (entries.length + destructive.length === 0) return [];
  const actions = [...new Set(plan.resource_changes.map(actionOf))].filter((action) => action !== "no-op");
  const boxes = actions.map(
    (action) => `<label><input type="checkbox" value="${action}" checked> ${action}</label>`,
  );
  return [
    '<form role="search" aria-label="Filter the changes" hidden>',
    '<label for="search">Search</label>',
    '<input type="search" id="search" placeholder="name, file, reason (press /)" autocomplete="off" spellcheck="false">',
    `<fieldset><legend>Show</legend>${boxes.join(" ")}</fieldset>`,
    '<button type="button" data-open>Open all</button>',
    '<button type="button" data-close>Close all</button>',
    '<output for="search" aria-live="polite"></output>',
    "</form>",
  ];
}

function readers(rows: readonly ReaderRow[]): string {
  if (rows.length === 0) return "";
  return `<p>By the path that they read: values in it come, change or go.</p>\n${rowList(rows)}`;
}

function rowList(rows: readonly { readonly subject: string; readonly text: string }[]): string {
  return rows.length === 0 ? "" : list(rows.map(({ subject, text }) => `<li>${subject} — ${text}</li>`));
}

function replication(plan: Plan): string {
  const picture = picturePlan(plan);
  if (picture.edges.length === 0) return "";
  const drawing = svgElement(picture, "What follows from what, sources at the left");
  const caption = `Sources at the left. A sign and a bold frame mark what changes, an exclamation mark and a dotted frame what is blocked, dashes what is only referred to, dashed lines a merge. ${picture.note}`;
  return [
    "<figure>",
    `<div class="scroll" role="region" aria-label="Replication graph" tabindex="0">\n${drawing}\n</div>`,
    `<figcaption>${caption.trimEnd()}</figcaption>`,
    "</figure>",
  ].join("\n");
}

function findings(diagnostics: readonly Diagnostic[], severities: readonly Diagnostic["severity"][]): string {
  const found = severities.flatMap((severity) =>
    diagnostics.filter((each) => each.severity === severity && !PROPOSED_CODES.includes(each.code)),
  );
  return found.length === 0
    ? ""
    : list(
        found.map(
          (each) => `<li><strong>${each.severity}</strong>: ${findingText(each, html, htmlCode)}</li>`,
        ),
      );
}

function footer(plan: Plan, { command }: Outline): string {
  const { fingerprint, proposed } = plan;
  if (fingerprint === "") return "<footer><p>This plan has no fingerprint: it is incomplete.</p></footer>";
  return [
    "<footer>",
    ...(proposed === undefined ? [] : [`<p>Environment ${htmlCode(proposed.digest)}</p>`]),
    `<p>Fingerprint ${htmlCode(fingerprint)}</p>`,
    ...(command === undefined
      ? []
      : [`<p>${applyIntroduction(plan, htmlCode)}</p>`, `<pre><code>${html(command)}</code></pre>`]),
    "</footer>",
  ].join("\n");
}
