import { casePath, saying } from '../support/http-case';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

const FRESH = { 'Cache-Control': 'max-age=3600' };

describe.each([
  ['beside nginx', 'sidecar'],
  ['as a function', 'function'],
] as const)('headers that a site forwards to its renderings, with a writer %s', (_, fill) => {
  let site: TestSite;
  beforeAll(async () => {
    const forwardedHeaders = ['Test-ID', 'User-Agent', 'X-Constant'];
    site = await startTestSite({ fill: { forwardedHeaders, headers: { 'X-Constant': 'ours' } } }, { fill });
  });
  afterAll(() => site?.stop());

  test('come as the visitor sends them, in place of a rendering’s own, and no others do', async () => {
    const path = casePath();
    site.origin.on(path, saying({ fields: FRESH }));
    const sent = { 'Test-ID': 'a, "b"', 'User-Agent': 'Visitor/1', 'X-Constant': 'theirs', 'X-Other': 'x' };
    const miss = await ask(site.address, path, sent);
    expect(cacheStatus(miss)).toBe('fwd=uri-miss; stored');
    const { headers, headerNames } = site.origin.received.at(-1) ?? { headers: {}, headerNames: [] };
    expect(headers).toMatchObject({ 'test-id': 'a, "b"', 'user-agent': 'Visitor/1', 'x-constant': 'ours' });
    expect(headers).not.toHaveProperty('x-other');
    expect(new Set(headerNames).size).toBe(headerNames.length);
  });

  test('are absent where the visitor sends none, and make no other page', async () => {
    const path = casePath();
    site.origin.on(path, saying({ fields: FRESH }));
    const miss = await ask(site.address, path);
    const headers = site.origin.received.at(-1)?.headers;
    expect([headers?.['test-id'], headers?.['user-agent']]).toEqual([undefined, 'nginx-memcache-site']);
    expect((await askUntilHit(site.address, path, { 'Test-ID': '2' })).body).toBe(miss.body);
  });
});

describe('a site that answers with what it rendered, also when that is not stored', () => {
  let site: TestSite;
  beforeAll(async () => (site = await startTestSite({ fill: { unstorable: 'answer' }, limits: { passMarkerTtl: 0 } })));
  afterAll(() => site?.stop());
  const asked = (path: string) => site.origin.received.filter(({ target }) => target === path);

  test.each<[string, number, Record<string, string | string[]>]>([
    ['no-store', 200, { 'Cache-Control': 'no-store' }],
    ['set-cookie', 200, { ...FRESH, 'Set-Cookie': ['a=1; Path=/', 'b=2'] }],
    ['status', 404, {}],
    ['vary', 200, { ...FRESH, Vary: 'X-Any' }],
    ['content-encoding', 200, { ...FRESH, 'Content-Encoding': 'br' }],
  ])('asks once for what is not stored because of %s, with all its headers', async (reason, status, fields) => {
    const path = casePath();
    site.origin.on(path, saying({ status, fields: { ...fields, 'X-Own': 'kept', 'X-Accel-Redirect': '/x' } }));
    const answers = [await ask(site.address, path), await ask(site.address, path)];
    expect(answers.map(cacheStatus)).toEqual(Array(2).fill(`fwd=uri-miss; detail=${reason}`));
    expect(answers.map((answer) => answer.status)).toEqual([status, status]);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(2);
    expect(asked(path)).toHaveLength(2);
    for (const { headers } of answers) {
      expect(headers['x-own']).toBe('kept');
      expect(headers).not.toHaveProperty('x-accel-redirect');
      for (const [name, value] of Object.entries(fields)) {
        expect(headers[name.toLowerCase()]).toBe([value].flat().join(', '));
      }
    }
  });

  test('gives it to nobody else: who came meanwhile asks on their own', async () => {
    const path = casePath();
    const waiting: (() => void)[] = [];
    const arrived = new Promise<void>((resolve) => {
      site.origin.on(path, (request, response) => {
        waiting.push(() => saying({ fields: { 'Set-Cookie': `n=${waiting.length}` } })(request, response));
        resolve();
        if (waiting.length > 1) waiting.at(-1)?.();
      });
    });
    const first = ask(site.address, path);
    await arrived;
    const second = ask(site.address, path);
    setTimeout(() => waiting[0]?.(), 20);
    const answers = await Promise.all([first, second]);
    expect(new Set(answers.map(({ headers }) => headers['set-cookie'])).size).toBe(2);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(2);
  });
});
