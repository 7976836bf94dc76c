import { escapeText } from "./escape.ts";

/** Terraform's question, with the answer to follow on its last line. Nothing but `yes` approves. */
export function renderQuestion(environment: string): string {
  return [
    "",
    `Do you want to perform these actions in environment ${escapeText(environment)}?`,
    "  paraform will perform the actions described above.",
    "  Only 'yes' will be accepted to approve.",
    "",
    "  Enter a value: ",
  ].join("\n");
}
