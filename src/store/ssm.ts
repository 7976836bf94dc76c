import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersCommand,
  GetServiceSettingCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import type { MiddlewareStack } from "@smithy/types";
import { UserError } from "../model/error.ts";
import { type Connection, clientOptions } from "./connection.ts";
import { type DescribedPage, type DescribePage, describeAll } from "./describe.ts";
import { brokenAnswer, type Mishap, mishapOf, NotStarted, storeError } from "./failure.ts";
import { isVersion, liveParameters } from "./live-parameter.ts";
import { allPages } from "./pages.ts";
import type { Operation } from "./rates.ts";
import { type ReadValues, readAll } from "./readings.ts";
import { type Reply, type SendOptions, send } from "./send.ts";
import { serverClock } from "./server-clock.ts";
import type { LiveParameter, ParameterWrite, Store, WriteOutcome } from "./store.ts";
import type { Throttle } from "./throttle.ts";

/** The most that DescribeParameters and GetParameterHistory put on a page. */
const PAGE = 50;

/** A Parameter Store, on AWS or whatever `connection` leads to. The SDK sends each request once: sending again is `send`'s. */
export function ssmStore(connection: Connection, pace: Throttle): Store {
  const client = new SSMClient({ ...clientOptions(connection), maxAttempts: 1 });
  const time = serverClock(pace.clock);
  let calls = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      calls += 1;
      const result = await next(args);
      time.heed(result.response);
      return result;
    },
    { step: "deserialize", priority: "low", name: "paraformMeter" },
  );

  const call = <Answer>(
    operation: Operation,
    request: () => Promise<Answer>,
    options: SendOptions = { repeatable: true },
  ): Promise<Reply<Answer>> => send(operation, request, pace, options);

  const describePage: DescribePage = async (filter, token) => {
    const command = new DescribeParametersCommand({
      MaxResults: PAGE,
      ...(filter === undefined ? {} : { ParameterFilters: [filter] }),
      ...(token === undefined ? {} : { NextToken: token }),
    });
    return answerOf("DescribeParameters", await call("DescribeParameters", () => client.send(command)));
  };

  const readValues: ReadValues = async (selectors, alone) => {
    const [first] = selectors;
    if (alone && first !== undefined) {
      const command = new GetParameterCommand({ Name: first, WithDecryption: true });
      const reply = await call("GetParameter", () => client.send(command));
      if (reply.kind === "mishap") return reply;
      const { Parameter } = reply.answer;
      return { kind: "answer", parameters: Parameter === undefined ? [] : [Parameter], invalid: [] };
    }
    const command = new GetParametersCommand({ Names: [...selectors], WithDecryption: true });
    const reply = await call("GetParameters", () => client.send(command));
    if (reply.kind === "mishap") return reply;
    return { kind: "answer", parameters: reply.answer.Parameters, invalid: reply.answer.InvalidParameters };
  };

  return {
    describe: (query) => describeAll(query, describePage),

    read: (selectors) => readAll(selectors, readValues),

    async history(name) {
      const versions: LiveParameter[] = [];
      const pages = allPages<DescribedPage>("GetParameterHistory", async (token) => {
        const command = new GetParameterHistoryCommand({
          Name: name,
          MaxResults: PAGE,
          WithDecryption: false,
          ...(token === undefined ? {} : { NextToken: token }),
        });
        const reply = await call("GetParameterHistory", () => client.send(command));
        if (reply.kind === "mishap" && saysAbsent(reply.mishap)) return { Parameters: [] };
        return answerOf("GetParameterHistory", reply);
      });
      for await (const { Parameters } of pages)
        versions.push(...liveParameters("GetParameterHistory", Parameters));
      return versions.toSorted((a, b) => a.version - b.version);
    },

    async put(write, mayStart) {
      const command = new PutParameterCommand(putInput(write));
      askLeave(command.middlewareStack, mayStart);
      return writeOutcome(await call("PutParameter", () => client.send(command), { repeatable: false }));
    },

    async delete(name, mayStart) {
      const command = new DeleteParameterCommand({ Name: name });
      askLeave(command.middlewareStack, mayStart);
      const reply = await call("DeleteParameter", () => client.send(command), { repeatable: false });
      if (reply.kind === "mishap" && saysAbsent(reply.mishap)) return "absent";
      answerOf("DeleteParameter", reply);
      return "deleted";
    },

    async tag(name, tags, mayStart) {
      const command = new AddTagsToResourceCommand({
        ResourceType: "Parameter",
        ResourceId: name,
        Tags: tagList(tags),
      });
      askLeave(command.middlewareStack, mayStart);
      answerOf("AddTagsToResource", await call("AddTagsToResource", () => client.send(command)));
    },

    now: () => time.now(),

    get calls() {
      return calls;
    },
  };
}

/** Whether the account pays for Parameter Store's higher throughput; `untold` where it may not be asked. @throws StoreError */
export async function readThroughput(connection: Connection): Promise<"raised" | "default" | "untold"> {
  const operation = "GetServiceSetting";
  const client = new SSMClient(clientOptions(connection));
  try {
    const command = new GetServiceSettingCommand({
      SettingId: "/ssm/parameter-store/high-throughput-enabled",
    });
    const { ServiceSetting } = await client.send(command);
    switch (ServiceSetting?.SettingValue) {
      case "true":
        return "raised";
      case "false":
        return "default";
      default:
        throw brokenAnswer(operation);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    const mishap = mishapOf(error);
    if (mishap.kind === "refused" && mishap.failure !== "expired") return "untold";
    throw storeError(operation, mishap);
  }
}

/** How many parameters an account has in a region, by tier. */
export type Usage = Readonly<Record<LiveParameter["tier"], number>>;

/** Pages through the metadata of the whole account and region, fifty a call. @throws StoreError */
export async function readUsage(connection: Connection, pace: Throttle): Promise<Usage> {
  const operation = "DescribeParameters";
  const client = new SSMClient({ ...clientOptions(connection), maxAttempts: 1 });
  const pages = allPages<DescribedPage>(operation, async (token) => {
    const command = new DescribeParametersCommand({
      MaxResults: PAGE,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    const reply = await send(operation, () => client.send(command), pace, { repeatable: true });
    if (reply.kind === "mishap") throw storeError(operation, reply.mishap);
    return reply.answer;
  });
  const usage = { Standard: 0, Advanced: 0 };
  for await (const { Parameters } of pages) {
    for (const { tier } of liveParameters(operation, Parameters)) usage[tier] += 1;
  }
  return usage;
}

/** Asks once the request is signed: fetching credentials may take longer than the leave holds. */
function askLeave<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  mayStart: () => boolean = () => true,
): void {
  stack.add(
    (next) => async (args) => {
      if (!mayStart()) throw new NotStarted();
      return next(args);
    },
    { step: "finalizeRequest", priority: "low", name: "paraformLeave" },
  );
}

function answerOf<Answer>(operation: Operation, reply: Reply<Answer>): Answer {
  if (reply.kind === "mishap") throw storeError(operation, reply.mishap);
  return reply.answer;
}

function saysAbsent({ kind, code }: Mishap): boolean {
  return kind === "refused" && code === "ParameterNotFound";
}

function putInput(write: ParameterWrite) {
  return {
    Name: write.name,
    Value: write.value.expose(),
    Type: write.type,
    Description: write.description,
    Overwrite: write.overwrite,
    Tier: write.tier,
    DataType: write.dataType,
    ...(write.keyId === undefined ? {} : { KeyId: write.keyId }),
    ...(write.policies === undefined ? {} : { Policies: write.policies }),
    ...(write.allowedPattern === undefined ? {} : { AllowedPattern: write.allowedPattern }),
    ...(write.tags === undefined ? {} : { Tags: tagList(write.tags) }),
  };
}

function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** @throws StoreError when nothing was written, for a reason that is not this write's own */
function writeOutcome(reply: Reply<{ Version?: number | undefined }>): WriteOutcome {
  if (reply.kind === "answer") {
    const { Version } = reply.answer;
    return isVersion(Version)
      ? { kind: "written", version: Version }
      : { kind: "unknown", code: "UnreadableAnswer" };
  }
  const { kind, code, failure } = reply.mishap;
  if (kind === "lost") return { kind: "unknown", code };
  if (kind === "unsent" || failure === "expired") throw storeError("PutParameter", reply.mishap);
  return code === "ParameterAlreadyExists" ? { kind: "exists" } : { kind: "refused", code };
}
