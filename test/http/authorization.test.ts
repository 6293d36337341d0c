import { casePath, type Fields, reuse, saying } from '../support/http-case';
import { ask } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
let closed: TestSite;
beforeAll(async () => {
  [site, closed] = await Promise.all([
    startTestSite({ eligibility: { authorization: 'as-the-page-says' } }),
    startTestSite(),
  ]);
});
afterAll(() => Promise.all([site?.stop(), closed?.stop()]));

const ANNA = { Authorization: 'Basic YW5uYTpi' };
const BERT = { Authorization: 'Basic YmVydDpi' };

async function asked(path: string, fields: Fields, ...visitors: Record<string, string>[]): Promise<string[]> {
  site.origin.on(path, saying({ fields }));
  const statuses: string[] = [];
  for (const headers of visitors) statuses.push(reuse(await ask(site.address, path, headers)));
  return statuses;
}

test.each([
  ['public', 'public, max-age=60'],
  ['s-maxage', 's-maxage=60'],
  ['must-revalidate', 'max-age=60, must-revalidate'],
])('what answers a request with Authorization is stored with %s, for everybody (RFC 9111 3.5)', async (_, value) => {
  const statuses = await asked(casePath(), { 'Cache-Control': value }, ANNA, ANNA, BERT, {});
  expect(statuses).toEqual(['fwd=uri-miss; stored', 'hit', 'hit', 'hit']);
});

test.each([
  ['max-age alone', { 'Cache-Control': 'max-age=60' }, 'authorization'],
  ['Expires', { Expires: 3600 }, 'authorization'],
  ['nothing', {}, 'authorization'],
  [
    'a targeted field without one of them',
    { 'CDN-Cache-Control': 'max-age=60', 'Cache-Control': 'public' },
    'authorization',
  ],
  ['private', { 'Cache-Control': 'public, private, max-age=60' }, 'private'],
  ['Vary: Authorization', { 'Cache-Control': 'public, max-age=60', Vary: 'Authorization' }, 'vary'],
])('it is not stored with %s (RFC 9111 3.5)', async (_, fields: Fields, reason) => {
  const statuses = await asked(casePath(), fields, ANNA, BERT, ANNA);
  expect(statuses).toEqual(Array(3).fill(`fwd=uri-miss; detail=${reason}`));
});

test('each visitor whose page is not stored gets the answer to their own Authorization', async () => {
  const path = casePath();
  site.origin.on(path, ({ headers }, response) => {
    response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end(`for ${headers.authorization}`);
  });
  const answers = await Promise.all([ANNA, BERT, ANNA, BERT].map((headers) => ask(site.address, path, headers)));
  expect(answers.map(({ body }) => body)).toEqual([ANNA, BERT, ANNA, BERT].map((v) => `for ${v.Authorization}`));
});

test.each<[string, Fields]>([
  ['a wrong one', {}],
  ['one for which the page is not stored', { 'Cache-Control': 'max-age=60' }],
])('%s sends nobody else past the cache', async (_, fields) => {
  const path = casePath();
  site.origin.on(path, (request, response) => {
    const refused = saying({ status: 401, fields });
    (request.headers.authorization === undefined ? saying({ fields: { 'Cache-Control': 'max-age=60' } }) : refused)(
      request,
      response,
    );
  });
  expect((await ask(site.address, path, ANNA)).status).toBe(401);
  expect(reuse(await ask(site.address, path))).toBe('fwd=uri-miss; stored');
});

test('the rendering gets the Authorization of whoever asks first', async () => {
  const path = casePath();
  await asked(path, { 'Cache-Control': 'public, max-age=60' }, ANNA, BERT);
  const received = site.origin.received.filter(({ target }) => target === path);
  expect(received.map(({ headers }) => headers.authorization)).toEqual([ANNA.Authorization]);
});

test('without that, requests with Authorization go past the cache, whatever the page says', async () => {
  const path = casePath();
  closed.origin.on(path, saying({ fields: { 'Cache-Control': 'public, max-age=60' } }));
  await ask(closed.address, path);
  expect(reuse(await ask(closed.address, path, ANNA))).toBe('fwd=bypass; detail=authorization');
});
