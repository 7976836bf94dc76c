import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import type { Settings } from "./settings.ts";

/** Each environment has a state of its own. In S3 a lock file guards it, so no table is needed. */
export function addBackend(stack: TerraformStack, environment: string, { backend }: Settings): void {
  if (backend.kind === "local") {
    new LocalBackend(stack, { path: `terraform.${environment}.tfstate` });
    return;
  }
  const { bucket, region, prefix } = backend;
  new S3Backend(stack, { bucket, region, key: `${prefix}/${environment}.tfstate`, encrypt: true });
  // cdktf 0.21 is older than Terraform's lock file.
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
}
