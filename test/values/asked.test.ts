import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { UserError } from "../../src/model/error.ts";
import { parameterName } from "../../src/model/name.ts";
import { askFor } from "../../src/values/asked.ts";
import { hiddenPrompt } from "../../src/values/prompt.ts";

const USER = parameterName("/dba/mysql/user");
const PASSWORD = parameterName("/dba/mysql/password");

test("each value is asked for in turn and twice, and again where it is empty or the two differ", async () => {
  const answers = ["dba", "dba", "", "dummy-pasword", "dummy-password", "dummy-password", "dummy-password"];
  const questions: string[] = [];
  const values = await askFor([USER, PASSWORD], async (question) => {
    questions.push(question);
    return answers.shift() ?? "too many questions";
  });
  const again = "The same again:";
  expect(questions).toEqual([
    ...[`Value of ${USER}:`, again],
    `Value of ${PASSWORD}:`,
    ...[`It is empty. Value of ${PASSWORD}:`, again],
    ...[`The two differ. Value of ${PASSWORD}:`, again],
  ]);
  expect([...values].map(([name, value]) => [name, value.expose()])).toEqual([
    [USER, "dba"],
    [PASSWORD, "dummy-password"],
  ]);
});

/** A terminal whose person waits for the question and then types `keys`; `undefined` goes away. */
function terminal(keys: string | undefined) {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = "";
  output.on("data", (chunk) => {
    shown += chunk;
  });
  // The prompt listens only after it has drawn the question.
  output.once("data", () => setImmediate(() => (keys === undefined ? input.end() : input.write(keys))));
  return { streams: { input, output }, shown: () => shown };
}

test("what is typed is not shown, not even its length", async () => {
  const { streams, shown } = terminal("dummy-password-of-dev\r");
  expect(await hiddenPrompt(streams)("Value of /dba/mysql/password:")).toBe("dummy-password-of-dev");
  expect(shown()).toContain("Value of /dba/mysql/password:");
  expect(shown()).not.toContain("dummy");
  expect(shown()).not.toContain("*");
});

test.each([
  ["Ctrl-C", "\x03", 130],
  ["Ctrl-D", "\x04", 1],
  ["a terminal that goes away", undefined, 1],
])("%s ends the questions with its exit code", async (_what, keys, exitCode) => {
  const answers = askFor([USER], hiddenPrompt(terminal(keys).streams));
  await expect(answers).rejects.toBeInstanceOf(UserError);
  await expect(answers).rejects.toMatchObject({ exitCode });
});
