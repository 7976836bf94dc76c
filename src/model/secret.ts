import { inspect } from "node:util";
import { publish, rememberSecret } from "./known-secrets.ts";

/** What stands wherever a secret would be printed. */
export const SENSITIVE = "(sensitive value)";

/**
 * A value that must never be seen: every printed form is a placeholder, and it cannot be put into JSON.
 * Values are wrapped where they enter (the store port, value sources, prompts); `expose` marks the few
 * places that need the text itself.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    rememberSecret(text);
  }

  /** The text itself: for writing to the store, for digests, and for `get`. */
  expose(): string {
    return this.#text;
  }

  /** The text of a value that the config declares public: the last check on the sinks lets it pass. */
  publish(): string {
    publish([this.#text]);
    return this.#text;
  }

  /** Size in UTF-8 bytes, the unit of Parameter Store's limits. */
  get bytes(): number {
    return Buffer.byteLength(this.#text, "utf8");
  }

  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return SENSITIVE;
  }

  /** @throws TypeError always: a secret in a document is a mistake of ours, not a value to hide. */
  toJSON(): never {
    throw new TypeError("a secret cannot be put into JSON");
  }

  [Symbol.toPrimitive](): string {
    return SENSITIVE;
  }

  [inspect.custom](): string {
    return SENSITIVE;
  }
}
