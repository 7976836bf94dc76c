import {
  DescribeParametersCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  type ParameterMetadata,
  type SSMClient,
} from "@aws-sdk/client-ssm";

/** All that tells one state of a parameter from another. */
export interface Shot {
  readonly version: number;
  readonly lastModified: number;
  readonly description: string;
  readonly value: string;
  readonly type: string;
  readonly tier: string;
}

/** The whole store, by name, but for paraform's own parameters. */
export async function snapshot(client: SSMClient): Promise<Map<string, Shot>> {
  const described: ParameterMetadata[] = [];
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const page = await client.send(
      new DescribeParametersCommand({ MaxResults: 50, ...(token === undefined ? {} : { NextToken: token }) }),
    );
    described.push(...(page.Parameters ?? []));
    token = page.NextToken;
  }
  const names = described.flatMap(({ Name }) => (Name?.startsWith("/paraform/") === false ? [Name] : []));
  const values = new Map<string, string>();
  for (let start = 0; start < names.length; start += 10) {
    const batch = await client.send(
      new GetParametersCommand({ Names: names.slice(start, start + 10), WithDecryption: true }),
    );
    for (const { Name = "", Value = "" } of batch.Parameters ?? []) values.set(Name, Value);
  }
  return new Map(
    described.flatMap((one) =>
      one.Name !== undefined && values.has(one.Name)
        ? [
            [
              one.Name,
              {
                version: one.Version ?? 0,
                lastModified: one.LastModifiedDate?.getTime() ?? 0,
                description: one.Description ?? "",
                value: values.get(one.Name) ?? "",
                type: one.Type ?? "",
                tier: one.Tier ?? "",
              },
            ] as const,
          ]
        : [],
    ),
  );
}

export async function tagsOf(client: SSMClient, name: string): Promise<Record<string, string>> {
  const { TagList } = await client.send(
    new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name }),
  );
  return Object.fromEntries((TagList ?? []).map(({ Key, Value }) => [Key, Value]));
}
