// The main job on the embedded store, as README's first example: every line that it runs is shown.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const values = `${root}configs/dev/values.json`;

if (!existsSync(values)) {
  const dummies = {
    "/dba/secrets/mysql/shared/data-changer/user": "data-changer-of-dev",
    "/dba/secrets/mysql/shared/data-changer/password": "dummy password of dev & nothing else",
    "/dba/passpack/services/message-processor/mongo/user": "message-processor-of-dev",
    "/dba/passpack/services/message-processor/mongo/password": "another dummy password of dev",
  };
  writeFileSync(values, `${JSON.stringify(dummies, null, 2)}\n`, { mode: 0o600 });
  console.log("Wrote the dummy values of dev to configs/dev/values.json, which git ignores.\n");
}

for (const words of [["init"], ["plan"], ["apply", "--auto-approve", "--concise"], ["plan"]]) {
  const [command, ...flags] = words;
  console.log(`$ paraform ${[command, "--env", "dev", ...flags].join(" ")}`);
  const run = spawnSync(process.execPath, [`${root}dist/cli.js`, command, "--env", "dev", ...flags], {
    cwd: root,
    stdio: "inherit",
  });
  if (run.status !== 0) process.exit(run.status ?? 1);
  console.log();
}
