import { UserError } from "../model/error.ts";

/** Node's ways of writing memory, traffic or TLS keys where they do not belong, or of letting somebody in. */
const UNSAFE_FLAG =
  /^--(report|heapsnapshot|heap-prof|cpu-prof|diagnostic-dir|tls-keylog|inspect|debug|trace|abort-on-uncaught-exception|prof|log|logfile|print|redirect-warnings|v8-options|perf)/;
const UNSAFE_VARIABLES = [
  "NODE_DEBUG",
  "NODE_DEBUG_NATIVE",
  "NODE_V8_COVERAGE",
  "NODE_REDIRECT_WARNINGS",
  "SSLKEYLOGFILE",
];

/** @throws UserError naming the flag or variable, never its value, under which no secret may be touched */
export function refuseUnsafeNode(
  execArgv: readonly string[],
  environmentVariables: Readonly<Record<string, string | undefined>>,
): void {
  const words = [...execArgv, ...(environmentVariables.NODE_OPTIONS ?? "").split(/[\s"]+/)];
  // Node takes an underscore for a dash in its options.
  const flag = words.find((word) => UNSAFE_FLAG.test(word.replaceAll("_", "-")))?.split("=")[0];
  const unsafe = flag ?? UNSAFE_VARIABLES.find((name) => (environmentVariables[name] ?? "") !== "");
  if (environmentVariables.NODE_TLS_REJECT_UNAUTHORIZED === "0") {
    throw new UserError(
      "paraform does not run with NODE_TLS_REJECT_UNAUTHORIZED=0: anybody on the way could read secrets",
      {
        hint: "leave it away; NODE_EXTRA_CA_CERTS adds an authority of your own",
      },
    );
  }
  if (unsafe === undefined) return;
  throw new UserError(`paraform does not run under ${unsafe}: secrets could end up where it writes`, {
    hint: `leave ${unsafe} away`,
  });
}
