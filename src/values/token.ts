import { UserError } from "../model/error.ts";
import { Secret } from "../model/secret.ts";

/** The token that an environment variable holds. @throws UserError when there is none that could be sent */
export function tokenOf(
  variable: string,
  service: string,
  environmentVariables: Readonly<Record<string, string | undefined>>,
): Secret {
  const text = environmentVariables[variable] ?? "";
  if (text === "") {
    const hint = `give the token of ${service} in it; it is read from nowhere else`;
    throw new UserError(`${service} needs ${variable}, which is not set`, { hint });
  }
  const token = new Secret(text);
  // Headers refuse these with a message that quotes them.
  if (!/^[\x21-\x7e]+$/.test(text)) {
    const hint = "it may end with a line break, or hold more than the token";
    throw new UserError(`${variable} holds a character that no token has`, { hint });
  }
  return token;
}
