// The Lambda's entry: its code is the same for every environment, what it knows of one lies beside it.
import { readFileSync } from "node:fs";
import { openReplicator } from "../dist/replicate/lambda.js";

const bundle = readFileSync(new URL("bundle.json", import.meta.url), "utf8");

export const handler = await openReplicator(bundle, process.env.PARAFORM_REPLICATION, (line) =>
  console.log(line),
);
