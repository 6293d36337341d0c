import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ALBResult } from 'aws-lambda';
import { albWriter } from '../../../lambda/adapters/alb-writer';
import type { FillAnswer } from '../../../lambda/core/fill-tools';
import type { PageResponse } from '../../../lambda/core/page';
import type { CanonicalRequest } from '../../../lib/site/canonical-request';
import { type KeyParts, pageKey } from '../../../lib/site/page-key';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { WriterProtocol } from '../../../lib/site/writer-protocol';

const config = parseSiteConfig({ site: 'test' });
const parts: KeyParts = {
  scheme: 'https',
  host: 'www.example.com',
  path: "/caf%C3%A9/a'b;c=1",
  query: 'b=1&a=%2F?',
  variants: {},
};
const headers = {
  host: 'www.example.com',
  'x-nms-key': pageKey(config, parts),
  'x-nms-scheme': 'https',
  'x-nms-target': "%2Fcaf%C3%A9%2Fa'b%3Bc%3D1?b=1&a=%2F?",
};
const ok: PageResponse = { status: 200, headers: [['Content-Type', 'text/plain']], body: Buffer.from('hello') };

let filled: CanonicalRequest[];
let logged: string[];
beforeEach(() => {
  filled = [];
  logged = [];
});

function ask(answer: FillAnswer | Error, changed: Record<string, string> = {}): Promise<ALBResult> {
  const fill = (request: CanonicalRequest) => {
    filled.push(request);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const said = Object.entries({ ...headers, ...changed }).map(([name, value]) => [name, [value]]);
  return albWriter(config, fill, (event) => logged.push(event))({
    requestContext: { elb: { targetGroupArn: 'arn' } },
    httpMethod: 'GET',
    // What a load balancer has made of it.
    path: '/caf%c3%a9/a%27b;c=1',
    multiValueQueryStringParameters: { a: ['%2F?'], b: ['1'] },
    multiValueHeaders: Object.fromEntries(said) as Record<string, string[]>,
    body: '',
    isBase64Encoded: false,
  });
}

const page = (
  response: Partial<PageResponse>,
  outcome: 'stored' | 'validated' | 'hit' | 'stale' | 'lost' = 'stored',
): FillAnswer => ({
  kind: 'page',
  response: { ...ok, ...response },
  outcome,
});
const passed = (outcome: string) => ({ statusCode: 421, multiValueHeaders: { 'x-nms-outcome': [outcome] }, body: '' });
const large = Buffer.alloc(760_000);

test('the fill gets the request that nginx made canonical, from the headers and not from the event', async () => {
  await ask(page({}));
  expect(filled).toEqual([{ ...parts, key: headers['x-nms-key'] }]);
});

test('a page is answered with its outcome', async () => {
  expect(await ask(page({ status: 301 }))).toEqual({
    statusCode: 200,
    statusDescription: '200 OK',
    multiValueHeaders: { 'content-type': ['text/plain'], 'x-nms-status': ['301'], 'x-nms-outcome': ['stored'] },
    isBase64Encoded: true,
    body: Buffer.from('hello').toString('base64'),
  });
});

test('a page without a type says so, because the load balancer would give it one', async () => {
  const answer = await ask(page({ headers: [] }));
  expect(answer.multiValueHeaders?.['content-type']).toEqual([WriterProtocol.NO_TYPE]);
  const module = readFileSync(join(__dirname, '..', '..', '..', 'nginx', 'page-status.js'), 'utf8');
  expect(module).toContain(`'${WriterProtocol.NO_TYPE}'`);
});

test('where the origin is to be asked instead, the answer is a status that says so, and why', async () => {
  expect(await ask({ kind: 'pass', reason: 'set-cookie' })).toMatchObject(passed('set-cookie'));
});

test.each(['stored', 'validated', 'hit', 'stale'] as const)(
  'a page too large for an answer is fetched from the store: %s',
  async (outcome) => {
    const answer = await ask(page({ body: large }, outcome));
    expect(answer).toMatchObject({ statusCode: 303, multiValueHeaders: { 'x-nms-outcome': [outcome] }, body: '' });
  },
);

test('a page too large for an answer that was not stored is asked of the origin', async () => {
  expect(await ask(page({ body: large }, 'lost'))).toMatchObject(passed('lost'));
});

test.each([404, 410, 500, 503, 599])('the origin’s own %i is told from a failure of the function', async (status) => {
  expect(await ask(page({ status }))).toMatchObject({
    statusCode: 200,
    multiValueHeaders: { 'x-nms-status': [String(status)], 'x-nms-outcome': ['stored'] },
  });
});

test('a fill that fails is the origin’s to answer, and logged', async () => {
  expect(await ask(new Error('broken on purpose'))).toMatchObject(passed('writer-failed'));
  expect(logged).toEqual(['fill-failed']);
});

test.each([
  ['a key that is not the request’s', { 'x-nms-key': 'test:1.00000000:0' }],
  ['a target that is not the key’s', { 'x-nms-target': '%2Fother' }],
  ['no target', { 'x-nms-target': '' }],
  ['an odd target', { 'x-nms-target': '%2F%2Fa?x' }],
  ['a host that is not the key’s', { host: 'other.example.com' }],
  ['a scheme that is not the key’s', { 'x-nms-scheme': 'http' }],
])('nothing is rendered for %s', async (_, changed) => {
  expect(await ask(page({}), changed)).toMatchObject(passed('key-mismatch'));
  expect([filled, logged]).toEqual([[], ['key-mismatch']]);
});
