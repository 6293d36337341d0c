import { parseSiteConfig } from '../../../lib/site/site-config';
import type { Stores } from '../../../lambda/adapters/open-stores';
import type { View } from '../../../lambda/core/fill-tools';
import { warmHandler } from '../../../lambda/warm/handler';
import { makeWorld, textPage } from '../core/page-cache-world';

const config = parseSiteConfig({ site: 'test', warming: { requestsPerSecond: 10, concurrency: 6 } });
const { pages, index } = makeWorld();
const stores = () => Promise.resolve({ pages, index } as unknown as Stores);
const manner = { variants: 'default', refresh: false } as const;
const sitemap = { kind: 'sitemap', url: 'https://example.com/s.xml?v=2', nested: false, from: 0, ...manner } as const;
const pagesWork = (count: number) => ({
  ...{ kind: 'pages', ...manner, from: 0, turn: 0 },
  urls: Array.from({ length: count }, (_, i) => `https://example.com/${i}`),
});
const context = { getRemainingTimeInMillis: () => 600_000 };

test('a function has its share of the site’s rate and concurrency', async () => {
  let [running, most] = [0, 0];
  const view: View = async () => {
    most = Math.max(most, (running += 1));
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return textPage('x', [['Cache-Control', 'max-age=60']]);
  };
  const began = performance.now();
  let last = 0;
  const wait = (milliseconds: number, signal?: AbortSignal) => {
    // A fill's deadline never comes; turns come at once, and when they would have come is known.
    if (signal !== undefined) return new Promise<void>(() => undefined);
    last = Math.max(last, performance.now() - began + milliseconds);
    return Promise.resolve();
  };
  await warmHandler({ config, stores, view, wait })(pagesWork(30), context);
  // Half of ten a second: the thirtieth comes six seconds after the beginning, or later on a busy machine.
  expect(last).toBeGreaterThanOrEqual(6000);
  expect(most).toBe(3);
});

test('a sitemap is asked of the origin as its URL says, with nobody’s headers, and no redirect is followed', async () => {
  const asked: unknown[] = [];
  const answers = [textPage('<urlset><url><loc>https://example.com/a</loc></url></urlset>'), textPage('', [['Location', '/x']], 301)]; // prettier-ignore
  const sitemapView: View = (request) => (
    asked.push(request),
    Promise.resolve(answers.shift() ?? textPage('', [], 503))
  );
  const view: View = () => Promise.reject(new Error('no page is rendered'));
  const handler = warmHandler({ config, stores, view, sitemapView, wait: () => Promise.resolve() });
  expect(await handler(sitemap, context)).toMatchObject({ urls: ['https://example.com/a'] });
  expect(asked).toMatchObject([{ scheme: 'https', host: 'example.com', path: '/s.xml', query: 'v=2' }]);
  expect((await handler(sitemap, context)).result.failed.first).toEqual([
    {
      url: sitemap.url,
      reason: 'bad-sitemap',
      detail: 'the origin answered it with 301, and redirects are not followed',
    },
  ]);
  await expect(handler(sitemap, context)).rejects.toThrow('answered https://example.com/s.xml?v=2 with 503');
});

test('where the origin cannot be reached, all work is refused with that reason', async () => {
  await expect(warmHandler({ config, stores })(pagesWork(1), context)).rejects.toThrow(
    'nothing can be warmed: what renders the pages of this site cannot reach its origin',
  );
});

test.each([undefined, {}, { kind: 'other' }, { ...pagesWork(1), from: -1 }, { ...sitemap, x: 1 }])(
  'what is no work is refused: %j',
  async (event) => {
    const view: View = () => Promise.resolve(textPage('x'));
    await expect(warmHandler({ config, stores, view })(event, context)).rejects.toThrow('the work has');
  },
);
