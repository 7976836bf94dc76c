import path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { importPhalanx } from "../../src/import/phalanx.ts";
import { folderOf, parametersOf, write } from "./in-process.ts";

/** Stands where it is neither a description nor a name or path to be spoken of: nobody has a reason to repeat it. */
const CANARY = "dummy canary-of-2031";

const json = fc.constantFrom<unknown>(null, true, 7, [CANARY], { [CANARY]: CANARY });
const word = (...words: string[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom<unknown>(...words) }, json);
const condition = word("c.yes", "c.no", "c.yes.deeper", "c.gone", "c");
const copy = fc.record(
  { application: word("a", "b", "off", "gone"), key: word("x", "y", "z"), if: condition, [CANARY]: json },
  { requiredKeys: [] },
);
const generate = fc.record(
  { type: word("password", "mtime", "fernet-key", CANARY), source: word("x", "y", "gone"), if: condition },
  { requiredKeys: ["type"] },
);
const entry = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record(
      {
        description: word("what it is for"),
        if: condition,
        copy: fc.oneof({ weight: 5, arbitrary: copy }, json),
        generate: fc.oneof({ weight: 5, arbitrary: generate }, json),
        value: fc.constantFrom<unknown>("public", "", "a {{b}}", 7, [CANARY]),
        onepassword: fc.constantFrom<unknown>({ encoded: true }, { encoded: CANARY }, null),
      },
      { requiredKeys: [] },
    ),
  },
  json,
);
const secrets = fc.dictionary(fc.constantFrom("x", "y", "z", ".dot", "a b", "a@b", "..", "ü"), entry);

it("any secrets files are imported and compile, each secret once, and nothing but what is public is repeated", () => {
  const cwd = folderOf({
    "environments/values.yaml": "applications: {a: true, b: true, off: false}\n",
    "environments/values-dev.yaml": "",
    "applications/a/values.yaml": "c: {yes: true, no: false}\n",
    "applications/b/values.yaml": "c: {'yes': true, 'no': false}\n",
    "applications/off/values.yaml": "",
  });
  const options = {
    folder: cwd,
    environment: "dev",
    cwd,
    configs: path.join(cwd, "configs"),
    pullSecret: false,
  };
  fc.assert(
    fc.property(secrets, secrets, secrets, (a, b, own) => {
      write(path.join(cwd, "applications/a/secrets.yaml"), a);
      write(path.join(cwd, "applications/b/secrets.yaml"), b);
      write(path.join(cwd, "applications/b/secrets-dev.yaml"), own);
      const { files, reports } = importPhalanx({ ...options, prefix: "/k8s/dev" });
      const said = JSON.stringify([files, reports]);
      expect(said).not.toContain(CANARY);
      for (const { line, column, severity, summary } of reports) {
        expect([severity, line > 0, column > 0, /[.]$/.test(summary)]).toEqual([
          "warning",
          true,
          true,
          false,
        ]);
      }
      const replication = files.filter(({ name }) => name !== "environment.json");
      for (const application of ["a", "b"]) write(path.join(cwd, `configs/dev/${application}.json`), {});
      // Generators that the config may not know yet are compiled as passwords.
      for (const { name, text } of files)
        write(path.join(cwd, "configs/dev", name), text.replaceAll(/"generate": \{[^}]*\}/g, PASSWORD));
      const { graph } = compile({ configs: "configs", environment: "dev", cwd });
      const names = replication.flatMap(({ text }) => Object.keys(parametersOf(text)));
      expect([...graph.parameters.keys()].sort()).toEqual(names.sort());
      const unconditional = Object.entries(a).filter(([, value]) => !isConditional(value));
      expect(names.filter((name) => name.startsWith("/k8s/dev/a/")).length).toBeGreaterThanOrEqual(
        unconditional.length,
      );
    }),
    { numRuns: 300 },
  );
});

const PASSWORD = '"generate": {"type": "password"}';

function isConditional(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "if" in value;
}
