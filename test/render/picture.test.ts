import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderMermaid } from "../../src/render/graph-mermaid.ts";
import { renderSvg } from "../../src/render/graph-svg.ts";
import { layoutOf } from "../../src/render/layout.ts";
import { type Picture, pictureGraph, picturePlan } from "../../src/render/picture.ts";
import { HOSTILE_PARTS } from "./hostile-plan.ts";
import { change, plan } from "./sample-plan.ts";
import { copyOf, FOURTEEN } from "./whole-plans.ts";

const node = (name: string, rule: "static" | "copy" | "merge" | "exists" = "copy") => ({
  name,
  rule,
  file: "configs/dev/a.json",
  line: 1,
});

function document(nodes: ReturnType<typeof node>[], links: readonly (readonly [string, string])[]) {
  const edges = links.map(([source, destination]) => ({ source, destination, kind: "copy" as const }));
  return { format_version: "1.0" as const, environment: "dev", nodes, edges };
}

describe("columns", () => {
  test("each name stands right of what it follows from", () => {
    const links = [
      ["/a", "/b"],
      ["/b", "/c"],
      ["/a", "/c"],
      ["/x", "/c"],
    ] as const;
    const names = ["/c", "/b", "/a", "/x"];
    const { columns } = layoutOf(
      pictureGraph(
        document(
          names.map((name) => node(name)),
          links,
        ),
      ),
    );
    const drawn = columns.map((column) => column.filter((each) => each.startsWith("/")).toSorted());
    expect(drawn).toEqual([["/a", "/x"], ["/b"], ["/c"]]);
  });

  test("a link over a column has a place of its own there, beside the boxes", () => {
    const links = [
      ["/a", "/b"],
      ["/b", "/c"],
      ["/a", "/c"],
    ] as const;
    const { columns, routes } = layoutOf(
      pictureGraph(
        document(
          ["/a", "/b", "/c"].map((name) => node(name)),
          links,
        ),
      ),
    );
    expect(routes.map(({ waypoints }) => waypoints.length)).toEqual([0, 0, 1]);
    expect(columns.map((column) => column.length)).toEqual([1, 2, 1]);
  });

  test("every name once, also of graphs with circles", () => {
    const name = fc.integer({ min: 0, max: 12 }).map((number) => `/n/${number}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name), { maxLength: 40 }), (links) => {
        const names = [...new Set(links.flat())];
        const { columns } = layoutOf(
          pictureGraph(
            document(
              names.map((each) => node(each)),
              links,
            ),
          ),
        );
        expect(
          columns
            .flat()
            .filter((each) => each.startsWith("/"))
            .sort(),
        ).toEqual(names.sort());
      }),
    );
  });
});

describe("a picture", () => {
  test("of a plan has what changes and all that is linked with it, and says what it leaves out", () => {
    const kept = { ...copyOf("/dba/other", "/app/z/pw", 1, 1) };
    const still = { ...kept, change: { ...kept.change, actions: ["no-op" as const] }, action_reason: null };
    const changes = [copyOf("/dba/pw", "/app/a/pw", 4, 1), still];
    const picture = picturePlan(plan({ resource_changes: changes as typeof FOURTEEN.resource_changes }));
    expect(picture.nodes.map(({ name, action }) => [name, action])).toEqual([
      ["/app/a/pw", "update"],
      ["/dba/pw", undefined],
    ]);
    expect(picture.note).toBe("2 more take part in no change and are left out.");
  });

  test("of many is one of folders, with counts", () => {
    const changes = Array.from({ length: 600 }, (_, index) =>
      copyOf(`/dba/team-${index % 7}/pw-${index}`, `/app/service-${index % 20}/pw-${index}`, 4, index),
    );
    const picture = picturePlan(plan({ resource_changes: changes }));
    expect(picture.nodes).toHaveLength(27);
    expect(picture.nodes.find(({ name }) => name === "/app/service-3/")).toMatchObject({
      parameters: 30,
      changing: 30,
      action: "update",
    });
    expect(picture.note).toBe("1200 parameters are drawn as 27 folders.");
  });

  test("of folders shows what happens to all that changes in one, and nothing where that differs", () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      copyOf("/dba/team/pw", `/app/service-${index}/pw`, 4, index),
    );
    const linked = (address: string, action: "create" | "delete" | "no-op") => {
      const { origin } = copyOf("/dba/team/pw", address, 4, 1);
      return change({ address, action, reason: null, origin });
    };
    const changes = [
      linked("/app/new/a", "create"),
      linked("/app/new/b", "no-op"),
      linked("/app/mixed/a", "create"),
      linked("/app/mixed/b", "delete"),
      linked("/app/mixed/c", "create"),
    ];
    const { nodes } = picturePlan(plan({ resource_changes: [...many.slice(0, 56), ...changes] }));
    const folder = (name: string) => nodes.find((each) => each.name === name);
    expect(folder("/app/new/")).toMatchObject({ parameters: 2, changing: 1, action: "create" });
    expect(folder("/app/mixed/")).toMatchObject({ parameters: 3, changing: 3, action: undefined });
  });

  test("as SVG stands alone: its own style, a title for each box, signs on what changes", () => {
    const svg = renderSvg(picturePlan(FOURTEEN), "Replication graph of dev");
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain("<title>Replication graph of dev</title>");
    expect(svg).toContain("prefers-color-scheme:dark");
    expect(svg.match(/>~ \/app\//g)).toHaveLength(14);
    expect(svg.match(/marker-end/g)).toHaveLength(14);
  });

  const hostile = fc
    .array(fc.constantFrom(...HOSTILE_PARTS), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(""));

  test("has what is blocked, by what, and what follows from that", () => {
    const blocked = [
      { address: "/app/a/url", reason: "input_blocked", on: "/app/a/user" },
      { address: "/app/a/user", reason: "input_missing", on: "/dba/user" },
      { address: "/dba/alone", reason: "missing", on: null },
    ];
    const { nodes, edges } = picturePlan(plan({ applyable: false, blocked }));
    expect(nodes.map(({ name, foreign, blocked }) => [name, foreign, blocked])).toEqual([
      ["/app/a/user", false, 1],
      ["/dba/user", true, 0],
      ["/app/a/url", false, 1],
    ]);
    expect(edges.map(({ source, destination }) => [source, destination])).toEqual([
      ["/app/a/user", "/app/a/url"],
      ["/dba/user", "/app/a/user"],
    ]);
    const svg = renderSvg(picturePlan(plan({ applyable: false, blocked })), "x");
    expect(svg).toContain('<g class="node blocked"><title>/app/a/url: blocked</title>');
    expect(svg).toContain(">! /app/a/url</text>");
  });

  test("of the configs marks what a plan changes and what is blocked in it", () => {
    const names = ["/dba/pw", "/app/a/pw", "/app/b/pw", "/app/c/pw"].map((name) => node(name));
    const drawn = document(names, [["/dba/pw", "/app/a/pw"]]);
    const marked = pictureGraph(
      drawn,
      plan({
        resource_changes: [copyOf("/dba/pw", "/app/a/pw", 4, 7)],
        blocked: [{ address: "/app/b/pw", reason: "missing", on: null }],
      }),
    );
    expect(marked.nodes.map(({ name, action, blocked }) => [name, action, blocked])).toEqual([
      ["/dba/pw", undefined, 0],
      ["/app/a/pw", "update", 0],
      ["/app/b/pw", undefined, 1],
      ["/app/c/pw", undefined, 0],
    ]);
    expect(pictureGraph(drawn).nodes.every(({ action }) => action === undefined)).toBe(true);
  });

  test("as a file of its own has a dark ground where its texts are light", () => {
    expect(renderSvg(pictureGraph(document([node("/a")], [])), "x")).toContain(
      "<style>:root{color-scheme:light dark}",
    );
  });

  test("has no markup from a name", () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const picture: Picture = pictureGraph(document([node(name)], []));
        const svg = renderSvg(picture, name);
        expect(
          svg.replace(/<\/?(svg|title|style|defs|marker|path|g|rect|text)( [a-zA-Z:-]+="[^"<>]*")*\/?>/g, ""),
        ).not.toMatch(/[<>]/);
        expect(svg).not.toMatch(/data-evil="|<script|<img/);
      }),
    );
  });

  test("as Mermaid has one line for each name and link, and no markup from a name", () => {
    const nodes = [node("/dba/pw", "exists"), node("/app/a/pw")];
    expect(renderMermaid(document(nodes, [["/dba/pw", "/app/a/pw"]]))).toBe(
      'flowchart LR\n  n0(["/dba/pw"])\n  n1["/app/a/pw"]\n  n0 --> n1\n',
    );
    fc.assert(
      fc.property(hostile, (name) => {
        const lines = renderMermaid(document([node(name)], [])).split("\n");
        expect(lines).toHaveLength(3);
        expect(lines[1]).toMatch(/^ {2}n0\["([\w./ -]|#\d+;)*"\]$/);
      }),
    );
  });
});
