import { type Action, actionOf } from "../plan/action.ts";
import type { ResourceChange } from "../plan/plan.ts";
import { type AttributeLine, attributeLines, type Sign } from "./attribute-lines.ts";
import type { Paint, Style } from "./colour.ts";
import { escapeText, quoteText } from "./escape.ts";
import { fateText } from "./fate.ts";
import { EXPOSED, placeText, reasonTexts } from "./reason.ts";
import { counted } from "./wording.ts";

const SIGN_STYLE: Readonly<Record<Sign, readonly Style[]>> = {
  "+": ["green"],
  "~": ["yellow"],
  "-": ["red"],
  " ": [],
};

/** Terraform's sign of an action, four columns wide and painted; the two signs of a replace keep their own colours. */
export function actionSign(action: Action, paint: Paint): string {
  switch (action) {
    case "create":
      return `  ${paint("+", "green")} `;
    case "move":
      return `  ${paint("→", "green")} `;
    case "update":
      return `  ${paint("~", "yellow")} `;
    case "delete":
      return `  ${paint("-", "red")} `;
    case "replace":
      return `${paint("-", "red")}/${paint("+", "green")} `;
    case "forget":
      return `  ${paint(".", "grey")} `;
    case "no-op":
      return "    ";
  }
}

/** The block of one change: what happens to which parameter, why, where it is declared, and its attributes. */
export function changeBlock(change: ResourceChange, paint: Paint, verbose: boolean): string[] {
  const { lines, unchanged, defaults } = attributeLines(change, paint, verbose);
  const reasons = reasonTexts(change, escapeText).map((text) => `  # (${text})`);
  const place = placeText(change.origin, escapeText);
  return [
    `  ${headingText(change, paint)}`,
    ...(change.exposes === true ? [`  # (${paint(EXPOSED, "bold", "red")})`] : []),
    `${reasons.join("\n")}${place === "" ? "" : paint(` at ${place}`, "grey")}`,
    `${actionSign(actionOf(change), paint)}parameter ${quoteText(change.address)} {`,
    ...indentedAttributes(lines, paint),
    ...hiddenNote(unchanged, "unchanged attribute", paint),
    ...hiddenNote(defaults, "default attribute", paint),
    "    }",
  ];
}

function headingText(change: ResourceChange, paint: Paint): string {
  const text = `# ${fateText(change, escapeText)}`;
  const action = actionOf(change);
  if (change.previous_address !== undefined || (action !== "delete" && action !== "replace")) {
    return paint(text, "bold");
  }
  const loud = text.lastIndexOf(" ") + 1;
  return `${paint(text.slice(0, loud), "bold")}${paint(text.slice(loud), "bold", "red")}`;
}

/** Attribute lines below an opening brace, their equals signs in one column. */
export function indentedAttributes(lines: readonly AttributeLine[], paint: Paint): string[] {
  const width = Math.max(0, ...lines.map((line) => line.key.length));
  return lines.flatMap(({ sign, key, text, body }) => {
    const [first, ...rest] = body[0] === "{" ? body : ["", ...body];
    const start = `      ${paint(sign, ...SIGN_STYLE[sign])} ${key.padEnd(width)} = ${text}${first}`;
    const depth = body[0] === "{" ? " ".repeat(8) : " ".repeat(10);
    return [start.trimEnd(), ...rest.map((line) => `${depth}${line}`)];
  });
}

function hiddenNote(count: number, what: string, paint: Paint): string[] {
  return count === 0 ? [] : [paint(`        # (${counted(count, what)} hidden)`, "grey")];
}
