import { change, LIVE, plan } from "./sample-plan.ts";

const DATA_CHANGER = "configs/common/data-changer.json";

export const REGENERATED = change({
  address: "/dba/mysql/password",
  action: "update",
  reason: "regenerate",
  before: { ...LIVE, key_id: "alias/dba", version: 3, description: "password of the DBA" },
  after: { ...LIVE, key_id: "alias/dba", version: 4, description: "password of the DBA" },
  unknown: ["value"],
  origin: { rule: "generate", file: "configs/dev/dba.json", line: 4 },
  precondition: { version: 3, last_modified: "2026-03-01T10:00:00.000Z" },
});

export const copyOf = (source: string, address: string, version: number | "planned", line: number) =>
  change({
    address,
    action: "update",
    reason: "source_changed",
    before: { ...LIVE, version: 3 },
    after: { ...LIVE, version: 4 },
    unknown: ["value"],
    origin: { sources: [{ address: source, version }], line },
    precondition: { version: 3, last_modified: "2026-03-01T10:00:00.000Z" },
  });

/** A copy that is created; of what the plan itself makes unless `version` says otherwise. */
export const newCopy = (source: string, address: string, version: number | "planned" = 1, line = 7) =>
  change({
    address,
    action: "create",
    reason: "missing",
    after: { ...LIVE, version: 1 },
    unknown: ["value"],
    origin: { sources: [{ address: source, version }], line },
  });

export const services = (count: number) =>
  Array.from({ length: count }, (_, index) => `service-${index + 1}`);

export const FOURTEEN = plan({
  resource_changes: [
    ...services(14).map((service, index) =>
      copyOf("/dba/mysql/password", `/app/${service}/replicated/mysql/password`, "planned", 7 + index),
    ),
    REGENERATED,
  ],
  readers: [
    ...services(14)
      .map((service) => ({
        reader: `/app/${service}`,
        kind: "service" as const,
        changes: [`/app/${service}/replicated/mysql/password`],
        gains: [],
      }))
      .sort((one, other) => (one.reader < other.reader ? -1 : 1)),
    { reader: "/dba", kind: "owner", changes: ["/dba/mysql/password"], gains: [] },
  ],
});

/** Three services get what the plan makes, and what lives, for the first time. */
export const NEW_COPIES = plan({
  resource_changes: [
    ...services(3).flatMap((service, index) => [
      newCopy("/dba/mongo/password", `/app/${service}/replicated/mongo/password`, 4, 7 + index),
      newCopy("/dba/mysql/password", `/app/${service}/replicated/mysql/password`, "planned", 17 + index),
    ]),
    change({
      address: "/dba/mysql/password",
      action: "create",
      reason: "missing",
      after: { ...LIVE, key_id: "alias/dba", version: 1 },
      unknown: ["value"],
      origin: { rule: "generate", file: "configs/dev/dba.json", line: 4 },
    }),
  ],
  readers: services(3).map((service) => ({
    reader: `/app/${service}`,
    kind: "service" as const,
    changes: ["mongo", "mysql"].map((name) => `/app/${service}/replicated/${name}/password`),
    gains: [{ secret: "/dba/mongo/password", by: [`/app/${service}/replicated/mongo/password`] }],
  })),
});

export const FIRST_PLAN = plan({
  resource_changes: [
    change({
      address: "/app/data-changer/log-level",
      action: "create",
      reason: "missing",
      sensitive: [],
      after: {
        type: "String",
        value: "info",
        data_type: "text",
        tags: { team: "data", tier: "1" },
        version: 1,
      },
      origin: { rule: "value", line: 21 },
    }),
    change({
      address: "/app/data-changer/mysql/url",
      action: "create",
      reason: "missing",
      after: { ...LIVE, version: 1 },
      unknown: ["value"],
      origin: {
        rule: "merge",
        sources: [
          { address: "/dba/mysql/user", version: 1 },
          { address: "/dba/mysql/password", version: "planned" },
        ],
        line: 12,
      },
    }),
    change({
      address: "/app/data-changer/replicated/mysql/user",
      action: "create",
      reason: "missing",
      after: { ...LIVE, description: "user of data-changer", version: 1 },
      unknown: ["value"],
      origin: { sources: [{ address: "/dba/mysql/user", version: 1 }], line: 8 },
    }),
    change({
      address: "/dba/mongo/password",
      action: "create",
      reason: "missing",
      after: { ...LIVE, key_id: "alias/dba", version: 1 },
      unknown: ["value"],
      origin: { rule: "static", supplied_by: "prompt", file: "configs/dev/dba.json", line: 9 },
    }),
    change({
      address: "/dba/mongo/user",
      action: "create",
      reason: "missing",
      after: { ...LIVE, key_id: "alias/dba", value: { $digest: "k1.3f2a" }, version: 1 },
      origin: {
        rule: "static",
        supplied_by: "file configs/dev/values.json",
        file: "configs/dev/dba.json",
        line: 8,
      },
    }),
    change({
      address: "/dba/mysql/password",
      action: "create",
      reason: "missing",
      after: { ...LIVE, key_id: "alias/dba", version: 1 },
      unknown: ["value"],
      origin: { rule: "generate", file: "configs/dev/dba.json", line: 4 },
    }),
  ],
});

const TEXT = {
  before: "listen: 8080\nlog: info\nretries: 3\n",
  after: "listen: 8080\nlog: debug\nretries: 3\ntimeout: 5\n",
};

export const EVERYTHING = plan({
  applyable: false,
  environment: {
    name: "prod",
    account: "123456789012",
    region: "eu-west-1",
    owner: "data-platform",
    endpoint: "http://127.0.0.1:4566",
  },
  inputs: {
    delete: ["/app/**"],
    regenerate: ["/dba/**"],
    target: [],
    exclude: ["/app/x/**"],
    allow: { update: 7 },
  },
  resource_changes: [
    change({
      address: "/app/data-changer/config",
      action: "update",
      reason: "value_changed",
      sensitive: [],
      before: { type: "String", value: TEXT.before, data_type: "text", version: 1 },
      after: { type: "String", value: TEXT.after, data_type: "text", version: 2 },
      origin: { rule: "value", line: 22 },
    }),
    change({
      address: "/app/data-changer/log-level",
      action: "update",
      reason: "value_changed",
      sensitive: [],
      before: { type: "String", value: "info", tags: { team: "a", cost: "1", old: "y" }, version: 1 },
      after: { type: "String", value: "debug", tags: { team: "b", cost: "1", new: "y" }, version: 2 },
      origin: { rule: "value", line: 21 },
    }),
    change({
      address: "/app/data-changer/mode",
      action: "replace",
      reason: "attribute_changed",
      sensitive: [],
      before: { type: "String", value: "a,b", version: 3 },
      after: { type: "StringList", value: "a,b", version: 1 },
      origin: { rule: "value", line: 23 },
    }),
    change({
      address: "/app/data-changer/mysql/url",
      action: "update",
      reason: "changed_outside",
      before: { ...LIVE, version: 5 },
      after: { ...LIVE, version: 6 },
      unknown: ["value"],
      origin: {
        rule: "merge",
        sources: [
          { address: "/dba/mysql/user", version: 1 },
          { address: "/dba/mysql/password", version: 3 },
        ],
        line: 12,
      },
      precondition: { version: 5, last_modified: "2026-03-02T08:30:00.000Z" },
    }),
    change({
      address: "/app/message-processor/replicated/mongo/password",
      action: "update",
      reason: "adopted",
      before: { ...LIVE, description: "replicated by the old tool", version: 9 },
      after: { ...LIVE, version: 10 },
      unknown: ["value"],
      origin: { sources: [{ address: "/dba/mongo/password", version: 2 }], line: 3 },
    }),
    change({
      address: "/app/old/password",
      action: "delete",
      reason: "not_in_config",
      before: { ...LIVE, version: 2 },
      origin: null,
    }),
    change({ address: "/app/same", action: "no-op", reason: null, before: LIVE, after: LIVE }),
    change({
      address: "/app/stamped/a",
      action: "update",
      reason: "stamp_renewed",
      before: { ...LIVE, value: { $digest: "k1.aa" }, version: 2 },
      after: { ...LIVE, value: { $digest: "k2.bb" }, version: 3 },
      origin: { sources: [{ address: "/dba/mysql/user", version: 2 }], line: 30 },
    }),
    change({
      address: "/app/stamped/b",
      action: "update",
      reason: "stamp_renewed",
      before: { ...LIVE, value: { $digest: "k1.aa" }, version: 2 },
      after: { ...LIVE, value: { $digest: "k2.bb" }, version: 3 },
      origin: { sources: [{ address: "/dba/mysql/user", version: 2 }], line: 31 },
    }),
    change({
      address: "/dba/mysql/token",
      action: "update",
      reason: "attribute_changed",
      before: { ...LIVE, key_id: "alias/aws/ssm", description: "", version: 1 },
      after: { ...LIVE, key_id: "alias/dba", description: "token", version: 2 },
      unknown: ["value"],
      origin: { rule: "static", file: "configs/prod/dba.json", line: 11 },
    }),
    change({
      address: "/team/left",
      action: "forget",
      reason: "not_in_config",
      before: { ...LIVE, version: 2 },
      origin: null,
    }),
  ],
  readers: [
    {
      reader: "/app/data-changer",
      kind: "service",
      changes: [
        "/app/data-changer/config",
        "/app/data-changer/log-level",
        "/app/data-changer/mode",
        "/app/data-changer/mysql/url",
      ],
      gains: [],
    },
    {
      reader: "/app/message-processor",
      kind: "service",
      changes: ["/app/message-processor/replicated/mongo/password"],
      gains: [{ secret: "/dba/mongo/password", by: ["/app/message-processor/replicated/mongo/password"] }],
    },
    { reader: "/app/old", kind: "service", changes: ["/app/old/password"], gains: [] },
  ],
  withheld: [
    { address: "/dba/old", action_reason: "not_in_config" },
    { address: "/dba/root/password", action_reason: "protected" },
  ],
  blocked: [
    { address: "/app/a/password", reason: "input_missing", on: "/dba/a/password" },
    { address: "/app/a/password/again", reason: "input_blocked", on: "/app/a/password" },
    { address: "/app/b/password", reason: "input_missing", on: "/dba/b/password" },
    { address: "/app/c", reason: "unstamped", on: null },
    { address: "/app/d", reason: "some_later_reason", on: "/app/e" },
  ],
  conflicts: [
    { address: "/app/billing/key", owner: "team-billing" },
    { address: "/app/forged", owner: null },
  ],
  guards: [
    { name: "delete", limit: 3, count: 12, tripped: true },
    { name: "update", limit: 6, count: 7, tripped: false },
    { name: "exposure", limit: 0, count: 1, tripped: true },
    { name: "blocked", limit: 0, count: 5, tripped: true },
  ],
  diagnostics: [
    {
      severity: "note",
      code: "touched",
      summary: "changed outside paraform and kept",
      address: "/dba/x",
      file: "configs/prod/dba.json",
      line: 3,
    },
    {
      severity: "warning",
      code: "spelling",
      summary: "merge_figs is not Figgy's spelling",
      file: DATA_CHANGER,
      line: 2,
    },
  ],
});
