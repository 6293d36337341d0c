import { fillHandler } from '../../../lambda/fill-function/handler';
import { pageKey } from '../../../lib/site/page-key';
import { parseSiteConfig } from '../../../lib/site/site-config';

const config = parseSiteConfig({ site: 'shop' });
const parts = { scheme: 'https', host: 'www.example.com', path: '/', query: '', variants: {} } as const;

/** What the function prints for a miss, which it cannot store anywhere. */
async function printedFor(key: string): Promise<unknown[]> {
  const lines: unknown[] = [];
  const handler = fillHandler({
    config,
    stores: () => Promise.reject(new Error('no Memcached')),
    view: () => Promise.reject(new Error('is not asked')),
    log: () => undefined,
    print: (line) => lines.push(JSON.parse(line)),
  });
  const headers = { host: parts.host, 'x-nms-key': key, 'x-nms-scheme': 'https', 'x-nms-target': '%2F?' };
  const said = Object.entries(headers).map(([name, value]) => [name, [value]]);
  await handler({
    requestContext: { elb: { targetGroupArn: 'arn' } },
    httpMethod: 'GET',
    path: '/',
    multiValueQueryStringParameters: {},
    multiValueHeaders: Object.fromEntries(said) as Record<string, string[]>,
    body: '',
    isBase64Encoded: false,
  });
  return lines;
}

test('the fill function tells CloudWatch of each call, also of one that failed', async () => {
  expect(await printedFor(pageKey(config, parts))).toMatchObject([{ Site: 'shop', FillFailures: 1 }]);
  expect(await printedFor('shop:forged')).toMatchObject([{ Site: 'shop', KeyMismatches: 1 }]);
});
