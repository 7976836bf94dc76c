import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { onTestFinished } from "vitest";
import { type Engine, type EngineOptions, openEngine } from "../../src/embedded/engine.ts";
import { embeddedTransport } from "../../src/embedded/transport.ts";

/** An engine in memory, closed with its test. */
export function memoryEngine(options: Partial<EngineOptions> = {}): Engine {
  const engine = openEngine({ path: ":memory:", ...options });
  onTestFinished(() => engine.close());
  return engine;
}

export interface ClientOptions {
  readonly accessKeyId?: string;
  readonly region?: string;
  readonly maxAttempts?: number;
}

function settings(engine: Engine, options: ClientOptions) {
  return {
    requestHandler: embeddedTransport(engine),
    region: options.region ?? "us-east-1",
    credentials: { accessKeyId: options.accessKeyId ?? "tester", secretAccessKey: "dummy" },
    maxAttempts: options.maxAttempts ?? 1,
  };
}

export function ssmOf(engine: Engine, options: ClientOptions = {}): SSMClient {
  return new SSMClient(settings(engine, options));
}

export function kmsOf(engine: Engine, options: ClientOptions = {}): KMSClient {
  return new KMSClient(settings(engine, options));
}

export function stsOf(engine: Engine, options: ClientOptions = {}): STSClient {
  return new STSClient(settings(engine, options));
}

/** A folder that goes with its test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "paraform-embedded-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
