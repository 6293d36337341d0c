import { setTimeout as wait } from 'node:timers/promises';
import { casePath, type Fields, notStored, REUSED, reuse, saying, statusTwice } from '../support/http-case';
import { ask, cacheStatus, type RawAnswer } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
let heuristic: TestSite;
beforeAll(async () => {
  // What the origin says nothing of is not stored: whatever is stored here, it said so.
  [site, heuristic] = await Promise.all([
    startTestSite({ storage: { defaultTtl: 0 } }),
    startTestSite({ storage: { defaultTtl: 0, heuristicFraction: 0.1 } }),
  ]);
});
afterAll(() => Promise.all([site?.stop(), heuristic?.stop()]));

const cc = (...lines: string[]): Fields => ({ 'Cache-Control': lines });
const HOUR = 3600;
const EXPIRED = notStored('expired');

/** A requirement, where it stands, what the origin says, and what becomes of two requests. */
type Case = readonly [requirement: string, section: string, fields: Fields, expected: string[]];

test.each<Case>([
  ['max-age', '9111 5.2.2.1', cc('max-age=3600'), REUSED],
  ['max-age in any case', '9111 5.2', cc('MaX-aGe=3600'), REUSED],
  ['max-age as a quoted string', '9111 5.2', cc('max-age="3600"'), REUSED],
  ['max-age with leading zeros', '9111 1.2.2', cc('max-age=003600'), REUSED],
  ['max-age of 2 to the 31st', '9111 1.2.2', cc('max-age=2147483648'), REUSED],
  ['max-age above all numbers', '9111 1.2.2', cc(`max-age=${'9'.repeat(500)}`), REUSED],
  ['max-age among directives that are not known', '9111 5.2.3', cc('foo, bar=1, max-age=3600, baz="a, b"'), REUSED],
  ['max-age among empty members', '9110 5.6.1', cc(',  , max-age=3600 ,,'), REUSED],
  ['max-age in a line of its own', '9110 5.3', cc('public', 'max-age=3600'), REUSED],
  ['max-age that is repeated alike', '9111 4.2.1', cc('max-age=3600, max-age=3600'), REUSED],
  ['max-age before Expires', '9111 5.3', { ...cc('max-age=3600'), Expires: -HOUR }, REUSED],
  ['max-age before an Expires that is no date', '9111 5.3', { ...cc('max-age=3600'), Expires: '0' }, REUSED],
  ['s-maxage before max-age', '9111 5.2.2.10', cc('max-age=0, s-maxage=3600'), REUSED],
  ['s-maxage before Expires', '9111 5.2.2.10', { ...cc('s-maxage=3600'), Expires: -HOUR }, REUSED],
  ['immutable with a lifetime', '8246 2', cc('max-age=3600, immutable'), REUSED],
  ['must-revalidate while fresh', '9111 5.2.2.2', cc('max-age=3600, must-revalidate'), REUSED],
  ['proxy-revalidate while fresh', '9111 5.2.2.8', cc('max-age=3600, proxy-revalidate'), REUSED],
  ['Expires', '9111 5.3', { Date: 0, Expires: HOUR }, REUSED],
  ['Expires without Date', '9111 5.3', { Expires: HOUR }, REUSED],
  ['Expires beside a Date that is none', '9111 5.3', { Date: 'foo', Expires: HOUR }, REUSED],
  ['Expires of RFC 850', '9110 5.6.7', { Expires: 'Thursday, 18-Aug-50 02:01:18 GMT' }, REUSED],
  ['Expires of asctime', '9110 5.6.7', { Expires: 'Thu Aug  8 02:01:18 2050' }, REUSED],
  ['Expires in another case', '9111 4.2', { Expires: 'THU, 18 aug 2050 02:01:18 gMT' }, REUSED],
  ['Expires in UTC', '9111 4.2', { Expires: 'Thu, 18 Aug 2050 02:01:18 UTC' }, REUSED],
  ['an Age below the lifetime', '9111 4.2.3', { ...cc('max-age=3600'), Age: '1800' }, REUSED],
  ['the first member of a list of ages', '9111 5.1', { ...cc('max-age=3600'), Age: '0, 7200' }, REUSED],
  ['an Age that is no number as none', '9111 5.1', { ...cc('max-age=3600'), Age: 'abc' }, REUSED],
  ['an Age below zero as none', '9111 5.1', { ...cc('max-age=3600'), Age: '-7200' }, REUSED],
  ['a Date in the future as now', '9111 4.2.3', { ...cc('max-age=3600'), Date: HOUR }, REUSED],
  ['Pragma beside Cache-Control as nothing', '9111 5.4', { ...cc('max-age=3600'), Pragma: 'no-cache' }, REUSED],
])('reused: %s (RFC %s)', async (_, __, fields, expected) =>
  expect(await statusTwice(site, { fields })).toEqual(expected),
);

test.each<Case>([
  ['nothing said', '9111 4.2.2', {}, notStored('no-lifetime')],
  ['immutable and nothing else', '8246 2', cc('immutable'), notStored('no-lifetime')],
  ['max-age=0', '9111 4.2', cc('max-age=0'), EXPIRED],
  ['max-age=0 before Expires', '9111 5.3', { ...cc('max-age=0'), Expires: HOUR }, EXPIRED],
  ['s-maxage=0 before max-age', '9111 5.2.2.10', cc('max-age=3600, s-maxage=0'), EXPIRED],
  ['max-age below zero', '9111 4.2.1', cc('max-age=-3600'), EXPIRED],
  ['max-age with a fraction', '9111 4.2.1', cc('max-age=3600.5'), EXPIRED],
  ['max-age with letters', '9111 4.2.1', cc('max-age=3600a'), EXPIRED],
  ['max-age in single quotes', '9111 5.2', cc("max-age='3600'"), EXPIRED],
  ['max-age without a number', '9111 4.2.1', cc('max-age'), EXPIRED],
  ['max-age that contradicts itself', '9111 4.2.1', cc('max-age=3600', 'max-age=1800'), EXPIRED],
  ['max-age within a quoted string', '9111 5.2', cc('ext="max-age=3600", max-age=0'), EXPIRED],
  ['an Expires of now', '9111 4.2', { Date: 0, Expires: 0 }, EXPIRED],
  ['an Expires of the past', '9111 5.3', { Date: 0, Expires: -HOUR }, EXPIRED],
  ['an Expires before its Date', '9111 5.3', { Date: 400, Expires: 300 }, EXPIRED],
  ['Expires: 0', '9111 5.3', { Expires: '0' }, EXPIRED],
  ['Expires without a comma', '9110 5.6.7', { Expires: 'Thu 18 Aug 2050 02:01:18 GMT' }, EXPIRED],
  ['Expires in another zone', '9111 4.2', { Expires: 'Thu, 18 Aug 2050 02:01:18 AEST' }, EXPIRED],
  ['Expires with one digit of an hour', '9110 5.6.7', { Expires: 'Thu, 18 Aug 2050 2:01:18 GMT' }, EXPIRED],
  ['Expires that is a number of seconds', '9110 5.6.7', { Expires: '3600' }, EXPIRED],
  ['an Age of the lifetime', '9111 4.2', { ...cc('max-age=3600'), Age: '3600' }, EXPIRED],
  ['an Age above the lifetime', '9111 4.2.3', { ...cc('max-age=3600'), Age: '7200' }, EXPIRED],
  ['an Age above all numbers', '9111 1.2.2', { ...cc('max-age=3600'), Age: '9'.repeat(500) }, EXPIRED],
  ['a Date before the lifetime', '9111 4.2.3', { ...cc('max-age=3600'), Date: -2 * HOUR }, EXPIRED],
  ['an Age above Expires less Date', '9111 4.2.3', { Date: 10, Expires: 20, Age: '15' }, EXPIRED],
  ['no-store', '9111 5.2.2.5', cc('max-age=3600, No-StOrE'), notStored('no-store')],
  ['private', '9111 5.2.2.7', cc('private, max-age=3600'), notStored('private')],
  ['private for a field, as for all', '9111 5.2.2.7', cc('private="X-User", max-age=3600'), notStored('private')],
  ['no-cache', '9111 5.2.2.4', cc('No-CaChE, max-age=3600'), notStored('no-cache')],
  ['no-cache for a field, as for all', '9111 5.2.2.4', cc('max-age=3600, no-cache="a, b"'), notStored('no-cache')],
  ['Pragma: no-cache and nothing else', '9111 5.4', { Expires: HOUR, Pragma: 'no-cache' }, notStored('no-cache')],
])('not reused: %s (RFC %s)', async (_, __, fields, expected) =>
  expect(await statusTwice(site, { fields })).toEqual(expected),
);

test.each<Case>([
  ['a day since it changed', '9111 4.2.2', { Date: 0, 'Last-Modified': -24 * HOUR }, REUSED],
  ['a 204 likewise', '9110 15.1', { ':status': '204', 'Last-Modified': -24 * HOUR }, REUSED],
  ['no-cache all the same', '9111 5.2.2.4', { ...cc('no-cache'), 'Last-Modified': -HOUR }, notStored('no-cache')],
  ['max-age=0 all the same', '9111 4.2.2', { ...cc('max-age=0'), 'Last-Modified': -HOUR }, EXPIRED],
  ['a change just now', '9111 4.2.2', { 'Last-Modified': -5 }, notStored('no-lifetime')],
  ['a Last-Modified that is no date', '9111 4.2.2', { 'Last-Modified': 'yesterday' }, notStored('no-lifetime')],
  ['no Last-Modified', '9111 4.2.2', {}, notStored('no-lifetime')],
  [
    'a status that is not for that',
    '9111 4.2.2',
    { ':status': '202', 'Last-Modified': -24 * HOUR },
    notStored('status'),
  ],
  ['it, when public', '9111 4.2.2', { ':status': '202', ...cc('public'), 'Last-Modified': -24 * HOUR }, REUSED],
])('heuristic freshness by %s (RFC %s)', async (_, __, { ':status': status = 200, ...fields }, expected) =>
  expect(await statusTwice(heuristic, { status: Number(status), fields })).toEqual(expected),
);

/** Asks until the answer is another one, and gives all that were the same. */
async function untilAnother(path: string): Promise<RawAnswer[]> {
  const answers = [await ask(site.address, path)];
  for (;;) {
    const answer = await ask(site.address, path);
    if (answer.body !== answers[0]?.body) return answers;
    answers.push(answer);
    await wait(20);
  }
}

test.each([
  ['a lifetime of two seconds', cc('max-age=2')],
  ['an age of two seconds less than the lifetime', { ...cc('max-age=3600'), Age: '3598' }],
  ['an Expires of two seconds later', { Date: 0, Expires: 2 }],
])('%s is over when the age has reached it (RFC 9111 4.2)', async (_, fields: Fields) => {
  const path = casePath();
  site.origin.on(path, saying({ fields }));
  const lifetime = fields.Age === undefined ? 2 : HOUR;
  const hits = (await untilAnother(path)).filter((answer) => cacheStatus(answer) === 'hit');
  expect(hits.filter(({ headers }) => Number(headers.age) >= lifetime)).toEqual([]);
});

test('a lifetime of a second lasts two at most, as Memcached counts whole ones (RFC 9111 4.2)', async () => {
  const path = casePath();
  site.origin.on(path, saying({ fields: cc('max-age=1') }));
  const hits = (await untilAnother(path)).filter((answer) => cacheStatus(answer) === 'hit');
  expect(hits.filter(({ headers }) => Number(headers.age) > 1)).toEqual([]);
});

test('Date and every field of the lifetime stand on a hit as they came (RFC 9111 4, 9110 6.6.1)', async () => {
  const path = casePath();
  const fields = { Date: -10, Expires: HOUR, 'Cache-Control': 'max-age=3600, foo="b, c"', 'Last-Modified': -HOUR };
  site.origin.on(path, saying({ fields }));
  const [miss, hit] = [await ask(site.address, path), await ask(site.address, path)];
  expect([reuse(hit), hit.headers['cache-control']]).toEqual(['hit', fields['Cache-Control']]);
  for (const name of ['date', 'expires', 'last-modified', 'cache-control'])
    expect(hit.headers[name]).toBe(miss.headers[name]);
});
