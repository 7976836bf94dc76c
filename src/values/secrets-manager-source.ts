import type { LocationOf, SecretsManagerEntry } from "../config/source-location.ts";
import { UserError } from "../model/error.ts";
import { parsedJson } from "../model/parsed-json.ts";
import { clientOptions } from "../store/connection.ts";
import { mishapOf } from "../store/failure.ts";
import { asObject, pickField } from "./field.ts";
import { type Picked, remoteSource } from "./remote-source.ts";
import type { Source, SourceContext } from "./source.ts";

/** What GetSecretValue gives of the current version: a text, or `null` for binary. */
type Contents = { readonly text: string | null };

/** AWS Secrets Manager in the environment's account and region: one GetSecretValue for each secret. */
export function secretsManagerSource(
  location: LocationOf<"secrets-manager">,
  { connection }: SourceContext,
): Source {
  return remoteSource<SecretsManagerEntry, Contents>(location, {
    containerOf: ({ entry, fill }) => fill(entry.secret),
    from: (secret) => `Secrets Manager ${secret}`,
    async open() {
      if (connection.transport !== undefined)
        throw new UserError("an embedded store has no Secrets Manager", {
          hint: "take the source out of environment.json, or use Parameter Store",
        });
      const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
      const client = new SecretsManagerClient(clientOptions(connection));
      return async (secret) => {
        try {
          const { SecretString, SecretBinary } = await client.send(
            new GetSecretValueCommand({ SecretId: secret }),
          );
          if (SecretString === undefined && SecretBinary === undefined)
            throw failure(secret, "UnreadableAnswer");
          if (SecretString !== undefined && typeof SecretString !== "string")
            throw failure(secret, "UnreadableAnswer");
          return { text: SecretString ?? null };
        } catch (error) {
          if (error instanceof UserError) throw error;
          const { kind, code } = mishapOf(error);
          if (kind === "refused" && code === "ResourceNotFoundException") return undefined;
          throw failure(secret, code);
        }
      };
    },
    pick: ({ text }, { entry, fill }) => {
      if (text === null)
        return {
          kind: "unusable",
          why: "is binary",
          hint: "Parameter Store takes text: store it as a string",
        };
      return entry.field === undefined ? { kind: "text", text } : pickMember(text, fill(entry.field));
    },
  });
}

function pickMember(text: string, field: string): Picked {
  const secret = asObject(parsedJson(text));
  if (secret !== undefined) return pickField(secret, field);
  return {
    kind: "unusable",
    why: "is in no JSON object",
    hint: 'take "field" away to have all of the secret',
  };
}

function failure(secret: string, code: string): UserError {
  return new UserError(`GetSecretValue of ${secret} failed: ${code}`, {
    hint: "it needs secretsmanager:GetSecretValue on the secret, and kms:Decrypt on its key",
  });
}
