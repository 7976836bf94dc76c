import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeText, quoteText, shellWord } from "../../src/render/escape.ts";
import { renderApplyResult, renderOutcomeLine } from "../../src/render/human-apply.ts";
import { renderComparison } from "../../src/render/human-compare.ts";
import { renderDrift } from "../../src/render/human-drift.ts";
import { renderExplanation } from "../../src/render/human-explain.ts";
import { renderHistory } from "../../src/render/human-history.ts";
import { renderPlan } from "../../src/render/human-plan.ts";
import { renderProblems } from "../../src/render/human-problems.ts";
import { renderJson } from "../../src/render/json.ts";
import { renderAnnotation } from "../../src/render/workflow-command.ts";
import { hostilePlan } from "./hostile-plan.ts";

/** Everything but the line feed that a terminal or the eye could take for something else. */
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.constantFrom(
        ...[
          "\n",
          "\r",
          "\r\n",
          "\u2028",
          "\u202e",
          "\u2066",
          "\u061c",
          "\x1b[31m",
          "\x9b2J",
          "\x07",
          "\ud800",
        ],
        ...[
          "\nPlan: 9 to add, 9 to change, 9 to destroy.",
          "\n  # /a will be created",
          "\nNo changes.",
          "\nFingerprint: x",
        ],
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

const driftOf = (text: string) =>
  ({
    address: text,
    kind: "foreign_owner",
    owner: text,
    version_live: 1,
    last_modified: text,
    last_modified_user: text,
  }) as const;

/** Lines that only paraform itself writes. */
const OURS = /^\s*(?:Plan: |# \/a will|No changes\.|Fingerprint: )/;

describe("text of others", () => {
  test("is readable, one line, and unambiguous in quotes", () => {
    expect(escapeText("tab\tand\nline, ä, \x1b[0m, \u202etxt")).toBe(
      "tab\\tand\\nline, ä, \\x1b[0m, \\u{202e}txt",
    );
    expect(quoteText('a"b\\n')).toBe('"a\\"b\\\\n"');
    expect(quoteText("\n")).not.toBe(quoteText("\\n"));
  });

  test("two different texts never look alike in quotes", () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        expect(quoteText(one) === quoteText(other)).toBe(one === other);
      }),
    );
  });

  test("is no workflow command of a pipeline's log", () => {
    expect(escapeText("::error::x")).toBe("\\x3a:error::x");
    expect(escapeText("  ::set-output name=x::y")).toBe("  \\x3a:set-output name=x::y");
    expect(escapeText("a ##[error]x ##vso[task.complete]")).toBe("a #\\x23[error]x #\\x23vso[task.complete]");
    expect(escapeText("arn:aws:iam::123456789012:role/a #1 ##")).toBe(
      "arn:aws:iam::123456789012:role/a #1 ##",
    );
    expect(renderJson({ a: "##[error]" })).toContain('"#\\u0023[error]"');
  });

  test("is quoted for a shell where it must be, and given up where no line can carry it", () => {
    expect(shellWord("plans/dev-1.plan")).toBe("plans/dev-1.plan");
    expect(shellWord("a b; rm -r x")).toBe("'a b; rm -r x'");
    expect(shellWord("")).toBe("''");
    expect(shellWord("a\nb")).toBeUndefined();
  });
});

describe("whatever others wrote, no format has a control character or a line of ours from it", () => {
  const oursIn = (text: string) => text.split("\n").filter((line) => OURS.test(line)).length;

  test("plans", () => {
    fc.assert(
      fc.property(hostile, hostile, fc.boolean(), (text, other, verbose) => {
        const shown = renderPlan(hostilePlan(text, other), { color: false, verbose, savedTo: text });
        expect(shown).not.toMatch(HARMFUL);
        expect(oursIn(shown)).toBe(
          oursIn(renderPlan(hostilePlan("x", "y"), { color: false, verbose })) - (text === "" ? 1 : 0),
        );
      }),
      { numRuns: 500 },
    );
  });

  test("everything else", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = [
          renderProblems(
            [{ severity: "warning", file: text, line: 1, column: 1, summary: text, hint: text }],
            { color: false },
          ),
          renderOutcomeLine(text, "create", { kind: "failed", code: text, message: text }, false),
          renderApplyResult(
            {
              environment: text,
              fingerprint: text,
              outcomes: [
                {
                  address: text,
                  action: "update",
                  outcome: { kind: "failed", code: text, message: text, hint: text },
                },
                { address: text, action: "update", outcome: { kind: "skipped", on: text } },
              ],
              written: true,
              stopped: null,
              overwritten: [{ address: text, version: 1 }],
              recreated: [text],
            },
            { color: false },
          ),
          renderDrift(
            text,
            { drift: [driftOf(text)], rotated: [driftOf(text)], absent: [text] },
            { color: false },
          ),
          renderHistory(
            text,
            [
              {
                version: 1,
                last_modified: text,
                last_modified_user: text,
                written_by: "other_owner",
                owner: text,
                rule: "copy",
                plan: text,
                labels: [text],
              },
            ],
            { color: false },
          ),
          renderComparison([text, text], [{ first: text, second: null, status: "missing", by: null }], {
            color: false,
            verbose: true,
          }),
          renderExplanation(
            {
              address: text,
              rule: text,
              type: text,
              key: text,
              file: text,
              line: 1,
              chain: [{ address: text, rule: text, depth: 1, file: text, line: 1 }],
              followers: [text],
              readers: [{ address: text, rule: text, depth: 1, file: text, line: 1 }],
              read_by: [{ reader: text, kind: "service" }],
              live: {
                version: 1,
                last_modified: text,
                last_modified_user: text,
                plan: text,
                owner: text,
                state: text,
              },
              planned: { action: text, reason: text },
              protected: true,
              guards: [text],
              notes: [text],
            },
            { color: false },
          ),
          renderJson({ [text]: text }),
        ].join("\n");
        expect(shown).not.toMatch(HARMFUL);
        expect(oursIn(shown)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

test("an annotation holds no command of a runner, whichever runner reads it", () => {
  const text = renderAnnotation({
    level: "warning",
    text: "##teamcity[setParameter name='x'] ##[error] ##vso[task.setvariable]\n::error::x #1 ## two",
  });
  expect(text).not.toMatch(/##\w*\[/);
  expect(text).toContain("#1 ## two");
  expect(text.split("\n")).toHaveLength(2);
});
