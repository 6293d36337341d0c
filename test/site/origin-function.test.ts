import type { ALBEvent, ALBResult } from 'aws-lambda';
import type { ListeningServer } from '../../local/listening';
import { startLoadBalancer } from '../../local/load-balancer';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

let balancer: ListeningServer;
let site: TestSite;
let events: ALBEvent[];

// An application as its owner would write it: answers of text, or in base64.
const answers: Record<string, (event: ALBEvent) => ALBResult> = {
  '/page': ({ multiValueHeaders }) => ({
    statusCode: 200,
    multiValueHeaders: { 'Content-Type': ['text/html'], 'Cache-Control': ['max-age=60'] },
    body: `<p>the page of ${multiValueHeaders?.host?.[0]}</p>`,
  }),
  '/image': () => ({
    statusCode: 200,
    multiValueHeaders: { 'Content-Type': ['image/png'], 'Cache-Control': ['max-age=60'] },
    body: Buffer.from([0x89, 0, 0xff, 10]).toString('base64'),
    isBase64Encoded: true,
  }),
  '/login': () => ({ statusCode: 302, multiValueHeaders: { Location: ['/'], 'Set-Cookie': ['a=1', 'b=2'] } }),
  '/form': ({ httpMethod, body, multiValueHeaders }) => ({
    statusCode: 200,
    body: `${httpMethod} ${Buffer.from(body ?? '', 'base64').toString()} ${multiValueHeaders?.cookie?.join('|')}`,
  }),
  '/too-much': () => ({ statusCode: 200, body: 'x'.repeat(1_100_000) }),
};

beforeAll(async () => {
  events = [];
  balancer = await startLoadBalancer((event) => {
    events.push(event);
    return Promise.resolve(answers[event.path]?.(event) ?? { statusCode: 404, body: 'nothing' });
  });
  site = await startTestSite({}, { origin: `http://${balancer.address}` });
});
afterAll(async () => {
  await site?.stop();
  await balancer?.close();
});

test.each([
  ['/page', '<p>the page of www.example.com</p>'],
  ['/image', '\x89\0\xff\n'],
])('%s is a miss and then a hit, with the same body', async (target, body) => {
  const miss = await ask(site.address, target);
  const hit = await askUntilHit(site.address, target);
  expect([cacheStatus(miss), miss.body, hit.body]).toEqual(['fwd=uri-miss; stored', body, body]);
});

test('a rendering is told to the function with what the key covers and nothing else', async () => {
  await ask(site.address, '/page?b=2&a=1&utm_source=x', { 'User-Agent': 'evil', 'X-Own': '1', Cookie: '_ga=1' });
  const { path, multiValueQueryStringParameters, multiValueHeaders = {} } = events.at(-1) as ALBEvent;
  expect([path, multiValueQueryStringParameters]).toEqual(['/page', { a: ['1'], b: ['2'] }]);
  expect(multiValueHeaders['user-agent']).toEqual(['nginx-memcache-site']);
  expect(multiValueHeaders).not.toHaveProperty('x-own');
  expect(multiValueHeaders).not.toHaveProperty('cookie');
});

test('cookies that it sets come all, and it is asked with the visitor’s own request', async () => {
  const answer = await ask(site.address, '/login', { 'X-Own': '1' });
  expect([answer.status, answer.headers['set-cookie'], cacheStatus(answer)]).toEqual([
    302,
    'a=1, b=2',
    'fwd=uri-miss; detail=set-cookie',
  ]);
  expect(events.at(-1)?.multiValueHeaders).toMatchObject({ 'x-own': ['1'] });
});

test('a request past the cache comes whole', async () => {
  const headers = { Cookie: 'session=1', 'Content-Length': '5' };
  const answer = await ask(site.address, '/form', headers, 'POST', 'a=1&b');
  expect([answer.body, cacheStatus(answer)]).toEqual(['POST a=1&b session=1', 'fwd=method']);
});

test('what it must not answer is the load balancer’s error, which is not stored', async () => {
  const got = [await ask(site.address, '/too-much'), await ask(site.address, '/too-much')];
  expect(got.map(({ status }) => status)).toEqual([502, 502]);
  expect(got.map(cacheStatus)).toEqual(Array(2).fill('fwd=uri-miss; detail=status'));
});

test('an upgrade is refused', async () => {
  const headers = { Upgrade: 'websocket', 'Sec-WebSocket-Key': 'x' };
  expect((await ask(site.address, '/page', headers)).status).toBe(400);
});
