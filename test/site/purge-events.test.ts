import { json } from 'node:stream/consumers';
import {
  customResource,
  eventBridge,
  pipelineJob,
  s3Notification,
  s3OnEventBridge,
  snsEvent,
  sqsEvent,
  streamRecord,
  TABLE_ARN,
} from '../lambda/purge-events/events';
import { listenHttp, type ListeningServer } from '../support/listening-servers';
import { ask, cacheStatus } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
/** Stands in for CodePipeline's API and for CloudFormation's response URL. */
let aws: ListeningServer;
const told: Record<string, unknown>[] = [];

beforeAll(async () => {
  aws = await listenHttp((request, response) => {
    void (json(request) as Promise<Record<string, unknown>>).then((body) => {
      told.push(body);
      response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' }).end('{}');
    });
  });
  site = await startTestSite(
    {},
    {
      eventRules: {
        buckets: { website: { url: 'http://www.example.com/{key}', prefix: 'public/' } },
        tables: { [TABLE_ARN]: { tags: ['product-{id}'] } },
      },
      codePipelineUrl: `http://${aws.address}`,
    },
  );
  site.origin.on('/docs/a%20b/', freshPage({ 'Cache-Control': 'max-age=60', 'Surrogate-Key': 'product-7' }));
});
afterAll(async () => {
  await site?.stop();
  await aws?.close();
});

const PAGE = '/docs/a%20b/';
const REQUEST = { urls: [`http://www.example.com${PAGE}`] };
const text = JSON.stringify(REQUEST);
const image = { id: { N: '7' } };

test.each<[string, () => unknown]>([
  ['a direct invocation', () => REQUEST],
  ['EventBridge', () => eventBridge('cms', 'Published', REQUEST)],
  ['SNS', () => snsEvent('news', text)],
  ['SQS', () => sqsEvent('jobs', REQUEST)],
  ['an S3 notification', () => s3Notification('website', 'public/docs/a+b/index.html')],
  ['S3 over EventBridge', () => s3OnEventBridge('website', 'public/docs/a b/index.html')],
  ['a DynamoDB stream', () => ({ Records: [streamRecord('1', { Keys: image, NewImage: image })] })],
  ['a pipeline’s job', () => pipelineJob(text)],
  ['a deployment', () => customResource('Update', `http://${aws.address}/answer?signature=x`, { Purge: text })],
])('%s purges a page of the site', async (_, event) => {
  await ask(site.address, PAGE);
  expect(cacheStatus(await ask(site.address, PAGE))).toBe('hit');
  await site.functions.purge.invoke(event());
  expect(cacheStatus(await ask(site.address, PAGE))).toBe('fwd=uri-miss; stored');
});

test('pipelines and deployments are told how the purge went', () => {
  const [job, deployment] = told.slice(-2);
  expect(job).toMatchObject({ executionDetails: { summary: expect.stringContaining('1 pages removed') as string } });
  expect(deployment).toMatchObject({ Status: 'SUCCESS' });
});

test('a message that cannot be purged is sent again, and the others of its batch are not', async () => {
  const batch = sqsEvent('jobs', REQUEST, { urls: ['/relative'] }, REQUEST);
  const [, bad] = batch.Records;
  expect(await site.functions.purge.invoke(batch)).toEqual({
    batchItemFailures: [{ itemIdentifier: bad?.messageId }],
  });
});
