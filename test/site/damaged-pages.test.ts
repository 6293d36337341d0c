import fc from 'fast-check';
import { defaultPage } from '../../lambda/core/warm-pages';
import { parseSiteConfig } from '../../lib/site/site-config';
import { ask, exchange } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ cacheStatus: { details: ['ttl'] } }, { memcachedNodes: 1 });
  for (const path of ['/page', '/other']) site.origin.on(path, freshPage({ 'Cache-Control': 'max-age=600' }));
});
afterAll(() => site?.stop());

const KEY = (() => {
  const page = defaultPage(parseSiteConfig({ site: 'test' }), 'http://www.example.com/page');
  return 'key' in page ? page.key : '';
})();

/** Puts a value where the page lies. */
async function put(value: Buffer): Promise<void> {
  const [node] = site.memcached;
  const command = `set ${KEY} 0 60 ${value.length}\r\n${value.toString('latin1')}\r\nquit\r\n`;
  expect(await exchange(node?.address ?? '', command)).toContain('STORED');
}

/** A value with something cut off, changed, put in, taken out or added. */
const damaged = (value: Buffer) =>
  fc
    .tuple(fc.nat(value.length), fc.nat(3), fc.uint8Array({ maxLength: 3 }), fc.boolean())
    .map(([at, without, bytes, isCut]) =>
      Buffer.concat([value.subarray(0, at), bytes, isCut ? Buffer.of() : value.subarray(at + without)]),
    );

// An empty value is no page: somebody is rendering it, and others wait.
const isNoLease = (value: Buffer) => value.length > 0;

async function storedPage(): Promise<Buffer> {
  await ask(site.address, '/page');
  const [node] = site.memcached;
  const reply = Buffer.from(await exchange(node?.address ?? '', `get ${KEY}\r\nquit\r\n`), 'latin1');
  const [, length = ''] = /^VALUE \S+ \d+ (\d+)\r\n/.exec(reply.toString('latin1')) ?? [];
  const start = reply.indexOf('\r\n') + 2;
  expect(Number(length)).toBeGreaterThan(100);
  return reply.subarray(start, start + Number(length));
}

test('whatever has become of a stored page, visitors get an answer, and the next one their own', async () => {
  const page = await storedPage();
  const other = await ask(site.address, '/other');
  await fc.assert(
    fc.asyncProperty(damaged(page).filter(isNoLease), async (value) => {
      await put(value);
      expect((await ask(site.address, '/page')).status).toBe(200);
      expect((await ask(site.address, '/other')).body).toBe(other.body);
    }),
    { numRuns: 400 },
  );
});

test.each(['', ' ', '1', 'x y', '1 x', '-1 -1', '9e99 9e99', '9999999999999999999999 1'])(
  'a page whose times are %j is answered',
  async (times) => {
    const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Nms-Times: ${times}\r\nContent-Length: 2\r\n\r\nok`;
    await put(Buffer.from(head));
    const { status, body, headers } = await ask(site.address, '/page');
    expect([status, body]).toEqual([200, 'ok']);
    expect(headers).not.toHaveProperty('x-nms-times');
  },
);
