import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Place } from "../../src/access/place.ts";
import { replicationsOf } from "../../src/access/replication.ts";
import { replicator } from "../../src/access/replicator.ts";
import type { Environment } from "../../src/config/environment.ts";
import type { DesiredGraph, DesiredParameter } from "../../src/graph/graph.ts";
import { isReplica } from "../../src/graph/replicas.ts";
import { type ParameterName, parameterName } from "../../src/model/name.ts";
import { inputsOf, type Rule } from "../../src/model/rule.ts";

const OWNERS = ["dba", "ops", "app", "dba-and-ops"];
const environment = {
  name: "test",
  keys: OWNERS.map((owner) => ({ path: `/${owner}/**`, key: `alias/${owner}` })),
  digestKey: { kmsKey: "alias/paraform" },
} as unknown as Environment;
const place: Place = {
  partition: "aws",
  account: "123456789012",
  region: "eu-west-1",
  environment: "test",
  keyArn: (key) => `arn:aws:kms:eu-west-1:123456789012:${key}`,
};

describe("the replications of an environment", () => {
  const names = (graph: DesiredGraph) =>
    replicationsOf(environment, graph).map(({ name, sources, destinations }) => [
      name,
      sources,
      destinations.map((one) => one.name),
    ]);

  it("are one for each owner, and one for each set of owners whose values are merged", () => {
    const graph = graphOf({
      "/dba/password": STATIC,
      "/ops/token": STATIC,
      "/app/a/password": copy("/dba/password"),
      "/app/a/again": copy("/app/a/password"),
      "/app/b/both": merge("/app/a/again", "/ops/token"),
      "/app/b/copied": copy("/app/b/both"),
      "/app/c/literal": merge(),
    });
    expect(names(graph)).toEqual([
      ["dba", ["/dba/password"], ["/app/a/password", "/app/a/again"]],
      ["dba-and-ops", ["/app/a/again", "/ops/token"], ["/app/b/both", "/app/b/copied"]],
    ]);
  });

  it("have names of their own, also where an owner is called as two others are together", () => {
    const graph = graphOf({
      "/dba/password": STATIC,
      "/ops/token": STATIC,
      "/dba-and-ops/key": STATIC,
      "/app/a/both": merge("/dba/password", "/ops/token"),
      "/app/a/key": copy("/dba-and-ops/key"),
    });
    expect(names(graph).map(([name]) => name)).toEqual([
      "dba-and-ops",
      expect.stringMatching(/^dba-and-ops-[0-9a-f]{8}$/),
    ]);
  });
});

/**
 * What a role may open and what it may write are of the same owners: however its bundle is edited, one owner's value
 * reaches no parameter that the graph does not make of that owner's values.
 */
it("no replicator's role, of whatever graph, pairs an owner's source with what is made of others' values alone", () => {
  fc.assert(
    fc.property(graphs(), (graph) => {
      const origins = originsOf(graph);
      const replications = replicationsOf(environment, graph);
      const written = replications.flatMap(({ destinations }) => destinations.map(({ name }) => name));
      const replicas = [...graph.parameters.values()].filter(
        ({ name, rule }) => isReplica({ rule }) && (origins.get(name)?.size ?? 0) > 0,
      );
      expect(written.toSorted()).toEqual(replicas.map(({ name }) => name).toSorted());
      expect(new Set(replications.map(({ name }) => name)).size).toBe(replications.length);

      for (const replication of replications) {
        const { statements } = replicator(place, environment, graph, replication);
        const readable = namesIn(statements, "ReadInputs");
        const writable = namesIn(statements, "WriteDestinations");
        expect(writable.toSorted()).toEqual(replication.destinations.map(({ name }) => name).toSorted());
        const needed = replication.destinations.flatMap(({ rule }) => inputsOf(rule));
        expect(new Set(readable)).toEqual(new Set(needed));
        for (const source of readable) {
          for (const destination of writable) {
            const reached = origins.get(destination) ?? new Set();
            expect([...(origins.get(source) ?? [])].filter((owner) => !reached.has(owner))).toEqual([]);
          }
        }
      }
    }),
  );
});

const STATIC: Rule = { kind: "static" };

function copy(source: string): Rule {
  return { kind: "copy", source: parameterName(source) };
}

function merge(...inputs: string[]): Rule {
  const references = inputs.map(
    (name) => ({ kind: "reference", name: parameterName(name), encoding: "none" }) as const,
  );
  return { kind: "merge", parts: [{ kind: "literal", text: "x" }, ...references] };
}

/** Sources of every owner, and copies and merges of what is before them, in anybody's paths. */
function graphs(): fc.Arbitrary<DesiredGraph> {
  const sources = OWNERS.flatMap((owner) => [`/${owner}/s0`, `/${owner}/s1`]);
  const step = fc.record({
    owner: fc.constantFrom(...OWNERS),
    inputs: fc.array(fc.nat(), { minLength: 0, maxLength: 3 }),
    merges: fc.boolean(),
  });
  return fc.array(step, { maxLength: 14 }).map((steps) => {
    const rules: Record<string, Rule> = Object.fromEntries(sources.map((name) => [name, STATIC]));
    for (const [index, { owner, inputs, merges }] of steps.entries()) {
      const known = Object.keys(rules);
      const [first, ...others] = inputs.map((input) => known[input % known.length] ?? "");
      const rule =
        first !== undefined && !merges
          ? copy(first)
          : merge(...(first === undefined ? [] : [first]), ...others);
      rules[`/${owner}/r${index}`] = rule;
    }
    return graphOf(rules);
  });
}

/** The owners of what each name is made of, found from the sources down: another way than the one under test. */
function originsOf({ parameters, followers }: DesiredGraph): ReadonlyMap<string, ReadonlySet<string>> {
  const origins = new Map<string, Set<string>>([...parameters.keys()].map((name) => [name, new Set()]));
  for (const { name, rule } of parameters.values()) {
    if (isReplica({ rule })) continue;
    const owner = name.split("/")[1] ?? "";
    const open: string[] = [name];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (origins.get(next)?.has(owner)) continue;
      origins.get(next)?.add(owner);
      open.push(...(followers.get(next as ParameterName) ?? []));
    }
  }
  return origins;
}

function namesIn(
  statements: readonly { readonly Sid: string; readonly Resource?: readonly string[] }[],
  sid: string,
): string[] {
  const { Resource = [] } = statements.find(({ Sid }) => Sid === sid) ?? {};
  return Resource.map((arn) => arn.slice(arn.indexOf(":parameter/") + ":parameter".length));
}

function graphOf(rules: Readonly<Record<string, Rule>>): DesiredGraph {
  const parameters = new Map<ParameterName, DesiredParameter>();
  const followers = new Map<ParameterName, ParameterName[]>();
  for (const [text, rule] of Object.entries(rules)) {
    const name = parameterName(text);
    parameters.set(name, {
      name,
      rule,
      expected: false,
      type: "SecureString",
      key: isReplica({ rule }) ? "alias/replication" : `alias/${text.split("/")[1]}`,
      description: "",
      dataType: "text",
      tags: {},
      public: false,
      protected: false,
      inScope: true,
      origin: { file: "main.json", line: 1, column: 1 },
    });
    for (const input of new Set(inputsOf(rule)))
      followers.set(input, [...(followers.get(input) ?? []), name]);
  }
  return { parameters, followers, removals: new Map() };
}
