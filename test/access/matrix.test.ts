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
  "/shared/tls/certificate": undefined,
  "/paraform/prod/digest-key": "alias/prod-paraform",
  "/paraform/prod/lock": undefined,
  "/paraform/prod/deleted/kept": "alias/prod-paraform",
} as const;
type Path = keyof typeof PARAMETERS;
const PATHS = Object.keys(PARAMETERS) as Path[];
const OWN_KEYS = [DBA, APP, REPLICATION, "alias/prod-paraform"];
const KEYS = [...OWN_KEYS, "alias/aws/ssm"];
const VALUE = "dummy-value";

type Way = (who: string, path: Path) => boolean;
type Tier = "Standard" | "Advanced";

/** The operations that tell of a parameter, each with its letter. */
const READS = {
  R: (Name: string) => ({ operation: "GetParameter", input: { Name } }),
  B: (Name: string) => ({ operation: "GetParameters", input: { Names: [Name] } }),
  P: (Name: string) => ({
    operation: "GetParametersByPath",
    input: { Path: Name.slice(0, Name.lastIndexOf("/")) },
  }),
  H: (Name: string) => ({ operation: "GetParameterHistory", input: { Name } }),
} as const;

const opens =
  (letter: keyof typeof READS): Way =>
  (who, path) => {
    const { operation, input } = READS[letter](path);
    return call(who, operation, { ...input, WithDecryption: true })?.includes(VALUE) ?? false;
  };
const tells =
  (letter: keyof typeof READS): Way =>
  (who, path) => {
    const { operation, input } = READS[letter](path);
    return call(who, operation, input)?.includes(`"${path}"`) ?? false;
  };
const puts =
  (tier: Tier): Way =>
  (who, path) =>
    put(store.guarded, who, path, PARAMETERS[path], tier);
const putsElsewhere =
  (tier: Tier): Way =>
  (who, path) =>
    KEYS.some((key) => key !== PARAMETERS[path] && put(store.guarded, who, path, key, tier));
const does =
  (operation: string, input: (Name: string) => object): Way =>
  (who, path) =>
    call(who, operation, input(path)) !== undefined;
const ofResource = (more: object) => (ResourceId: string) => ({
  ResourceType: "Parameter",
  ResourceId,
  ...more,
});

/** Every way to get at a parameter, with its letter in the table. */
const WAYS: readonly { letter: string; is: string; tries: Way; changes?: true }[] = [
  { letter: "R", is: "its value, by GetParameter", tries: opens("R") },
  { letter: "B", is: "its value, by GetParameters", tries: opens("B") },
  { letter: "P", is: "its value, by GetParametersByPath", tries: opens("P") },
  { letter: "H", is: "its value, by GetParameterHistory", tries: opens("H") },
  { letter: "r", is: "what GetParameter tells without a key", tries: tells("R") },
  { letter: "b", is: "what GetParameters tells without a key", tries: tells("B") },
  { letter: "p", is: "what GetParametersByPath tells without a key", tries: tells("P") },
  { letter: "h", is: "what GetParameterHistory tells without a key", tries: tells("H") },
  { letter: "W", is: "put as it is, in the standard tier", tries: puts("Standard"), changes: true },
  { letter: "A", is: "put as it is, in the advanced tier", tries: puts("Advanced"), changes: true },
  {
    letter: "K",
    is: "put under another key, in the standard tier",
    tries: putsElsewhere("Standard"),
    changes: true,
  },
  {
    letter: "G",
    is: "put under another key, in the advanced tier",
    tries: putsElsewhere("Advanced"),
    changes: true,
  },
  {
    letter: "S",
    is: "put as a String",
    tries: (who, path) => put(store.guarded, who, path, undefined, "Standard"),
    changes: true,
  },
  { letter: "D", is: "deleted", tries: does("DeleteParameter", (Name) => ({ Name })), changes: true },
  {
    letter: "X",
    is: "deleted by DeleteParameters",
    tries: does("DeleteParameters", (Name) => ({ Names: [Name] })),
    changes: true,
  },
  { letter: "l", is: "its tags, listed", tries: does("ListTagsForResource", ofResource({})) },
  {
    letter: "T",
    is: "tagged",
    tries: does("AddTagsToResource", ofResource({ Tags: [{ Key: "team", Value: "a" }] })),
    changes: true,
  },
  {
    letter: "U",
    is: "untagged",
    tries: does("RemoveTagsFromResource", ofResource({ TagKeys: ["team"] })),
    changes: true,
  },
  {
    letter: "L",
    is: "labelled",
    tries: does("LabelParameterVersion", (Name) => ({ Name, Labels: ["a"] })),
    changes: true,
  },
  {
    letter: "N",
    is: "a label taken off",
    tries: does("UnlabelParameterVersion", (Name) => ({ Name, ParameterVersion: 1, Labels: ["a"] })),
    changes: true,
  },
];
const NOTHING = "-".repeat(WAYS.length);
const ONLY = (letters: string) =>
  WAYS.map(({ letter }) => (letters.includes(letter) ? letter : "-")).join("");

/** What KMS does for whoever asks it, by the names of IAM's actions. */
const USES = [
  "kms:Decrypt",
  "kms:DeriveSharedSecret",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyPair",
  "kms:GenerateDataKeyPairWithoutPlaintext",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:GenerateMac",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
  "kms:CreateGrant",
];
/** What of it Parameter Store asks for. */
const TAKEN = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];

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
    const legend = WAYS.map(({ letter, is }) => `${letter} ${is}`).join("\n");
    const lines = [...matrix].map(([who, row]) =>
      [who, ...[...row].map(([path, letters]) => `  ${letters}  ${path}`), ""].join("\n"),
    );
    await expect([legend, "", ...lines].join("\n")).toMatchFileSnapshot("goldens/matrix.txt");
  });

  it("is tried with every policy of a role, also those of its own", () => {
    expect(store.sidsOf("replicator-dba")).toEqual(
      expect.arrayContaining(["WriteDestinations", "TakeEvents"]),
    );
  });

  it("lets nobody use a key but through Parameter Store, not even who has all of IAM's rights", () => {
    for (const who of [...store.principals, "stranger"]) {
      for (const key of OWN_KEYS) {
        const use = { parameter: firstUnder(key), throughParameterStore: false };
        const used = USES.filter(
          (action) => store.permits(who, action, key) || store.permits(who, action, key, use),
        );
        expect([who, key, used]).toEqual([who, key, []]);
      }
    }
  });

  it("lets a service whose IAM policies were widened decrypt through Parameter Store alone", () => {
    const use = { parameter: firstUnder(REPLICATION), throughParameterStore: true };
    const directly = { ...use, throughParameterStore: false };
    const allowed = (each: typeof use) =>
      USES.filter((action) => store.permits("widened", action, REPLICATION, each));
    expect([allowed(use), allowed(directly)]).toEqual([["kms:Decrypt"], []]);
  });

  it("lets Parameter Store use a key for nobody otherwise than a parameter takes", () => {
    const others = USES.filter((action) => !TAKEN.includes(action));
    for (const who of [...store.principals, "stranger"]) {
      for (const key of OWN_KEYS) {
        const use = { parameter: firstUnder(key), throughParameterStore: true };
        const used = others.filter((action) => store.permits(who, action, key, use));
        expect([who, key, used]).toEqual([who, key, []]);
      }
    }
  });

  it("is no different where KMS itself is asked, which tells it of a decryption", () => {
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
        const own = path.endsWith("/undeclared") ? ONLY("rbp") : ONLY("RBPrbp");
        expect([path, letters]).toEqual([path, path.startsWith(`/app/${name}/`) ? own : NOTHING]);
      }
    },
  );

  it("lets the DBA write what is the DBA's, and read no replica", () => {
    for (const [path, letters] of rowOf("owner-dba")) {
      const own = ONLY("RBHrbhWASDT");
      expect([path, letters]).toEqual([path, path.startsWith("/dba/") ? own : NOTHING]);
    }
  });

  it("lets the planner of pull requests open the digest key alone, and be told of no String", () => {
    for (const [path, letters] of rowOf("planner")) {
      expect([path, letters]).toEqual([path, path === "/paraform/prod/digest-key" ? ONLY("Rr") : NOTHING]);
    }
  });

  it("lets the applier alone open what is kept of deleted parameters, and nobody else put anything there", () => {
    const near = [...matrix].filter(([, row]) => row.get("/paraform/prod/deleted/kept") !== NOTHING);
    expect(near.map(([who]) => who)).toEqual(["applier", "admin", "upstart"]);
  });

  it("lets no app team touch a replica, least of all under another key", () => {
    for (const [path, letters] of rowOf("owner-app")) {
      if (path.includes("/replicated/")) expect([path, letters]).toEqual([path, NOTHING]);
    }
  });

  it("lets a replicator read no source that the graph does not give it, and write no other's destination", () => {
    expect(rowOf("replicator-dba").get("/dba/undeclared")).toBe(NOTHING);
    expect(rowOf("replicator-dba").get("/app/data-changer/mysql/host")).toBe(NOTHING);
    expect(rowOf("replicator-dba").get("/app/data-changer/replicated/secrets/mysql/url")).toBe(NOTHING);
    const both = rowOf("replicator-app-and-dba");
    for (const [path, letters] of both) {
      if (path.startsWith("/dba/")) expect([path, letters]).toEqual([path, NOTHING]);
    }
    const written = [...both].filter(([path, letters]) => /[WA]/.test(letters) && path.startsWith("/app/"));
    expect(written.map(([path]) => path)).toEqual(["/app/data-changer/replicated/secrets/mysql/url"]);
    expect(written.filter(([, letters]) => /[RBPH]/.test(letters))).toEqual([]);
  });

  it("lets nobody write a replica under another key, in either tier, but who administers IAM", () => {
    const writers = [...matrix].filter(([, row]) =>
      [...row].some(([path, letters]) => path.includes("/replicated/") && /[KG]/.test(letters)),
    );
    expect(writers.map(([who]) => who).sort()).toEqual(["admin", "upstart"]);
  });

  it("lets an administrator of IAM decrypt nothing: the keys know their roles", () => {
    for (const [path, letters] of rowOf("admin")) {
      if (PARAMETERS[path] !== undefined)
        expect([path, letters]).toEqual([path, expect.not.stringMatching(/[RBPH]/)]);
    }
  });

  it("lets a role that somebody makes beside those of the services do no more than its maker", () => {
    expect(rowOf("upstart")).toEqual(rowOf("admin"));
  });

  it("lets nobody delete a key, not even an administrator of IAM", () => {
    for (const KeyId of OWN_KEYS) {
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

  it("lets no service read what is shared but as the copies below its own path", () => {
    const near = [...matrix].filter(([, row]) => row.get("/shared/tls/certificate") !== NOTHING);
    expect(near.map(([who]) => who)).toEqual(["admin", "upstart"]);
  });

  it("lets a stranger do nothing", () => {
    expect([...new Set(rowOf("stranger").values())]).toEqual([NOTHING]);
  });
});

function rowOf(who: string): Map<Path, string> {
  const row = matrix.get(who);
  if (row === undefined) throw new Error(`there is no ${who}`);
  return row;
}

function firstUnder(key: string): Path {
  const path = PATHS.find((each) => PARAMETERS[each] === key);
  if (path === undefined) throw new Error(`nothing is under ${key}`);
  return path;
}

function lettersOf(who: string, path: Path): string {
  return WAYS.map(({ letter, tries, changes = false }) => {
    const done = tries(who, path);
    if (done && changes) restore(path);
    return done ? letter : "-";
  }).join("");
}

/** As it was, in the standard tier, out of which no parameter comes back but by being deleted. */
function restore(path: Path): void {
  store.open.handle({ service: "ssm", operation: "DeleteParameter", input: { Name: path } });
  // A deleted name rests for 30 seconds.
  store.pass(31_000);
  if (!put(store.open, "anybody", path, PARAMETERS[path], "Standard")) {
    throw new Error(`${path} cannot be put back`);
  }
}

function put(engine: Engine, who: string, path: Path, key: string | undefined, tier: Tier): boolean {
  const type = key === undefined ? { Type: "String" } : { Type: "SecureString", KeyId: key };
  const input = { Name: path, Value: VALUE, Overwrite: true, Tier: tier, ...type };
  return answerOf(engine, who, "PutParameter", input) !== undefined;
}

function call(who: string, operation: string, input: object): string | undefined {
  return answerOf(store.guarded, who, operation, input);
}

/** The answer as text; `undefined` when the call is refused for want of a right, and any other refusal is an error. */
function answerOf(engine: Engine, who: string, operation: string, input: object): string | undefined {
  const { outcome } = engine.handle({ service: "ssm", operation, input, accessKeyId: who });
  if (outcome.kind === "done") return JSON.stringify(outcome.body);
  if (outcome.code !== "AccessDeniedException") throw new Error(`${who} ${operation}: ${outcome.code}`);
  return undefined;
}
