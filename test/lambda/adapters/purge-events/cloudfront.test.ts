import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { text } from 'node:stream/consumers';
import { cloudFrontTools, thenCloudFront } from '../../../../lambda/adapters/purge-events/cloudfront';
import type { Preview, Receipt } from '../../../../lambda/core/receipt';
import type { Selector } from '../../../../lambda/core/selector';
import {
  createTable,
  type DynamoStandIn,
  standInClient,
  startDynamoStandIn,
} from '../../../../local/dynamodb-stand-in';
import { listenHttp, type ListeningServer } from '../../../support/listening-servers';

/*
 * CloudFront's API is stood in for by a server that writes down what it is asked, and answers as the API does. The count lies in a table.
 */

const before = { ...process.env };
const asked: { readonly url: string | undefined; readonly body: string }[] = [];
let [status, standIn, client, table] = [201, {} as ListeningServer, {} as DynamoDBClient, {} as DynamoStandIn];

beforeAll(async () => {
  standIn = await listenHttp((request, response) => {
    void text(request).then((body) => {
      asked.push({ url: request.url, body });
      response.writeHead(status, { 'Content-Type': 'text/xml' });
      response.end(
        status === 201
          ? '<Invalidation><Id>I2J0</Id><Status>InProgress</Status></Invalidation>'
          : '<ErrorResponse><Error><Code>TooManyInvalidationsInProgress</Code><Message>too many</Message></Error></ErrorResponse>',
      );
    });
  });
  table = await startDynamoStandIn();
  client = standInClient(table.endpoint);
  await createTable(client, 'site');
  process.env = {
    ...before,
    ...{ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_MAX_ATTEMPTS: '1' },
    ...{ AWS_ENDPOINT_URL_CLOUDFRONT: `http://${standIn.address}`, AWS_ENDPOINT_URL_DYNAMODB: table.endpoint },
  };
});
beforeEach(() => {
  asked.length = 0;
  status = 201;
});
afterAll(async () => {
  process.env = before;
  client.destroy();
  await Promise.all([standIn.close(), table.close()]);
});

const url = (path: string): Selector => ({ kind: 'url', host: 'www.example.com', path });
const receipt = (...selectors: Selector[]): Receipt => ({
  ...{ id: `p-${Math.random()}`, purged: true, mode: 'delete', selectors, nodes: [], durationMs: 1 },
  pages: { found: 1, removed: 1, refreshed: 0 },
});

let sites = 0;
/** The tools of a site of its own, so that its count begins with nothing. */
function newTools(maxPathsPerMonth: number) {
  const copies = { byTag: true, queryStrings: true };
  const settings = { distribution: 'E1', site: `s${(sites += 1)}`, table: 'site', maxPathsPerMonth, ...copies };
  return cloudFrontTools(JSON.stringify(settings));
}
const purging = (answer: Receipt | Preview, tools = newTools(1000)) =>
  thenCloudFront(() => Promise.resolve(answer), tools)({});
const pathsAsked = () => asked.map(({ body }) => [...body.matchAll(/<Path>([^<]*)<\/Path>/g)].map(([, path]) => path));

test('when the store is purged, CloudFront is asked for the same pages, once, and the receipt says so', async () => {
  const done = receipt(url('/a'), { kind: 'tag', tag: 'news' });
  expect(await purging(done)).toEqual({ ...done, cloudFront: { invalidation: 'I2J0', paths: 3 } });
  expect(asked.map(({ url: path }) => path)).toEqual(['/2020-05-31/distribution/E1/invalidation']);
  expect(pathsAsked()).toEqual([['/a', '/a?*', '#news']]);
  expect(asked[0]?.body).toContain(`<CallerReference>${done.id}</CallerReference>`);
});

test('a purge that fails asks nothing of CloudFront: the old page could come from the store again', async () => {
  const failing = thenCloudFront(() => Promise.reject(new Error('purge p is incomplete')), newTools(1000));
  await expect(failing({})).rejects.toThrow('purge p is incomplete');
  expect(asked).toEqual([]);
});

test('a dry run asks nothing', async () => {
  const preview: Preview = { dryRun: true, selectors: [url('/a')], pages: { found: 1 }, examples: [] };
  expect(await purging(preview)).toEqual(preview);
  expect(asked).toEqual([]);
});

test('where CloudFront does not take it, the purge fails, and says that the store is purged', async () => {
  status = 400;
  const failed = purging(receipt(url('/a')));
  await expect(failed).rejects.toThrow(/^purge p-[\d.]+ is done in the site's store, but not at CloudFront: too many$/);
  await expect(failed).rejects.toMatchObject({ name: 'CloudFrontError' });
});

test('what does not fit into the month’s cap becomes one path, and beyond the cap purges fail', async () => {
  const tools = newTools(5);
  await purging(receipt(url('/a')), tools);
  await purging(receipt(url('/b')), tools);
  await purging(receipt(url('/c')), tools);
  await expect(purging(receipt(url('/d')), tools)).rejects.toThrow(/cap of paths is reached \(maxPathsPerMonth\)/);
  expect(pathsAsked()).toEqual([['/a', '/a?*'], ['/b', '/b?*'], ['/*']]);
});

test('however many purge at once, no more paths are asked for than the cap', async () => {
  const tools = newTools(7);
  const answers = await Promise.allSettled(Array.from({ length: 12 }, (_, i) => purging(receipt(url(`/${i}`)), tools)));
  expect(pathsAsked().flat().length).toBe(7);
  expect(answers.filter(({ status: settled }) => settled === 'fulfilled').length).toBeGreaterThanOrEqual(4);
});

test('without a distribution there is nothing to do', async () => {
  const done = receipt(url('/a'));
  expect(await thenCloudFront(() => Promise.resolve(done), cloudFrontTools(undefined))({})).toEqual(done);
});
