import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/embedded/engine.ts";
import { type GuardedStore, guardedStore } from "./guarded-store.ts";

const DBA = "alias/prod-dba";
const APP = "alias/prod-app";
const REPLICATION = "alias/prod-replication";

/** What the principals try to get at: a path and its key, without one a String. */
const PARAMETERS = {
  "/dba/secrets/mysql/shared/data-changer/password": DBA,
  "/dba/passpack/services/message-processor/mongo/password": DBA,
  "/dba/undeclared": DBA,
  "/app/data-changer/mysql/host": undefined,
  "/app/data-changer/session-key": APP,
  "/app/data-changer/replicated/secrets/mysql/password": REPLICATION,
  "/app/data-changer/replicated/secrets/mysql/url": REPLICATION,
  "/app/message-processor/replicated/mongo/password": REPLICATION,
  "/app/message-processor/undeclared": APP,
  "/paraform/prod/digest-key": "alias/prod-paraform",
  "/paraform/prod/lock": undefined,
  "/paraform/prod/deleted/kept": "alias/prod-paraform",
} as const;
type Path = keyof typeof PARAMETERS;
const PATHS = Object.keys(PARAMETERS) as Path[];
const KEYS = [DBA, APP, REPLICATION, "alias/prod-paraform", "alias/aws/ssm"];
const VALUE = "dummy-value";

/** Each way to get at a parameter, with its letter in the table. */
const WAYS: Readonly<Record<string, (engine: Engine, who: string, path: Path) => boolean>> = {
  // its value
  R: (engine, who, path) => says(call(engine, who, "GetParameter", { Name: path, WithDecryption: true })),
  // its value, in a batch
  B: (engine, who, path) => says(call(engine, who, "GetParameters", { Names: [path], WithDecryption: true })),
  // its value, by the folder
  P: (engine, who, path) => {
    const folder = path.slice(0, path.lastIndexOf("/"));
    return says(call(engine, who, "GetParametersByPath", { Path: folder, WithDecryption: true }));
  },
  // its earlier values
  H: (engine, who, path) =>
    says(call(engine, who, "GetParameterHistory", { Name: path, WithDecryption: true })),
  // what of it lies open without a key
  c: (engine, who, path) => call(engine, who, "GetParameter", { Name: path }) !== undefined,
  W: (engine, who, path) => puts(engine, who, path, PARAMETERS[path]),
  // under any other key
  K: (engine, who, path) =>
    KEYS.filter((key) => key !== PARAMETERS[path]).some((key) => puts(engine, who, path, key)),
  D: (engine, who, path) => call(engine, who, "DeleteParameter", { Name: path }) !== undefined,
};

const matrix = new Map<string, Map<Path, string>>();
let store: GuardedStore;

beforeAll(async () => {
  store = await guardedStore();
  for (const path of PATHS) restore(path);
  for (const who of [...store.principals, "stranger"]) {
    const row = new Map(PATHS.map((path) => [path, lettersOf(who, path)]));
    matrix.set(who, row);
  }
});
afterAll(() => store.close());

describe("what the policies of prod let everybody do", () => {
  it("is the table of the golden", async () => {
    const lines = [...matrix].map(([who, row]) =>
      [who, ...[...row].map(([path, letters]) => `  ${letters}  ${path}`), ""].join("\n"),
    );
    await expect(lines.join("\n")).toMatchFileSnapshot("goldens/matrix.txt");
  });

  it("lets nobody decrypt but through Parameter Store, not even who has all of IAM's rights", () => {
    const input = { DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT"] };
    for (const accessKeyId of [...store.principals, "stranger"]) {
      for (const KeyId of KEYS) {
        const call = {
          service: "kms",
          operation: "Decrypt",
          input: { ...input, KeyId },
          accessKeyId,
        } as const;
        expect([accessKeyId, KeyId, store.guarded.handle(call).outcome]).toEqual([
          accessKeyId,
          KeyId,
          expect.objectContaining({ code: "AccessDeniedException" }),
        ]);
      }
    }
  });

  it.each(["data-changer", "message-processor"])(
    "lets the service %s read its own path, under keys of its declared parameters, and nothing else",
    (name) => {
      for (const [path, letters] of rowOf(`service-${name}`)) {
        const own = path.endsWith("/undeclared") ? "----c---" : "RBP-c---";
        expect([path, letters]).toEqual([path, path.startsWith(`/app/${name}/`) ? own : "--------"]);
      }
    },
  );

  it("lets the DBA write what is the DBA's, and read no replica", () => {
    for (const [path, letters] of rowOf("owner-dba")) {
      if (path.startsWith("/dba/"))
        expect([path, letters]).toEqual([path, expect.stringMatching(/^RB-HcW.D$/)]);
      else expect([path, letters]).toEqual([path, "--------"]);
    }
  });

  it("lets the planner of pull requests open the digest key alone, and be told of no String", () => {
    for (const [path, letters] of rowOf("planner")) {
      expect([path, letters]).toEqual([path, path === "/paraform/prod/digest-key" ? "R---c---" : "--------"]);
    }
  });

  it("lets the applier alone open what is kept of deleted parameters, and nobody else put anything there", () => {
    const near = [...matrix].filter(([, row]) => row.get("/paraform/prod/deleted/kept") !== "--------");
    expect(near.map(([who]) => who)).toEqual(["applier", "admin"]);
  });

  it("lets no app team touch a replica, least of all under another key", () => {
    for (const [path, letters] of rowOf("owner-app")) {
      if (path.includes("/replicated/")) expect([path, letters]).toEqual([path, "--------"]);
    }
  });

  it("lets a replicator read no source that the graph does not give it, and write no other's destination", () => {
    expect(rowOf("replicator-dba").get("/dba/undeclared")).toBe("--------");
    expect(rowOf("replicator-dba").get("/app/data-changer/mysql/host")).toBe("--------");
    expect(rowOf("replicator-dba").get("/app/data-changer/replicated/secrets/mysql/url")).toBe("--------");
    const both = rowOf("replicator-app-and-dba");
    for (const [path, letters] of both) {
      if (path.startsWith("/dba/")) expect([path, letters]).toEqual([path, "--------"]);
    }
    const written = [...both].filter(([path, letters]) => letters.includes("W") && path.startsWith("/app/"));
    expect(written).toEqual([["/app/data-changer/replicated/secrets/mysql/url", "-----W--"]]);
  });

  it("lets nobody write a replica under another key, but who administers IAM", () => {
    const writers = [...matrix].filter(([, row]) =>
      [...row].some(([path, letters]) => path.includes("/replicated/") && letters.includes("K")),
    );
    expect(writers.map(([who]) => who).sort()).toEqual(["admin"]);
  });

  it("lets an administrator of IAM decrypt nothing: the keys know their roles", () => {
    for (const [path, letters] of rowOf("admin")) {
      if (PARAMETERS[path] !== undefined) expect([path, letters.slice(0, 4)]).toEqual([path, "----"]);
    }
  });

  it("lets nobody delete a key, not even an administrator of IAM", () => {
    for (const KeyId of KEYS.filter((key) => key !== "alias/aws/ssm")) {
      for (const accessKeyId of store.principals) {
        const input = { KeyId, PendingWindowInDays: 7 };
        const call = { service: "kms", operation: "ScheduleKeyDeletion", input, accessKeyId } as const;
        const { outcome } = store.guarded.handle(call);
        expect([accessKeyId, KeyId, outcome]).toMatchObject([
          accessKeyId,
          KeyId,
          { kind: "refused", code: "AccessDeniedException" },
        ]);
      }
    }
  });

  it("lets a stranger do nothing", () => {
    expect([...new Set(rowOf("stranger").values())]).toEqual(["--------"]);
  });
});

function rowOf(who: string): Map<Path, string> {
  const row = matrix.get(who);
  if (row === undefined) throw new Error(`there is no ${who}`);
  return row;
}

function lettersOf(who: string, path: Path): string {
  return Object.entries(WAYS)
    .map(([letter, tries]) => {
      const done = tries(store.guarded, who, path);
      if (done && "WKD".includes(letter)) restore(path);
      return done ? letter : "-";
    })
    .join("");
}

function restore(path: Path): void {
  // A deleted name rests for 30 seconds.
  store.pass(31_000);
  if (!puts(store.open, "anybody", path, PARAMETERS[path])) throw new Error(`${path} cannot be put back`);
}

function puts(engine: Engine, who: string, path: Path, key: string | undefined): boolean {
  const type = key === undefined ? { Type: "String" } : { Type: "SecureString", KeyId: key };
  return (
    call(engine, who, "PutParameter", { Name: path, Value: VALUE, Overwrite: true, ...type }) !== undefined
  );
}

function says(answer: string | undefined): boolean {
  return answer?.includes(VALUE) ?? false;
}

/** The answer as text; `undefined` when the call is refused for want of a right, and any other refusal is an error. */
function call(engine: Engine, who: string, operation: string, input: object): string | undefined {
  const { outcome } = engine.handle({ service: "ssm", operation, input, accessKeyId: who });
  if (outcome.kind === "done") return JSON.stringify(outcome.body);
  if (outcome.code !== "AccessDeniedException") throw new Error(`${who} ${operation}: ${outcome.code}`);
  return undefined;
}
