import { fromStore } from "../model/name.ts";
import { Secret } from "../model/secret.ts";
import { brokenAnswer, type Mishap, storeError } from "./failure.ts";
import { isName, isType, isVersion } from "./live-parameter.ts";
import type { Reading, Selector } from "./store.ts";

/** A parameter with its value, as it came off the wire. */
export interface Valued {
  readonly Name?: string | undefined;
  readonly Type?: string | undefined;
  readonly Value?: string | undefined;
  readonly Version?: number | undefined;
  readonly LastModifiedDate?: Date | undefined;
  readonly ARN?: string | undefined;
}

export type ValuesAnswer =
  | {
      readonly kind: "answer";
      readonly parameters: readonly Valued[] | undefined;
      readonly invalid: readonly string[] | undefined;
    }
  | { readonly kind: "mishap"; readonly mishap: Mishap };

/** Asks for up to ten selectors (`name` or `name:version`), no name twice: by GetParameters, or by GetParameter for one that stands `alone`. */
export type ReadValues = (selectors: readonly string[], alone: boolean) => Promise<ValuesAnswer>;

/** Names in one GetParameters. */
const BATCH = 10;
const AT_ONCE = 5;

/** One reading for each selector, in their order. @throws StoreError */
export async function readAll(selectors: readonly Selector[], readValues: ReadValues): Promise<Reading[]> {
  const asked = new Map(selectors.map((selector) => [spell(selector), selector]));
  const batches = batchesOf([...asked.values()]);
  const readings = new Map<string, Reading>();
  const alone = asked.size === 1;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
      try {
        await readBatch(batch, alone, readValues, readings);
      } catch (error) {
        next = batches.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return selectors.map((selector) => {
    const reading = readings.get(spell(selector));
    if (reading === undefined) throw brokenAnswer("GetParameters");
    return reading;
  });
}

/** An answer names parameters, not selectors: so that each finds its own, no batch has one name at two versions. */
function batchesOf(selectors: readonly Selector[]): Selector[][] {
  const batches: Map<string, Selector>[] = [];
  let open = 0;
  for (const selector of selectors) {
    while ((batches[open]?.size ?? 0) >= BATCH) open += 1;
    let index = open;
    while (batches[index]?.has(selector.name) || (batches[index]?.size ?? 0) >= BATCH) index += 1;
    const batch = batches[index] ?? new Map<string, Selector>();
    batch.set(selector.name, selector);
    batches[index] = batch;
  }
  return batches.map((batch) => [...batch.values()]);
}

/** AWS refuses a whole batch for one name; halving it finds which. */
async function readBatch(
  batch: readonly Selector[],
  alone: boolean,
  readValues: ReadValues,
  readings: Map<string, Reading>,
): Promise<void> {
  const answer = await readValues(batch.map(spell), alone);
  if (answer.kind === "answer") {
    for (const selector of batch) readings.set(spell(selector), readingOf(selector, answer));
    return;
  }
  const reading = readingOfRefusal(answer.mishap);
  if (reading === undefined) throw storeError(alone ? "GetParameter" : "GetParameters", answer.mishap);
  const [first] = batch;
  if (batch.length === 1 && first !== undefined) {
    readings.set(spell(first), reading);
    return;
  }
  const middle = Math.ceil(batch.length / 2);
  await readBatch(batch.slice(0, middle), alone, readValues, readings);
  await readBatch(batch.slice(middle), alone, readValues, readings);
}

/** What a refusal says of a single name; `undefined` when it says nothing of it. A key that is disabled or gone is an InvalidKeyId. */
function readingOfRefusal({ kind, code, failure }: Mishap): Reading | undefined {
  if (kind !== "refused") return undefined;
  if (failure === "denied" || code === "InvalidKeyId") return { kind: "denied", code };
  if (code === "ParameterNotFound" || code === "ParameterVersionNotFound") return { kind: "absent" };
  return undefined;
}

function readingOf(selector: Selector, answer: Extract<ValuesAnswer, { kind: "answer" }>): Reading {
  const { Type, Value, Version, LastModifiedDate, ARN } =
    answer.parameters?.find(
      ({ Name, Version }) =>
        isName(Name) &&
        fromStore(Name) === selector.name &&
        (selector.version === undefined || Version === selector.version),
    ) ?? {};
  if (Type === undefined) {
    if (answer.invalid?.some((text) => isName(text) && fromStore(text) === spell(selector)))
      return { kind: "absent" };
    throw brokenAnswer("GetParameters");
  }
  const lastModified = LastModifiedDate?.getTime() ?? Number.NaN;
  if (
    !isType(Type) ||
    !isVersion(Version) ||
    !isName(ARN) ||
    Value === undefined ||
    Number.isNaN(lastModified)
  )
    throw brokenAnswer("GetParameters");
  return { kind: "value", value: new Secret(Value), type: Type, version: Version, lastModified, arn: ARN };
}

function spell({ name, version }: Selector): string {
  return version === undefined ? name : `${name}:${version}`;
}
