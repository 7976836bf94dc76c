import { expect, test } from "vitest";
import { servicesOf } from "../../src/render/services.ts";
import { change, LIVE, plan } from "./sample-plan.ts";
import { copyOf, REGENERATED } from "./whole-plans.ts";

const folders = (...resource_changes: Parameters<typeof plan>[0]["resource_changes"] & object) =>
  servicesOf(plan({ resource_changes })).map(({ folder, changes }) => `${folder} ${changes.length}`);

const made = (address: string, action: "create" | "update" | "delete" | "forget" | "no-op") =>
  change({
    address,
    action,
    reason: action === "update" ? "regenerate" : action === "create" ? "missing" : null,
    ...(action === "create" ? {} : { before: LIVE }),
    after: LIVE,
    ...(action === "update" || action === "create" ? { unknown: ["value"] } : {}),
    origin: { rule: "generate" },
  });

test("the folders that copies end in, not the owner's that they come from", () => {
  const copies = [
    copyOf("/dba/mysql/password", "/app/a/pw", "planned", 1),
    copyOf("/dba/mysql/password", "/app/b/deep/pw", "planned", 2),
  ];
  expect(folders(REGENERATED, ...copies)).toEqual(["/app/a 1", "/app/b 1"]);
});

test("what nothing follows from is read by somebody", () => {
  expect(folders(made("/app/a/key", "update"), made("/dba/root/password", "create"))).toEqual([
    "/app/a 1",
    "/dba/root 1",
  ]);
});

test("a service that receives from elsewhere reads also what it passes on", () => {
  const copies = [
    copyOf("/app/a/key", "/app/b/key", "planned", 1),
    copyOf("/dba/x/user", "/app/a/user", 1, 2),
  ];
  expect(folders(made("/app/a/key", "update"), ...copies)).toEqual(["/app/a 2", "/app/b 1"]);
});

test("neither what keeps its value nor what is only forgotten", () => {
  const attribute = change({
    address: "/app/a/x",
    action: "update",
    reason: "attribute_changed",
    before: { ...LIVE, description: "old" },
    after: { ...LIVE, description: "new" },
    unknown: ["value"],
    origin: { rule: "static" },
  });
  expect(folders(attribute, made("/app/a/y", "forget"), made("/app/a/z", "no-op"))).toEqual([]);
});
