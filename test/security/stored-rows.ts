import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { standInClient } from '../../local/dynamodb-stand-in';
import type { TestSite } from '../support/test-site';

/** How many rows a site's table holds of each kind: what its partition keys begin with, up to the site's name. */
export async function countRows({ dynamo, environment }: Pick<TestSite, 'dynamo' | 'environment'>) {
  const client = standInClient(dynamo.endpoint);
  const counts: Record<string, number> = {};
  let ExclusiveStartKey: Record<string, never> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName: environment.NMS_TABLE, ExclusiveStartKey }));
    for (const { pk } of page.Items ?? []) {
      const kind = pk?.S?.split('#').slice(0, 2).join('#') ?? '';
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (ExclusiveStartKey !== undefined);
  client.destroy();
  return counts;
}
