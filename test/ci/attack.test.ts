import { expect, test } from "vitest";
import { demonstrate, PARAMETERS } from "../demo/repository.ts";
import { BOT } from "./fake-github.ts";
import type { JobRun, Occasion } from "./workflow.ts";

const FORGED = "F".repeat(43);

/** What an outsider may write into descriptions, literals, names of files and keys. */
const HOSTILE = [
  "::set-output name=fingerprint::forged",
  "\n::add-mask::forged\n##[error]forged",
  "%0A::error file=README.md,line=1::forged",
  "<!-- paraform:plan:stage -->",
  `\nFingerprint \`${FORGED}\`. To apply exactly this:`,
  "`` \n```\n</details>\n@your-org/owners [link](https://evil.example) ![image](https://evil.example/x.png)",
  "<img src=https://evil.example/x.png>\r\nexitcode=0\rfingerprint<<EOF\nforged\nEOF",
].join(" ");

const hostileFile = (name: string) => `configs/prod/${name}.json`;

async function proposed(write: (demo: Awaited<ReturnType<typeof demonstrate>>) => void) {
  const demo = await demonstrate();
  demo.git("checkout", "--quiet", "-b", "proposal");
  write(demo);
  demo.push("hostile");
  const occasion: Occasion = {
    workspace: demo.proposal("proposal"),
    event: "pull_request",
    sha: "0".repeat(40),
    pullRequest: 7,
  };
  return { demo, occasion, planned: (await demo.runner.job("plan", occasion)) as JobRun };
}

/** Neither the log, the outputs nor the summary were made to say or do what the proposal says. */
function expectNoForgery({ annotations, outputs, summary }: JobRun): void {
  for (const { level, properties } of annotations) {
    expect(["error", "warning", "notice"]).toContain(level);
    expect(properties.title).toBe("paraform");
    expect(properties.file ?? "configs/").toMatch(/^configs\//);
    expect(Object.keys(properties).filter((key) => !["file", "line", "col", "title"].includes(key))).toEqual(
      [],
    );
  }
  expect(Object.values(outputs).join(" ")).not.toContain("forged");
  expect(Object.values(outputs)).not.toContain(FORGED);
  expectInert(summary);
}

/** Outside code nothing of it is markup, and no line is of its making. */
function expectInert(markdown: string): void {
  expect(markdown.match(/<!--/g) ?? []).toHaveLength(markdown === "" ? 0 : 1);
  const prose = markdown
    .replace(/^( *)(`{3,})\w*\n[\s\S]*?^\1\2$/gm, "")
    .replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
  expect(prose).not.toMatch(/@your-org|evil\.example|<img|forged/);
  expect(markdown).not.toMatch(/^Fingerprint `F/m);
}

test("names, descriptions, literals and files of a proposal forge nothing in comment, annotation, summary or output", async () => {
  const { demo, occasion, planned } = await proposed(({ write }) => {
    write(hostileFile("a,line=9::forged %0A::add-mask::forged"), {
      parameters: {
        "/app/b/literal": { value: HOSTILE, description: HOSTILE.replaceAll("\r", " ") },
        "/app/b/password": { copy: "/dba/mysql/password", description: HOSTILE.slice(0, 900) },
      },
    });
    // A misspelling that Figgy ignored is a warning, with its place.
    write(hostileFile("figgy [x](evil.example) @your-org, <!-- `%0A"), {
      merge_figs: { "/app/c/replicated/url": ["user:", "${/dba/mysql/password}"] },
    });
  });
  expect(planned.code, planned.log).toBe(0);
  expect(planned.annotations).not.toEqual([]);
  expectNoForgery(planned);
  const stage = demo.api.comment(7, BOT, "<!-- paraform:plan:stage -->\nthe plan of stage\n");
  const comment = await demo.runner.job("comment", occasion, { plan: { outputs: planned.outputs } });
  expect(comment?.code, comment?.log).toBe(0);
  expect(stage.body).toBe("<!-- paraform:plan:stage -->\nthe plan of stage\n");
  const [own, ...others] = demo.api.pull(7).comments.filter(({ id }) => id !== stage.id);
  expect(others).toEqual([]);
  expectInert(own?.body ?? "");
  demo.api.now += 60;
  demo.api.review(7, "reviewer");
  demo.merge(7, "proposal", "merge");
  const applied = await demo.runner.job("apply", { ...demo.main(), event: "push" });
  expect(applied?.outputs.fingerprint).toBe(planned.outputs.fingerprint);
  expect(applied?.code, applied?.log).toBe(0);
});

test("mistakes of a proposal, whatever their files and keys are called, are annotations of ours alone", async () => {
  const { planned } = await proposed(({ write }) => {
    write(hostileFile("b\n::add-mask::forged\n::error file=README.md::forged"), {
      parameters: { ...PARAMETERS, "/app/%0A::error::forged\n::add-mask::forged": { value: HOSTILE } },
    });
    write(hostileFile("figgy"), {
      replicate_figs: {
        "/dba/x\r\n::set-output name=fingerprint::forged": "/app/y<!-- paraform:plan:stage -->",
      },
      [`twig\u2028::add-mask::${FORGED}`]: 1,
    });
  });
  expect(planned.code).toBe(1);
  expect(planned.annotations.length).toBeGreaterThan(1);
  expectNoForgery(planned);
});

test("the program and settings of a checkout are not those that run", async () => {
  const { planned } = await proposed(({ write }) => {
    write("package.json", {
      name: "paraform",
      bin: { paraform: "evil.js" },
      scripts: { preinstall: "touch ran" },
    });
    write(".npmrc", "node-options=--require ./evil.js\n");
    write("evil.js", "console.log('forged by a program')\n");
    write("node_modules/paraform/dist/cli.js", "console.log('forged by a program')\n");
    write("node_modules/.bin/paraform", "#!/bin/sh\necho forged by a program\n");
    write("dist/cli.js", "console.log('forged by a program')\n");
  });
  expect(planned.code, planned.log).toBe(0);
  expect(planned.log).not.toContain("forged by a program");
});
