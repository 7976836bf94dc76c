import { expect, test } from "vitest";
import { ConfigError, UserError } from "../../src/model/error.ts";
import type { Problem } from "../../src/model/problem.ts";
import { renderError, renderProblems } from "../../src/render/human-problems.ts";

const PLAIN = { color: false };
const COPIED_TWICE: Problem = {
  severity: "error",
  file: "configs/prod/data-changer.json",
  line: 7,
  column: 5,
  summary: "/dba/mysql/password is copied to /app/a/pw twice",
  hint: "keep one of them",
};
const SPELLING: Problem = {
  severity: "warning",
  file: "a.json",
  line: 1,
  column: 2,
  summary: "merge_figs is not Figgy's spelling",
};

test("problems have their place first, hints below them", () => {
  expect(renderProblems([COPIED_TWICE, SPELLING], PLAIN)).toBe(
    [
      "configs/prod/data-changer.json:7:5: /dba/mysql/password is copied to /app/a/pw twice",
      "  hint: keep one of them",
      "a.json:1:2: warning: merge_figs is not Figgy's spelling",
      "",
    ].join("\n"),
  );
});

test("an error is one line and its remedy", () => {
  expect(
    renderError(new UserError("no environment is named qa", { hint: "there are dev and prod" }), PLAIN),
  ).toBe("error: no environment is named qa\n  hint: there are dev and prod\n");
});

test("broken configs list every problem before their number", () => {
  expect(renderError(new ConfigError([COPIED_TWICE]), PLAIN)).toBe(
    `${renderProblems([COPIED_TWICE], PLAIN)}error: 1 problem in the configs\n`,
  );
});
