import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteConfigInput } from '../../lib/site/site-config';
import { ask, askUntilHit, cacheStatus } from '../support/raw-http';
import { type DjangoSite, startDjangoSite } from '../support/django';

const document = join(__dirname, '..', '..', 'examples', 'django', 'site.json');
const config = JSON.parse(readFileSync(document, 'utf8')) as SiteConfigInput;

let site: DjangoSite;
beforeAll(async () => (site = await startDjangoSite({ pages: 'tags', config })));
afterAll(() => site?.stop());

const status = async (target: string, headers: Record<string, string> = {}) =>
  cacheStatus(await ask(site.address, target, headers));

async function save(number: number, text: string): Promise<void> {
  const body = `text=${encodeURIComponent(text)}`;
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': String(body.length) };
  expect((await ask(site.address, `/articles/${number}`, headers, 'POST', body)).body).toBe('saved');
}

test('a page that Django allows to be shared is stored without Django knowing of Memcached', async () => {
  await save(1, 'first');
  expect(await status('/articles/1?utm_source=mail')).toBe('fwd=uri-miss; stored');
  const answered = await site.answered();
  const hit = await askUntilHit(site.address, '/articles/1');
  expect(hit.body).toContain(' of first for nobody');
  expect(hit.headers['cache-groups']).toBeUndefined();
  expect(await site.answered()).toBe(answered);
});

test('saving a model purges every page that is made of it, and no other', async () => {
  await save(2, 'old');
  await save(3, 'other');
  for (const target of ['/articles/2', '/articles/2?print=1', '/articles/3']) await askUntilHit(site.address, target);
  await save(2, 'new');
  expect((await ask(site.address, '/articles/2')).body).toContain(' of new for nobody');
  expect((await ask(site.address, '/articles/2?print=1')).body).toContain(' of new for nobody');
  await site.functions.purge.invoke({ tags: ['article-3'] });
  expect(await status('/articles/3')).toBe('fwd=uri-miss; stored');
});

test('who is logged in gets a page of their own, which nobody else gets', async () => {
  const login = await ask(
    site.address,
    '/log-in',
    { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': '8' },
    'POST',
    'user=Ann',
  );
  const Cookie = login.headers['set-cookie']?.split(';')[0] ?? '';
  await save(4, 'four');
  const own = await ask(site.address, '/articles/4', { Cookie });
  expect([own.body.endsWith('for Ann</p>'), cacheStatus(own)]).toEqual([true, 'fwd=bypass; detail=cookie']);
  expect((await askUntilHit(site.address, '/articles/4')).body).toContain('for nobody');
});

test('what Django does not say to be shared is not stored', async () => {
  for (const target of ['/basket', '/pages/x']) {
    for (let i = 0; i < 2; i += 1) expect(await status(target)).toMatch(/^fwd=uri-miss; detail=/);
  }
});
