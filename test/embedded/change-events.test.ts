import { expect, it, onTestFinished } from "vitest";
import { drivenClock } from "../../src/embedded/clock.ts";
import { type EngineOptions, openEngine } from "../../src/embedded/engine.ts";

function storeThatTells(options: Partial<EngineOptions> = {}) {
  const events: unknown[] = [];
  const clock = drivenClock(() => Date.UTC(2026, 0, 1, 0, 0, 0, 500));
  const engine = openEngine({
    path: ":memory:",
    clock,
    announce: ({ id: _, ...event }) => events.push(event),
    ...options,
  });
  onTestFinished(() => engine.close());
  const call = (operation: string, input: object) => engine.handle({ service: "ssm", operation, input });
  return { events, call };
}

const PUT = { Name: "/dba/a", Value: "dummy", Type: "String" };

it("a change is told as EventBridge tells it: no version, no value", () => {
  const { events, call } = storeThatTells();
  call("PutParameter", { ...PUT, Description: "of a" });
  expect(events).toEqual([
    {
      version: "0",
      "detail-type": "Parameter Store Change",
      source: "aws.ssm",
      account: "123456789012",
      time: "2026-01-01T00:00:00Z",
      region: "us-east-1",
      resources: ["arn:aws:ssm:us-east-1:123456789012:parameter/dba/a"],
      detail: { operation: "Create", name: "/dba/a", type: "String", description: "of a" },
    },
  ]);
});

it("each kind of change is told once it is made, and nothing that was refused or only read", () => {
  const { events, call } = storeThatTells();
  call("PutParameter", PUT);
  call("PutParameter", PUT);
  call("PutParameter", { ...PUT, Overwrite: true });
  call("GetParameter", { Name: "/dba/a" });
  call("LabelParameterVersion", { Name: "/dba/a", Labels: ["live"] });
  call("LabelParameterVersion", { Name: "/dba/a", Labels: ["aws-is-reserved"] });
  call("DeleteParameters", { Names: ["/dba/a", "/dba/absent"] });
  expect(events.map((event) => (event as { detail: { operation: string } }).detail.operation)).toEqual([
    "Create",
    "Update",
    "LabelParameterVersion",
    "Delete",
  ]);
});

it("a change is on the disk when it is told: who hears of it reads it", () => {
  const seen: unknown[] = [];
  const { call } = storeThatTells({
    announce: () => {
      const { outcome } = call("GetParameter", { Name: "/dba/a" });
      seen.push(
        outcome.kind === "done" && (outcome.body as { Parameter: { Value: string } }).Parameter.Value,
      );
    },
  });
  call("PutParameter", PUT);
  expect(seen).toEqual(["dummy"]);
});
