import { randomBytes } from "node:crypto";
import type { Recipe } from "../model/rule.ts";
import { Secret } from "../model/secret.ts";

/** A new value by its recipe. `password`: 64 hex digits from 32 bytes of the system's random source, as Phalanx makes them. */
export function generate(recipe: Recipe): Secret {
  switch (recipe.type) {
    case "password":
      return new Secret(randomBytes(32).toString("hex"));
  }
}
