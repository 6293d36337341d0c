import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { invokePurge } from '../../../lambda/adapters/purge-events/invoke-purge';
import { type EventRules, parseEventRules } from '../../../lambda/adapters/purge-events/rules';
import { purgeEventsHandler } from '../../../lambda/purge-events/handler';
import { startInvokeApi } from '../../../local/invoke-api';
import { FunctionError } from '../../../local/local-function';
import { listenHttp } from '../../support/listening-servers';
import { TABLE_ARN } from './events';

/** A call that reached a stand-in. */
export interface Call {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** What a stand-in answers to a call, by default `200 {}`. */
export interface Reply {
  readonly status: number;
  readonly type?: string;
}

/** Rules of one bucket and one table. */
export const RULES: EventRules = parseEventRules(
  JSON.stringify({
    buckets: { 'pages-bucket': { url: 'https://www.example.com/{key}', prefix: 'public/' } },
    tables: { [TABLE_ARN]: { tags: ['product-{id}', 'category-{category}'] } },
  }),
);

/**
 * The purge events function, with real servers in place of the Lambda API, CodePipeline's API and CloudFormation's
 * response URL. The purge function answers with a receipt, unless what is asked for mentions `refused`,
 * `many-faults` or `incomplete`.
 */
export async function startWorld() {
  const purges: unknown[] = [];
  const underWay = { now: 0, most: 0 };
  let gate = Promise.resolve();
  const logged: Record<string, unknown>[] = [];
  const purge = {
    async invoke(event: unknown) {
      purges.push(event);
      underWay.most = Math.max(underWay.most, (underWay.now += 1));
      await gate;
      underWay.now -= 1;
      const asked = JSON.stringify(event);
      if (asked.includes('many-faults')) throw new FunctionError('PurgeRequestError', 'a fault\n'.repeat(1000));
      if (asked.includes('refused')) throw new FunctionError('PurgeRequestError', 'the purge request has a fault');
      if (asked.includes('incomplete')) throw new FunctionError('PurgeIncompleteError', 'purge p-1 is incomplete');
      return (event as { dryRun?: true }).dryRun ? PREVIEW : RECEIPT;
    },
    stop: () => Promise.resolve(),
  };
  const lambdaApi = await startInvokeApi({ purge }, 0);
  const pipeline = await startStandIn();
  const cloudFormation = await startStandIn();
  const client = { region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const lambda = new LambdaClient({
    ...client,
    endpoint: `http://127.0.0.1:${(lambdaApi.address() as AddressInfo).port}`,
  });
  const codePipeline = new CodePipelineClient({ ...client, endpoint: pipeline.url, maxAttempts: 1 });
  return {
    handler: purgeEventsHandler({
      purge: invokePurge(lambda, 'arn:aws:lambda:eu-west-1:123456789012:function:Shop-purge'),
      rules: RULES,
      codePipeline,
      fetch,
      log: (event, details) => void logged.push({ event, ...details }),
    }),
    /** What the purge function was asked for. */
    purges,
    /** How many purges were under way at once. */
    underWay,
    /** Lets no purge end until `release` is called. */
    hold(): { release(): void } {
      let release = (): void => undefined;
      gate = new Promise((resolve) => (release = resolve));
      return { release: () => release() };
    },
    logged,
    pipeline,
    cloudFormation,
    reset() {
      [purges, logged, pipeline.calls, pipeline.replies, cloudFormation.calls, cloudFormation.replies].forEach((list) =>
        list.splice(0),
      );
      underWay.most = 0;
    },
    async close() {
      lambda.destroy();
      codePipeline.destroy();
      await Promise.all([once(lambdaApi.close(), 'close'), pipeline.close(), cloudFormation.close()]);
    },
  };
}

/** What the purge function answers. */
export const RECEIPT = {
  id: 'p-1',
  purged: true,
  mode: 'delete',
  selectors: [],
  pages: { found: 14, removed: 12, refreshed: 0 },
  nodes: [],
  durationMs: 35,
};
/** What the purge function answers to a dry run. */
export const PREVIEW = { dryRun: true, selectors: [], pages: { found: 14 }, examples: [] };
/** `RECEIPT` in one line. */
export const SUMMARY = 'purge p-1: 12 of 14 pages removed in 35 ms';

async function startStandIn() {
  const calls: Call[] = [];
  const replies: Reply[] = [];
  const server = await listenHttp((request, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request;
      calls.push({ method, url, headers, body: JSON.parse(body) });
      const { status, type } = replies.shift() ?? { status: 200 };
      response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1', ...(type && { Location: '/other' }) });
      response.end(JSON.stringify(type === undefined ? {} : { __type: type, message: 'as the test wants' }));
    });
  });
  return { url: `http://${server.address}`, calls, replies, close: () => server.close() };
}
