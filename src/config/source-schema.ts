import { z } from "zod";
import { isEndpoint, NO_ENDPOINT } from "../model/endpoint.ts";
import { fitsPattern, isPath, patternProblem, placeholdersOf } from "./name-pattern.ts";

const filePath = z.string().regex(/^[^\0]+$/, "must be a path");

const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a variable's name such as AWS_PROFILE");

const prefix = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a prefix such as PARAFORM_VALUE_")
  .exactOptional();

const names = z
  .string()
  .superRefine((text, context) => {
    const message = patternProblem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .describe("A pattern of names: {word} is a segment or a part of one, {word**} one segment or several");

/** A text of another system in which `{word}` stands for what the pattern found. Quotes could end a query early. */
const template = z
  .string()
  .regex(/^[^\p{Cc}"\\]{1,512}$/u, "must be 1 to 512 characters without quotes and backslashes");

const secretPath = template.refine(
  isPath,
  "must be a path such as apps/{service}, without . and .. and without a slash at its ends",
);

/** `map` of a source: for the names of a pattern, where their values lie. The first entry that has a name counts. */
function mapOf<Entry extends z.ZodType<{ names: string }>>(entry: Entry) {
  return z
    .array(
      entry.refine(
        ({ names, ...templates }) =>
          Object.values(templates).every((text) => typeof text !== "string" || fitsPattern(text, names)),
        'must use no braces but the placeholders of its "names"',
      ),
    )
    .min(1, "must have an entry")
    .describe("Which names have their values where, first match");
}

/** One of `sources` in environment.json, as written. */
export const sourceSchema = z.discriminatedUnion("kind", [
  z
    .strictObject({ kind: z.literal("file"), path: filePath })
    .describe("A JSON or YAML file, relative to this file: an object of name to value"),
  z
    .strictObject({ kind: z.literal("dotenv"), path: filePath, prefix })
    .describe("A file of lines such as APP_X_PASSWORD=value for /app/x/password, relative to this file"),
  z
    .strictObject({ kind: z.literal("sops"), path: filePath })
    .describe("A file that the sops command decrypts, relative to this file: an object of name to value"),
  z
    .strictObject({
      kind: z.literal("phalanx"),
      path: filePath,
      names: names.refine(
        (text) => ["application", "key"].every((word) => placeholdersOf(text).includes(word)),
        "must have {application} and {key}, as in /phalanx/dev/{application}/{key}",
      ),
    })
    .describe("A YAML file of Phalanx's static secrets, relative to this file"),
  z
    .strictObject({ kind: z.literal("environment"), prefix })
    .describe("Environment variables: PARAFORM_VALUE_APP_X_PASSWORD for /app/x/password"),
  z
    .strictObject({
      kind: z.literal("command"),
      command: z
        .array(z.string().regex(/^[^\0]*$/, "must be a text without null characters"))
        .min(1, "must name a program")
        .describe("The program and its arguments, run without a shell in this file's folder"),
      environment: z
        .array(variable)
        .exactOptional()
        .describe("The variables that it gets beside PATH, HOME and the locale's"),
      timeoutSeconds: z
        .int("must be a whole number")
        .min(1, "must be 1 or more")
        .max(600, "must be at most 600")
        .exactOptional()
        .describe("How long it may take: 30 seconds unless said"),
    })
    .describe(
      "A program that gets the wanted names as a JSON list on standard input and prints a JSON object of name to value",
    ),
  z.strictObject({ kind: z.literal("stdin") }).describe("Standard input: a JSON object of name to value"),
  z
    .strictObject({
      kind: z.literal("onepassword"),
      connect: z.string().refine(isEndpoint, NO_ENDPOINT).describe("The URL of the 1Password Connect server"),
      vault: template.describe("The vault's title"),
      map: mapOf(
        z.strictObject({
          names,
          item: template.describe("The item's title"),
          section: template.exactOptional().describe("The label of the field's section, where labels repeat"),
          field: template
            .exactOptional()
            .describe("The field's label; absent where the item's sections are composed to one document"),
          encoded: z.boolean().exactOptional().describe("The field holds base64 of the value"),
        }),
      ),
    })
    .describe("1Password Connect; the token is in OP_CONNECT_TOKEN"),
  z
    .strictObject({
      kind: z.literal("vault"),
      address: z
        .string()
        .refine(isEndpoint, NO_ENDPOINT)
        .exactOptional()
        .describe("The server's URL; that of VAULT_ADDR when absent"),
      namespace: secretPath.exactOptional().describe("That of VAULT_NAMESPACE when absent"),
      mount: secretPath
        .exactOptional()
        .describe("Where the KV version 2 engine is mounted: secret when absent"),
      map: mapOf(
        z.strictObject({
          names,
          path: secretPath.describe("The secret's path below the mount"),
          field: template.describe("The key in the secret"),
        }),
      ),
    })
    .describe("HashiCorp Vault, KV version 2; the token is in VAULT_TOKEN"),
  z
    .strictObject({
      kind: z.literal("secrets-manager"),
      map: mapOf(
        z.strictObject({
          names,
          secret: z
            .string()
            .regex(/^[\w/+=.@!:{}-]{1,2048}$/, "must be a secret's name or ARN")
            .describe("The secret's name or ARN"),
          field: template
            .exactOptional()
            .describe("The key in a secret that is a JSON object; else all of it"),
        }),
      ),
    })
    .describe("AWS Secrets Manager, in the environment's account and region"),
  z
    .strictObject({
      kind: z.literal("parameter"),
      map: mapOf(
        z.strictObject({
          names,
          parameter: z
            .string()
            .regex(/^\/[\w./{}-]{1,1010}$/, "must be a parameter's name")
            .describe("The parameter that has the value"),
        }),
      ),
    })
    .describe("Other parameters of the same store"),
  z
    .strictObject({ kind: z.literal("prompt") })
    .describe("Asked for at apply, on a terminal, for what is absent live"),
]);

export type SourceShape = z.output<typeof sourceSchema>;
