import fc from 'fast-check';
import { albResult, fitsAlb, MOST_ALB_BYTES, readAlbEvent } from '../../../lambda/adapters/alb-event';
import type { HeaderPair } from '../../../lambda/core/page';
import type { ListeningServer } from '../../../local/listening';
import { startLoadBalancer } from '../../../local/load-balancer';
import { ask } from '../../support/raw-http';

const event = {
  requestContext: { elb: { targetGroupArn: 'arn' } },
  httpMethod: 'POST',
  path: '/caf%C3%A9',
  multiValueQueryStringParameters: { a: ['1', '%26'], b: [''] },
  multiValueHeaders: { Host: ['www.example.com'], cookie: ['a=1', 'b=2'] },
  body: 'aGVsbG8=',
  isBase64Encoded: true,
};

test('an event is read as the request that it tells of', () => {
  expect(readAlbEvent(event)).toEqual({
    method: 'POST',
    target: '/caf%C3%A9?a=1&a=%26&b=',
    headers: [
      ['host', 'www.example.com'],
      ['cookie', 'a=1'],
      ['cookie', 'b=2'],
    ],
    body: Buffer.from('hello'),
  });
});

test.each([
  ['no query', { multiValueQueryStringParameters: undefined }, { target: '/caf%C3%A9' }],
  ['no body', { body: null, isBase64Encoded: false }, { body: Buffer.alloc(0) }],
  ['a text', { body: 'é', isBase64Encoded: false }, { body: Buffer.from('é', 'utf8') }],
])('an event with %s is read', (_, changed, expected) => {
  expect(readAlbEvent({ ...event, ...changed })).toMatchObject(expected);
});

test.each([[undefined], [{}], [{ ...event, requestContext: { http: {} } }], [{ ...event, httpMethod: undefined }]])(
  'what is no event of a load balancer is refused: %j',
  (other) => {
    expect(() => readAlbEvent(other)).toThrow('the event is not one of a load balancer');
  },
);

test('an event that has lost repeated headers is refused, and says what to switch on', () => {
  const single = { ...event, multiValueHeaders: undefined, headers: { host: 'www.example.com' } };
  expect(() => readAlbEvent(single)).toThrow('lambda.multi_value_headers.enabled');
});

const page = (bytes: number, headers: readonly HeaderPair[] = []) =>
  albResult({ status: 200, headers, body: Buffer.alloc(bytes) });

test('an answer fits up to the limit of its JSON, with its body in base64, and not above', () => {
  const head = JSON.stringify(page(0)).length;
  // Base64 makes four characters of three bytes.
  const largest = Math.floor((MOST_ALB_BYTES - head) / 4) * 3;
  expect([fitsAlb(page(largest)), fitsAlb(page(largest + 1))]).toEqual([true, false]);
});

test('an answer with a header outside of ASCII does not fit: it would arrive in another coding', () => {
  expect(fitsAlb(page(1, [['X-Latin', 'caf\xe9']]))).toBe(false);
});

describe('through a load balancer', () => {
  let balancer: ListeningServer;
  let result: unknown;
  beforeAll(async () => (balancer = await startLoadBalancer(() => Promise.resolve(result))));
  afterAll(() => balancer.close());

  const names = fc.stringMatching(/^[xX]-[a-zA-Z]{1,8}$/);
  const values = fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,20}[\x21-\x7e])?$/);
  test('whatever the status, headers and body, what fits arrives as it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
        fc.array(fc.tuple(names, values), { maxLength: 6 }),
        fc.uint8Array({ maxLength: 2000 }),
        async (status, headers, bytes) => {
          const body = Buffer.from(bytes);
          result = albResult({ status, headers: [...headers, ['Content-Type', 'image/png']], body });
          const answer = await ask(balancer.address, '/');
          const joined: Record<string, string> = {};
          for (const [name, value] of headers.map(([name, value]) => [name.toLowerCase(), value] as const)) {
            joined[name] = name in joined ? `${joined[name]}, ${value}` : value;
          }
          expect([answer.status, answer.body]).toEqual([status, body.toString('latin1')]);
          expect(answer.headers).toMatchObject({ ...joined, 'content-type': 'image/png' });
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ['nothing', undefined],
    ['no status', {}],
    ['too much', page(760_000)],
  ])('a function that answers %s makes it 502', async (_, wrong) => {
    result = wrong;
    expect((await ask(balancer.address, '/')).status).toBe(502);
  });
});
