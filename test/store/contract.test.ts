import { describe } from "vitest";
import { storeContract } from "./contract.ts";
import { embeddedStore } from "./embedded.ts";

describe("the embedded store", () => {
  storeContract(() => embeddedStore());
});
