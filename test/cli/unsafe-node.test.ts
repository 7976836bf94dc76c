import { describe, expect, test } from "vitest";
import { refuseUnsafeNode } from "../../src/commands/unsafe-node.ts";

describe("Node's ways to write or to open what holds secrets", () => {
  test.each([
    "--report-on-fatalerror",
    "--report-uncaught-exception",
    "--heapsnapshot-signal=SIGUSR2",
    "--heapsnapshot-near-heap-limit=1",
    "--heap-prof",
    "--cpu-prof",
    "--diagnostic-dir=/tmp",
    "--tls-keylog=keys.txt",
    "--tls_keylog=keys.txt",
    "--inspect",
    "--inspect-brk=0",
    "--inspect-port=1",
    "--abort-on-uncaught-exception",
    "--trace-tls",
    "--prof",
    "--log-all",
    "--logfile=v8.log",
    "--print-bytecode",
  ])("%s is refused as a flag and in NODE_OPTIONS, by its name alone", (word) => {
    const name = word.split("=")[0] ?? "";
    const refusal = `paraform does not run under ${name}: secrets could end up where it writes`;
    expect(() => refuseUnsafeNode(["--no-warnings", word], {})).toThrow(refusal);
    expect(() => refuseUnsafeNode([], { NODE_OPTIONS: `--no-warnings "${word}"` })).toThrow(refusal);
  });

  test.each([
    "NODE_DEBUG",
    "NODE_DEBUG_NATIVE",
    "NODE_V8_COVERAGE",
    "NODE_REDIRECT_WARNINGS",
    "SSLKEYLOGFILE",
  ])("%s is refused", (name) => {
    expect(() => refuseUnsafeNode([], { [name]: "dummy" })).toThrow(`does not run under ${name}:`);
    refuseUnsafeNode([], { [name]: "" });
  });

  test("harmless flags pass", () => {
    refuseUnsafeNode(["--no-warnings", "--max-old-space-size=4096"], {
      NODE_OPTIONS: "--enable-source-maps",
    });
  });
});
