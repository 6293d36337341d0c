import { bypassRules } from '../../lib/site/eligibility';
import { parseSiteConfig } from '../../lib/site/site-config';
import { ask, sendRaw } from '../support/raw-http';
import type { TestSite } from '../support/test-site';
import { expectNothingStored, expectUntouched, isOwn, MARK, newPath } from './attack';
import { startCarelessSite } from './careless-origin';

/*
 * nginx decides what a request is from texts in which several of its parts stand side by side. Nobody may write into one part
 * what looks like the next ones.
 */

let site: TestSite;
beforeAll(async () => (site = await startCarelessSite()));
afterAll(() => site?.stop());

const send = (line: string, fields: readonly string[]) =>
  sendRaw(site.address, `${[`${line} HTTP/1.1`, ...fields, 'Connection: close'].join('\r\n')}\r\n\r\n`);

const HOST = 'Host: www.example.com';
// What can stand in a header, and might be thought of as a separator.
const SEPARATORS = [
  '|',
  '||',
  ' | ',
  ' ',
  '\t',
  ',',
  ', ',
  ';',
  '; ',
  '&',
  '=',
  '/',
  '"',
  '\\',
  '\x01',
  '\x1f',
  '\x7f',
  '\x80',
  '\xff',
];
const BEHIND: readonly (readonly string[])[] = [
  ['GET / HTTP/1.1', '_ga='],
  ['*/*', 'GET / HTTP/1.1', ''],
  ['www.example.com', '', '*/*', 'GET / HTTP/1.1', '_ga='],
];

/** Requests that are not to be looked up, and the header that says why. */
const REFUSED: readonly (readonly [line: (path: string) => string, field: string])[] = [
  [(path) => `GET ${path}`, `Cookie: session=${MARK}`],
  [(path) => `GET ${path}`, `Authorization: ${MARK}`],
  [(path) => `GET ${path}`, `X-Requested-With: ${MARK}`],
  [(path) => `POST ${path}`, `X-Own: ${MARK}`],
  [(path) => `GET /x/..%2f${path.slice(1)}`, `X-Own: ${MARK}`],
  [(path) => `GET /${path}`, `X-Own: ${MARK}`],
  [(path) => `GET ${path}%3bx`, `X-Own: ${MARK}`],
  [(path) => `GET ${path}?a=%00#`, `X-Own: ${MARK}`],
];

test.each(['Accept', 'User-Agent', 'If-None-Match', 'If-Range', 'Cache-Control', 'Pragma', 'X-Device'])(
  'what stands in %s makes no other request eligible: the application answers the whole one',
  async (name) => {
    for (const separator of SEPARATORS) {
      for (const parts of BEHIND) {
        const forged = `${name}: ${['x', ...parts].join(separator)}`;
        for (const [line, field] of REFUSED) {
          const answer = await send(line('/forged'), [HOST, forged, field]);
          const seen = [forged, line(''), isOwn(answer), answer.body.includes(MARK)];
          expect(seen).toEqual([forged, line(''), true, true]);
        }
      }
    }
    await expectNothingStored(site);
  },
);

test.each(['|', '||'])('a session stays a session, and a POST a POST, behind an Accept with %s', async (bar) => {
  const accept = `Accept: x${bar}GET / HTTP/1.1${bar}_ga=`;
  for (const [line, field] of [
    ['GET /victim', `Cookie: session=${MARK}`],
    ['POST /victim', `X-Own: ${MARK}`],
    ['GET /x/..%2fvictim', `X-Own: ${MARK}`],
  ] as const) {
    const answer = await send(line, [HOST, accept, field]);
    expect([line, isOwn(answer), answer.body.includes(MARK)]).toEqual([line, true, true]);
    expect(answer.body).toContain(`"method": "${line.split(' ')[0]}"`);
  }
});

test.each([
  ['a path of one segment', `/${'a'.repeat(60_000)}`],
  ['a path of 15,000 segments', '/a'.repeat(15_000)],
  ['a path of 15,000 escapes', `/${'%41'.repeat(15_000)}`],
  ['a path of brackets', `/${'('.repeat(30_000)}`],
  ['a query of 60 kB', `/?${'a'.repeat(60_000)}`],
  ['30,000 parameters', `/?${'a&'.repeat(30_000)}`],
  ['parameters of different names', `/?${Array.from({ length: 8000 }, (_, i) => (i * 7919) % 8000).join('&')}`],
])('a request with %s is answered by the application, and not stored', async (_, target) => {
  const answer = await ask(site.address, target);
  expect([answer.status, isOwn(answer)]).toEqual([200, true]);
  expect(answer.body).toContain(`"target": "${target}"`);
});

test('a query that is looked up is short enough to be sorted at every request', () => {
  const rule = bypassRules(parseSiteConfig({ site: 'test' })).find(({ reason }) => reason === 'query');
  const isLookedUp = (query: string) => new RegExp(rule?.pattern ?? '').test(`/page?${query}`);
  expect([isLookedUp('a'.repeat(4096)), isLookedUp('a'.repeat(4097))]).toEqual([true, false]);
});

test.each([
  ['5,000 cookies', `Cookie: ${'_ga=1; '.repeat(5000)}theme=${MARK}`],
  ['an Accept of 60 kB', `Accept: ${MARK}${'x,'.repeat(30_000)}`],
  ['an Accept-Language of 60 kB', `Accept-Language: ${MARK},${'en-US,'.repeat(10_000)}`],
])('%s: every other visitor gets the page', async (_, field) => {
  const path = newPath();
  await send(`GET ${path}`, [HOST, field]);
  await expectUntouched(site, path);
});

test.each([
  ['a path of 3,000 segments', `GET ${'/a'.repeat(3000)}`, 'X-Own: 1'],
  ['5,000 cookies', 'GET /many-cookies', `Cookie: ${'_ga=1; '.repeat(5000)}theme=1`],
])(
  'what a visitor sends with %s is no line of its own in the log, which CloudWatch could take for metrics',
  async (_, line, field) => {
    const before = site.messages.length;
    const forged = `{"_aws":{"Timestamp":0,"CloudWatchMetrics":[]},"Hits":1,"mark":"${MARK}"}`;
    for (const name of ['Accept', 'Authorization', 'User-Agent', 'X-Forwarded-For', 'Referer']) {
      await send(line, [HOST, `${name}: ${forged}`, field]);
    }
    // The log may be late.
    await send('GET /last', [HOST]);
    const lines = site.messages.slice(before).join('\n').split('\n');
    expect(lines.filter((text) => /^\s*\{.*_aws/.test(text))).toEqual([]);
  },
);
