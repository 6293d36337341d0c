import { askUntilHit } from '../support/raw-http';
import type { TestSite } from '../support/test-site';
import { attack, type Attack, expectUntouched } from './attack';
import { startCarelessSite } from './careless-origin';
import { countRows } from './stored-rows';
import { versionsOf } from './stored-text';

/*
 * Other caches are purged by whoever sends them the right method, parameter or header. Here visitors can do nothing to what
 * is stored: purging takes the right to invoke a function.
 */

const PAGES = ['/', '/items', '/items?page=2'];
const versions = () =>
  versionsOf(
    site,
    PAGES.map((path) => `http://www.example.com${path}`),
  );
let site: TestSite;
let stored: Map<string, string>;
beforeAll(async () => {
  site = await startCarelessSite();
  for (const path of PAGES) await askUntilHit(site.address, path);
  stored = await versions();
  expect(stored.size).toBe(PAGES.length);
});
afterAll(() => site?.stop());

/** Expects that everything that was stored before still is, and has not been stored again. */
async function expectNothingPurged(): Promise<void> {
  const now = await versions();
  expect([...stored].filter(([key, version]) => now.get(key) !== version)).toEqual([]);
  const { 'journal#test': purges = 0, 'audit#test': audited = 0 } = await countRows(site);
  expect([purges, audited]).toEqual([0, 0]);
}

const METHODS = (
  'PURGE BAN REFRESH PURGEALL FLUSH FLUSHALL INVALIDATE SOFTPURGE PURGEKEYS CACHE CLEAR DELETE PUT POST PATCH OPTIONS TRACE ' +
  'CONNECT QUERY MKCOL PROPFIND COPY MOVE LOCK UNLINK purge Purge get'
).split(' ');
const TARGETS = [
  '/items',
  '/items*',
  '*',
  '/',
  '/.*',
  'http://www.example.com/items',
  '/purge/items',
  '/purge(/items*)',
];

test.each(METHODS)('a visitor’s %s purges nothing, whatever it is for', async (method) => {
  await Promise.all(
    TARGETS.map((target) => attack(site, '/items', { line: `${method} ${target}`, lines: ['Content-Length: 0'] })),
  );
  await expectNothingPurged();
});

const PARAMETERS = (
  'purge=1 purge=all nocache nocache=1 no-cache=1 _refresh refresh=1 flush=1 flush=all clear_cache=1 cache=0 cache=clear bust=1 ' +
  'bypass=1 _purge=/items PageSpeed=off action=purge&url=/items _method=PURGE mode=refresh everything=true tags=news'
).split(' ');

test.each(PARAMETERS)('the parameter %s is one of a page of its own', async (parameter) => {
  for (const path of ['/items', '/items?page=2']) {
    await attack(site, path, { line: `GET ${path}${path.includes('?') ? '&' : '?'}${parameter}` });
  }
  await expectNothingPurged();
});

const LINES = [
  ...[
    'Cache-Control: no-cache',
    'Cache-Control: max-age=0, no-store',
    'Pragma: no-cache',
    'Surrogate-Control: no-store',
  ],
  ...['X-Purge: 1', 'X-Cache-Purge: 1', 'X-Purge-Method: regex', 'X-HTTP-Method-Override: PURGE', 'X-Method: BAN'],
  ...[
    'X-Refresh: 1',
    'X-No-Cache: 1',
    'X-Magento-Tags-Pattern: .*',
    'X-Cache-Tags: .*',
    'Surrogate-Key: news',
    'Cache-Tag: news',
  ],
  ...['Cache-Groups: "news"', 'Cache-Group-Invalidation: "news"', 'Clear-Site-Data: "cache"', 'X-LiteSpeed-Purge: *'],
  ...[
    'X-Accel-Expires: 0',
    'X-Accel-Redirect: /',
    'Fastly-Soft-Purge: 1',
    'Fastly-Key: x',
    'X-Nms-Outcome: purged',
    'X-Nms-Key: test:1',
  ],
  ...[
    'X-Nms-Method: PURGE',
    'X-Nms-Directives: no-cache',
    'X-Amz-Invocation-Type: Event',
    'X-Varnish: 1',
    'CDN-Loop: nginx-memcache-site',
  ],
  ...[
    'User-Agent: nginx-memcache-site',
    'User-Agent: cache-warmer',
    'User-Agent: WP Rocket/Preload',
    'User-Agent: ELB-HealthChecker/2.0',
  ],
  ...[
    'X-Forwarded-For: 127.0.0.1',
    'X-Real-IP: 127.0.0.1',
    'Referer: http://127.0.0.1/purge',
    'Authorization: Bearer purge',
  ],
  ...[
    'If-None-Match: *',
    'If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT',
    'Range: bytes=0-0',
    'Cookie: nocache=1; purge=1',
  ],
];

test.each(LINES)('a visitor’s "%s" purges nothing', async (line) => {
  const attacks: Attack[] = [
    { lines: [line] },
    { line: 'HEAD /items', lines: [line] },
    { line: 'PURGE /items', lines: [line] },
  ];
  for (const one of attacks) await attack(site, '/items', one);
  await expectNothingPurged();
});

test('after all of them, every page is answered from the store as it was', async () => {
  for (const path of PAGES) await expectUntouched(site, path);
  await expectNothingPurged();
});
