import { z } from "zod";
import type { Compiled } from "../graph/compile.ts";
import { publish } from "../model/known-secrets.ts";
import { type Plan, planSchema } from "../plan/plan.ts";
import { eventSchema } from "../render/event.ts";

/** What every output says, whatever the configs are: the longer words of ours, and of Parameter Store's attributes. */
const OWN_WORDS = `
  parameter parameters attribute attributes description SecureString StringList Standard Advanced Intelligent-Tiering
  environment configuration endpoint paraform fingerprint Fingerprint Environment Parameter Parameters
  sensitive sensitive value known after apply asked for at apply unchanged indicated following perform in-place
  destroyed replaced replacement generated regenerated rewritten modified Modifications Creation Destruction complete
  protected withheld Withheld Conflicts conflicts exposure everything somebody Estimated warning locked
`;

/** Lets a plan's own words pass, and where its environment is, which the configs do not always say. */
export function publishPlan({ environment }: Plan): void {
  publish([environment.account, environment.region, JSON.stringify(z.toJSONSchema(planSchema))]);
}

/** Lets the words of the event stream pass: a reader finds its way by them. */
export function publishEvents(): void {
  publish([JSON.stringify(z.toJSONSchema(eventSchema))]);
}

/**
 * Lets everything pass that stands in the configs themselves: they are public, and so is a value that equals a part of
 * them. Whatever were left out would be blacked out where somebody guessed a secret in it, and tell so.
 */
export function publishConfigs({ config, graph, warnings }: Compiled): void {
  const texts = new Set([OWN_WORDS]);
  collectTexts(config, texts);
  for (const parameter of graph.parameters.values()) collectTexts(parameter, texts);
  collectTexts(warnings, texts);
  publish(texts);
}

function collectTexts(value: unknown, texts: Set<string>): void {
  if (typeof value === "string") texts.add(value);
  else if (value instanceof Map) collectTexts([...value], texts);
  else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      texts.add(key);
      collectTexts(member, texts);
    }
  }
}
