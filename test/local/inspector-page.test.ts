import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import type { PageInspection } from '../../lambda/core/inspect-answers';
import { type Inspector, startInspector } from '../../local/inspector/inspector';
import { startBrowser } from '../support/browser';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

const HOST = 'www.example.com';
const MARKUP = '<img/src=x/onerror=document.title="owned">';

let site: TestSite;
let inspector: Inspector;
let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  [site, browser] = await Promise.all([startTestSite(), startBrowser()]);
  const headers = { 'Cache-Control': 'max-age=600', 'Surrogate-Key': `news ${MARKUP}`, 'X-Note': `<b>${MARKUP}</b>` };
  for (const path of ['/a', '/news/1', '/news/2']) {
    site.origin.on(path, freshPage(headers));
    await ask(site.address, path);
  }
  inspector = await startInspector(site, 0);
  page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  await page.goto(inspector.url);
});
afterAll(async () => {
  await browser?.close();
  await inspector?.close();
  await site?.stop();
});
afterEach(() => expect(errors.splice(0)).toEqual([]));

const row = (url: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: url, exact: true }) });
const pages = () => page.locator('#pages tbody th').allTextContents();
const stored = async (path: string) => {
  const { stored: keys } = (await site.functions.inspect.invoke({
    inspect: { url: `http://${HOST}${path}` },
  })) as PageInspection;
  return keys.find(({ requested }) => requested)?.page?.headers;
};
const settled = async (what: () => Promise<unknown>, wanted: unknown) => {
  while (JSON.stringify(await what()) !== JSON.stringify(wanted)) await page.waitForTimeout(20);
};

test('it shows the pages that visitors had stored, and searches them by URL and by tag', async () => {
  await settled(
    pages,
    ['/a', '/news/1', '/news/2'].map((path) => `http://${HOST}${path}`),
  );
  await page.getByLabel('Part of the URL').fill('news/2');
  await page.getByRole('button', { name: 'Search' }).click();
  await settled(pages, [`http://${HOST}/news/2`]);
  await page.getByLabel('Part of the URL').fill('');
  await page.getByLabel('Tag').fill('sports');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('No pages: 0 rows of the index were looked at.').waitFor();
  await page.getByLabel('Tag').fill('news');
  await page.getByRole('button', { name: 'Search' }).click();
  await settled(async () => (await pages()).length, 3);
});

test('the hit ratio follows what visitors ask', async () => {
  await page.getByText('Hits 0, misses 3, not looked up 0').waitFor();
  await askUntilHit(site.address, '/a');
  await page.getByText(/Hits 1, misses \d+, not looked up 0/).waitFor();
  await page.getByText(/Hit ratio [1-9]\d?\.\d %/).waitFor();
});

test('a page is shown with its key, node and stored headers', async () => {
  await row(`http://${HOST}/a`).getByRole('button', { name: 'Inspect' }).click();
  await page.getByRole('heading', { name: 'What became of it' }).waitFor();
  const way = await page.locator('#way').textContent();
  expect(way).toMatch(/Key\s+test:\S+\s/);
  expect(way).toMatch(/In the store\s+a page, 200, /);
  expect(way).toContain('X-Note');
});

test('markup in tags and headers of the store stays text', async () => {
  await page.getByLabel('Tag').fill('');
  await page.getByRole('button', { name: 'Search' }).click();
  await row(`http://${HOST}/a`).getByText(MARKUP).waitFor();
  expect(await page.locator('#way').textContent()).toContain(`<b>${MARKUP}</b>`);
  expect(await page.locator('main img').count()).toBe(0);
  expect(await page.title()).toMatch(/^Inspector/);
});

test('a request is sent, and its way shown: what was dropped, that it was not looked up, and why', async () => {
  await page.getByLabel('URL', { exact: true }).fill(`http://${HOST}/a?utm_source=x`);
  await page.getByRole('button', { name: 'Send it' }).click();
  await page
    .getByRole('definition')
    .filter({ hasText: /^nginx-memcache-site; / })
    .waitFor();
  await page.getByText('utm_source=x', { exact: true }).waitFor();
  await page.getByLabel('Headers').fill('Cookie: session=1');
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.getByText('no, cookie: it has a cookie that is neither').waitFor();
});

test('a page is purged and a receipt shown; it is a miss then, by the keyboard alone', async () => {
  const button = row(`http://${HOST}/news/1`).getByRole('button', { name: 'Purge' });
  await page.getByLabel('Tag').focus();
  const focused = () => page.locator(':focus').getAttribute('aria-label');
  while ((await focused()) !== `Purge http://${HOST}/news/1`) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('Purged: 1 removed').waitFor();
  await row(`http://${HOST}/news/1`).getByText('not stored any more').waitFor();
  await expect(button.and(page.locator(':focus')).count()).resolves.toBe(1);
  expect(cacheStatus(await ask(site.address, '/news/1'))).toMatch(/stored/);
});

test('a purge by tag says first what would go, and is refused with every fault', async () => {
  const before = await stored('/a');
  await page.getByLabel('What').selectOption('a tag');
  await page.getByLabel('Which').fill('news');
  await page.getByRole('button', { name: 'Show what would go' }).click();
  await page.getByRole('status').getByText('Would purge 3 pages').waitFor();
  expect(await stored('/a')).toEqual(before);
  await page.getByLabel('What').selectOption('a path and all below it');
  await page.getByRole('button', { name: 'Purge', exact: true }).click();
  await page.getByRole('status').getByText('prefixes.0: must be an absolute URL').waitFor();
  // Chromium says of every answer that is not fine that it is not.
  expect(errors.splice(0)).toEqual([expect.stringContaining('422')]);
});

test('a dashboard in CloudWatch shows the same, and its buttons purge as CloudWatch has them done', async () => {
  const params = { purge: 'arn:aws:lambda:eu-west-1:1:function:purge' };
  const widgetContext = { dashboardName: 'shop', params, forms: { all: { search: '/news/2', tag: '' } } };
  const dashboard = await browser.newPage();
  await dashboard.setContent(String(await site.functions.inspect.invoke({ ...params, widgetContext })));
  expect(await dashboard.locator('th').filter({ hasText: HOST }).allTextContents()).toEqual([`http://${HOST}/news/2`]);
  expect(await dashboard.locator('table').last().textContent()).toContain(MARKUP);
  const button = dashboard.getByLabel(`Purge http://${HOST}/news/2`);
  const action = button.locator('xpath=following-sibling::*[1]');
  expect(await action.getAttribute('endpoint')).toBe(params.purge);
  const asked = JSON.parse((await action.textContent()) ?? '') as object;
  await dashboard.close();

  expect(await stored('/news/2')).toBeDefined();
  expect(await site.functions.purge.invoke({ ...params, ...asked, widgetContext })).toMatch(
    /^<p>purge \S+: 1 of 1 pages/,
  );
  expect(await stored('/news/2')).toBeUndefined();
  await page.getByRole('cell', { name: 'dashboard:shop' }).waitFor();
});

test.each(['light', 'dark'] as const)('axe finds nothing to say of it, %s', async (colorScheme) => {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  // What an extension would do; the page itself may not load it.
  const { violations } = await page.evaluate<axe.AxeResults>(`(() => { ${axe.source}; return axe.run(); })()`);
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
