import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { type CloudFrontResult, type CloudFrontTools, purgeCloudFront } from '../../core/cloudfront';
import type { Preview, Receipt } from '../../core/receipt';
import { PathBudget } from '../../stores/dynamo/path-budget';
import { Table } from '../../stores/dynamo/table';

/** What `NMS_CLOUDFRONT` says, as JSON: the distribution before the site, whose copies go with the store's. */
const settings = z.strictObject({
  distribution: z.string().min(1),
  site: z.string().min(1),
  table: z.string().min(1),
  byTag: z.boolean(),
  queryStrings: z.boolean(),
  maxPathsPerMonth: z.number().int().min(1),
});

/** What purges are followed by at CloudFront, from the environment; undefined where there is none. */
export function cloudFrontTools(text: string | undefined): CloudFrontTools | undefined {
  if (!text) {
    return undefined;
  }
  const { distribution, site, table, maxPathsPerMonth, ...copies } = settings.parse(JSON.parse(text));
  const cloudFront = new CloudFrontClient({});
  const budget = new PathBudget(new Table(new DynamoDBClient({}), table), site, maxPathsPerMonth, Date.now);
  return {
    ...copies,
    spend: (paths) => budget.spend(paths),
    invalidate: async (reference, paths) => {
      const InvalidationBatch = { CallerReference: reference, Paths: { Quantity: paths.length, Items: [...paths] } };
      const command = new CreateInvalidationCommand({ DistributionId: distribution, InvalidationBatch });
      return (await cloudFront.send(command)).Invalidation?.Id ?? '';
    },
  };
}

/** The same purge, with CloudFront's copies after the store's. */
export function thenCloudFront(
  purge: (request: unknown) => Promise<Receipt | Preview>,
  tools: CloudFrontTools | undefined,
): (request: unknown) => Promise<(Receipt & { readonly cloudFront?: CloudFrontResult }) | Preview> {
  return async (request) => {
    const answer = await purge(request);
    return tools === undefined || 'dryRun' in answer
      ? answer
      : { ...answer, cloudFront: await purgeCloudFront(answer, tools) };
  };
}
