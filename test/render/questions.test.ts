import { expect, test } from "vitest";
import { renderDrift } from "../../src/render/human-drift.ts";
import { renderExplanation } from "../../src/render/human-explain.ts";

const PLAIN = { color: false };

test("drift: who, when, which version", () => {
  const text = renderDrift(
    "prod",
    [
      {
        address: "/app/a/password",
        kind: "changed_outside",
        version_stamped: 4,
        version_live: 5,
        last_modified: "2026-03-02T08:30:00.000Z",
        last_modified_user: "arn:aws:iam::123456789012:user/oncall",
      },
      {
        address: "/app/forged",
        kind: "stamp_invalid",
        version_live: 2,
        last_modified: "2026-03-02T08:30:00.000Z",
      },
      {
        address: "/app/taken",
        kind: "foreign_owner",
        owner: "team-b",
        version_live: 2,
        last_modified: "2026-03-02T08:30:00.000Z",
      },
    ],
    PLAIN,
  );
  expect(text).toMatchInlineSnapshot(`
    "3 parameters of prod drifted:
      ~ /app/a/password   changed outside paraform: version 4 -> 5, 2026-03-02T08:30:00.000Z by arn:aws:iam::123456789012:user/oncall
      ! /app/forged       its stamp does not verify, 2026-03-02T08:30:00.000Z
      ! /app/taken        belongs to "team-b", 2026-03-02T08:30:00.000Z
    "
  `);
});

test("no drift", () => {
  expect(renderDrift("prod", [], PLAIN)).toBe("No drift. Every parameter is as paraform wrote it.\n");
});

test("explain: everything about a parameter but its value", () => {
  const text = renderExplanation(
    {
      address: "/app/data-changer/mysql/url",
      rule: "merge",
      type: "SecureString",
      key: "alias/replication",
      file: "configs/common/data-changer.json",
      line: 12,
      chain: [
        {
          address: "/app/data-changer/replicated/mysql/user",
          rule: "copy",
          depth: 1,
          file: "configs/common/data-changer.json",
          line: 8,
        },
        { address: "/dba/mysql/user", rule: "static", depth: 2, file: "configs/dev/dba.json", line: 3 },
        { address: "/dba/mysql/password", rule: "generate", depth: 1, file: "configs/dev/dba.json", line: 4 },
      ],
      followers: [],
      live: {
        version: 3,
        last_modified: "2026-03-01T10:00:00.000Z",
        owner: "data-platform",
        state: "as paraform wrote it",
      },
      planned: { action: "update", reason: "source_changed" },
      protected: false,
      guards: ["update"],
    },
    PLAIN,
  );
  expect(text).toMatchInlineSnapshot(`
    "/app/data-changer/mysql/url
      declared    merge, at configs/common/data-changer.json:12
      type        SecureString under alias/replication
      sources     <- /app/data-changer/replicated/mysql/user (copy, at configs/common/data-changer.json:8)
                    <- /dba/mysql/user (static, at configs/dev/dba.json:3)
                  <- /dba/mysql/password (generate, at configs/dev/dba.json:4)
      followers   none
      live        version 3 of 2026-03-01T10:00:00.000Z, owner data-platform, as paraform wrote it
      planned     update (source_changed)
      protected   no
      guards      update
    "
  `);
});

test("explain: a name that is nowhere yet", () => {
  const text = renderExplanation(
    {
      address: "/app/new",
      rule: "copy",
      type: null,
      key: null,
      file: "a.json",
      line: 1,
      chain: [],
      followers: ["/app/b", "/app/c"],
      live: null,
      planned: null,
      protected: true,
      guards: [],
    },
    PLAIN,
  );
  expect(text).toMatchInlineSnapshot(`
    "/app/new
      declared    copy, at a.json:1
      type        that of its source
      sources     none
      followers   /app/b
                  /app/c
      live        absent
      planned     nothing
      protected   yes
      guards      none
    "
  `);
});
