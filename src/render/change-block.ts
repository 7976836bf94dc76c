import { type Action, actionOf } from "../plan/action.ts";
import type { ResourceChange } from "../plan/plan.ts";
import { type AttributeLine, attributeLines, type Sign } from "./attribute-lines.ts";
import type { Paint, Style } from "./colour.ts";
import { escapeText, quoteText } from "./escape.ts";
import { placeText, reasonTexts } from "./reason.ts";
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
      return ` ${paint("->", "green")} `;
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
  const reasons = reasonTexts(change).map((text) => `  # (${text})`);
  const place = placeText(change.origin);
  return [
    `  ${headingText(change, paint)}`,
    `${reasons.join("\n")}${place === "" ? "" : paint(` at ${place}`, "grey")}`,
    `${actionSign(actionOf(change), paint)}parameter ${quoteText(change.address)} {`,
    ...indentedAttributes(lines, paint),
    ...hiddenNote(unchanged, "unchanged attribute", paint),
    ...hiddenNote(defaults, "default attribute", paint),
    "    }",
  ];
}

function headingText(change: ResourceChange, paint: Paint): string {
  const name = escapeText(change.address);
  const bold = (text: string) => paint(text, "bold");
  const loud = (text: string) => paint(text, "bold", "red");
  if (change.previous_address !== undefined) {
    return bold(`# ${escapeText(change.previous_address)} has moved to ${name}`);
  }
  switch (actionOf(change)) {
    case "create":
    case "move":
      return bold(`# ${name} will be created`);
    case "update":
      return bold(`# ${name} will be updated in-place`);
    case "delete":
      return `${bold(`# ${name} will be `)}${loud("destroyed")}`;
    case "replace":
      return `${bold(`# ${name} must be `)}${loud("replaced")}`;
    case "forget":
      return bold(`# ${name} will no longer be managed by paraform, but will not be destroyed`);
    case "no-op":
      return bold(`# ${name} stays as it is`);
  }
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
