import type { SiteConfigInput } from '../../lib/site/site-config';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

const storage = { negativeTtl: 60 };
const EXPLICIT = { 'Cache-Control': 'max-age=60' };

let number = 0;

/** What happened to each of so many requests for one new path, which the origin answers with a new text each time. */
async function times(site: TestSite, count: number, status: number, headers: Record<string, string> = {}) {
  const path = `/missing/${(number += 1)}`;
  site.origin.on(path, freshPage(headers, status));
  const answers = [];
  while (answers.length < count) answers.push(await ask(site.address, path));
  return answers.map((answer) => ({ status: answer.status, body: answer.body, cache: cacheStatus(answer) }));
}

describe.each<[string, Partial<SiteConfigInput>]>([
  ['from Memcached', { storage }],
  ["through each node's own cache", { storage, perNodeCache: { size: 1_048_576 } }],
])('with a time for pages that do not exist, %s', (_, document) => {
  let site: TestSite;
  beforeAll(async () => (site = await startTestSite(document)));
  afterAll(() => site?.stop());

  test.each<[number, Record<string, string>]>([
    [404, {}],
    [410, {}],
    [404, EXPLICIT],
    [410, EXPLICIT],
  ])('a %i with %j is stored, and every hit has its status and body', async (status, headers) => {
    const answers = await times(site, 6, status, headers);
    expect(answers[0]?.cache).toBe('fwd=uri-miss; stored');
    expect(answers.slice(1).map(({ cache }) => cache)).toContain('hit');
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
  });

  test('a hit answers HEAD, and clients without gzip', async () => {
    const text = 'There is no such page. '.repeat(40);
    site.origin.on('/missing/long', (_, response) =>
      response.writeHead(404, { 'Content-Type': 'text/html' }).end(text),
    );
    await ask(site.address, '/missing/long');
    const [plain, head] = [
      await askUntilHit(site.address, '/missing/long'),
      await askUntilHit(site.address, '/missing/long', {}, 'HEAD'),
    ];
    expect([plain, head].map(({ status }) => status)).toEqual([404, 404]);
    expect([plain.body, head.body]).toEqual([text, '']);
  });

  test.each([400, 401, 403, 405, 418, 429, 500, 502, 503, 504])('a %i never is', async (status) => {
    const answers = await times(site, 2, status, EXPLICIT);
    expect(answers.map((answer) => answer.status)).toEqual([status, status]);
    expect(answers.map(({ cache }) => cache)).toEqual(Array(2).fill('fwd=uri-miss; detail=status'));
    expect(answers[0]?.body).not.toBe(answers[1]?.body);
  });

  test('a page that comes to be is there as soon as its URL is purged', async () => {
    site.origin.on('/soon', freshPage({}, 404));
    await ask(site.address, '/soon');
    site.origin.on('/soon', freshPage());
    expect((await ask(site.address, '/soon')).status).toBe(404);
    await site.functions.purge.invoke({ urls: ['http://www.example.com/soon'] });
    // A node's own cache has it for up to two seconds more; jest would end the test if it were for ever.
    while ((await ask(site.address, '/soon')).status !== 200);
  });

  test('a visitor who asks past the cache gets an answer of their own', async () => {
    site.origin.on('/own', freshPage({}, 404));
    const shared = await ask(site.address, '/own');
    const own = await ask(site.address, '/own', { Cookie: 'session=1' });
    expect([own.status, cacheStatus(own)]).toEqual([404, 'fwd=bypass; detail=cookie']);
    expect(own.body).not.toBe(shared.body);
  });
});

test('unless the site asks for it, no 404 and no 410 is stored, whatever the origin says', async () => {
  const site = await startTestSite();
  try {
    for (const status of [404, 410]) {
      const answers = await times(site, 2, status, EXPLICIT);
      expect(answers.map(({ cache }) => cache)).toEqual(Array(2).fill('fwd=uri-miss; detail=status'));
      expect(answers[0]?.body).not.toBe(answers[1]?.body);
    }
  } finally {
    await site.stop();
  }
});

test('a 404 is stored for its own short time', async () => {
  // Whole seconds are counted: of one, a slow machine may leave nothing.
  const site = await startTestSite({ storage: { negativeTtl: 3 } });
  try {
    site.origin.on('/short', freshPage({}, 404));
    const first = await ask(site.address, '/short');
    // Asked until it is another: it would be the same for ever otherwise, and jest would end the test.
    while ((await ask(site.address, '/short')).body === first.body);
    expect(cacheStatus(first)).toBe('fwd=uri-miss; stored');
  } finally {
    await site.stop();
  }
});
