import { GetParameterHistoryCommand } from "@aws-sdk/client-ssm";
import { parameterName } from "../../src/model/name.ts";
import { Secret } from "../../src/model/secret.ts";
import { type Keyring, valueDigest } from "../../src/plan/keyring.ts";
import { signStamp, stampedDescription } from "../../src/plan/stamp.ts";
import { snapshot } from "./snapshot.ts";
import type { World } from "./world.ts";

/**
 * What somebody else may do to a parameter: put another value or the same one again, remove it, make it anew, put
 * its oldest version back, write it as another owner does, or with a stamp that is forged or another parameter's.
 */
export const MEDDLINGS = ["put", "reput", "remove", "remake", "restore", "own", "forge", "steal"] as const;

export interface Meddling {
  readonly deed: (typeof MEDDLINGS)[number];
  readonly name: string;
  /** Whose stamp is stolen. */
  readonly other: string;
  readonly value: string;
}

/** Whose stamp a parameter bears; `nobody` for one that does not verify. What bears none is not in a record. */
export type Bearer = "ours" | "another" | "nobody";

/** Whose a parameter is: by what it bears now, and by its oldest version. */
export interface Ownership {
  readonly now: Map<string, Bearer>;
  readonly first: Map<string, Bearer>;
}

/** Does it, and keeps account of whose the parameter is then. */
export async function meddle(
  world: World,
  ring: Keyring,
  { now, first }: Ownership,
  { deed, name, other, value: given }: Meddling,
): Promise<void> {
  const live = await snapshot(world.client);
  const shot = live.get(name);
  const type = shot?.type === "String" ? { Type: "String" as const } : {};
  // Where an image's id lies, AWS may take nothing else.
  const value = shot?.value.startsWith("ami-") === true ? "ami-0fedcba9876543210" : given;
  const next = (shot?.version ?? 0) + 1;
  const put = (text: string, description: string) =>
    world.put(name, text, { ...type, Description: description });
  const remove = async () => {
    await world.remove(name);
    now.delete(name);
    first.delete(name);
  };
  const bears = (bearer: Bearer | undefined) => {
    for (const record of shot === undefined ? [now, first] : [now]) {
      if (bearer === undefined) record.delete(name);
      else record.set(name, bearer);
    }
  };
  switch (deed) {
    case "put":
      await world.put(name, value, type);
      return;
    case "reput":
      if (shot !== undefined) await world.put(name, shot.value, type);
      return;
    case "remove":
      if (shot !== undefined) await remove();
      return;
    case "remake":
      if (shot !== undefined) await remove();
      world.pass(31_000);
      await world.put(name, value, type);
      return;
    case "restore": {
      if (shot === undefined) return;
      const { Parameters = [] } = await world.client.send(
        new GetParameterHistoryCommand({ Name: name, WithDecryption: true }),
      );
      await put(Parameters[0]?.Value ?? value, Parameters[0]?.Description ?? "");
      bears(first.get(name));
      return;
    }
    case "own":
      await put(value, foreignStamp(world, ring, name, value, next));
      bears("another");
      return;
    case "forge":
      await put(value, forgedStamp(world, ring, name, value, next));
      bears("nobody");
      return;
    case "steal": {
      const stolen = live.get(other);
      if (stolen === undefined || other === name) return;
      await put(value === given ? stolen.value : value, stolen.description);
      bears(now.has(other) ? "nobody" : undefined);
      return;
    }
  }
}

function foreignStamp(world: World, ring: Keyring, name: string, text: string, version: number): string {
  const stamp = signStamp(ring, parameterName(name), {
    owner: "another",
    kind: "static",
    version,
    time: Math.floor(world.engine.now().getTime() / 1000),
    rule: "A".repeat(11),
    attributes: "A".repeat(11),
    sources: "A".repeat(11),
    fingerprint: "0".repeat(32),
    digest: valueDigest(ring, ring.currentId, parameterName(name), new Secret(text)) as string,
  });
  return stampedDescription("", stamp);
}

/** A stamp of ours in every field, signed by somebody without the key. */
function forgedStamp(world: World, ring: Keyring, name: string, text: string, version: number): string {
  const honest = foreignStamp(world, ring, name, text, version);
  return `${honest.replace("another", "platform").slice(0, -23)}${"A".repeat(22)}}`;
}
