import { ask, askUntilHit } from '../support/raw-http';
import type { TestSite } from '../support/test-site';
import { isOwn, MARK } from './attack';
import { startCarelessSite } from './careless-origin';

let site: TestSite;
beforeAll(async () => {
  site = await startCarelessSite({
    key: {
      variants: [
        { name: 'pv', source: 'cookie', field: 'pv', values: ['a', 'b', 'b-device'] },
        { name: 'device', source: 'header', field: 'X-Device', values: ['desktop', 'mobile'] },
        { name: 'lang', source: 'language', values: ['en', 'de'] },
      ],
    },
  });
});
afterAll(() => site?.stop());

type Headers = Record<string, string>;
type Request = readonly [target: string, headers?: Headers];

const page = async ([target, headers = {}]: Request) => (await askUntilHit(site.address, target, headers)).body;

test.each<[string, Request, Request]>([
  ['a path and a query', ['/a?b'], ['/a/b']],
  ['a query and a path with a space', ['/b?x=1'], ['/x=1%20/b']],
  ['a query and the path behind it', ['/b/c?a'], ['/c?a/b']],
  ['a variant and the query behind it', ['/l?x', { 'Accept-Language': 'de' }], ['/l?dex']],
  ['no query and a path that begins with one', ['/%20/a'], ['/a']],
  ['a host and a path', ['/b/c', { Host: 'a' }], ['/c', { Host: 'a.b' }]],
  ['a host and its longer one', ['/x', { Host: 'ab' }], ['/bx', { Host: 'a' }]],
  ['a variant and a parameter', ['/v?pv=b'], ['/v', { Cookie: 'pv=b' }]],
  ['two variants', ['/v2', { Cookie: 'pv=b' }], ['/v2', { 'X-Device': 'mobile' }]],
  ['a variant and both', ['/v3', { Cookie: 'pv=b', 'X-Device': 'mobile' }], ['/v3', { Cookie: 'pv=b' }]],
  ['values that begin alike', ['/v4', { Cookie: 'pv=b' }], ['/v4', { Cookie: 'pv=b-device' }]],
  ['languages', ['/v5', { 'Accept-Language': 'de' }], ['/v5', { 'Accept-Language': 'en' }]],
  ['a parameter and its encoding', ['/p?a=1&b=2'], ['/p?a=1%26b=2']],
  ['the order of one name', ['/p?a=1&a=2'], ['/p?a=2&a=1']],
  ['an empty value and none', ['/p?a='], ['/p?a']],
  ['a name and a value', ['/p?=a'], ['/p?a']],
  ['a plus and a space', ['/p?a+b'], ['/p?a%20b']],
  ['the case of a parameter', ['/p?A=1'], ['/p?a=1']],
  ['the case of a path', ['/P'], ['/p']],
  ['a slash at the end', ['/s/'], ['/s']],
  ['a query and a question mark in it', ['/q?a?b'], ['/q?a&b']],
  ['one parameter and two', ['/q?ab=1'], ['/q?a&b=1']],
])('%s that could run together are two pages', async (_, one, other) => {
  expect(await page(one)).not.toBe(await page(other));
  expect(await page(one)).not.toBe(await page(other));
});

test.each<[string, Request, Request]>([
  ['an escape that need not be', ['/%61b'], ['/ab']],
  ['escapes in both cases', ['/%c3%a9'], ['/%C3%A9']],
  ['the order of different parameters', ['/o?b=1&a=2'], ['/o?a=2&b=1']],
  ['empty parameters', ['/e?a=1&&'], ['/e?a=1']],
  ['an empty query', ['/e2?'], ['/e2']],
  ['the case of a host', ['/h', { Host: 'WWW.example.com' }], ['/h']],
  ['a value that is not declared', ['/n', { Cookie: 'pv=c' }], ['/n']],
  ['a harmless cookie', ['/g', { Cookie: '_ga=1' }], ['/g']],
])('%s makes no other page', async (_, one, other) => {
  expect(await page(one)).toBe(await page(other));
});

const FORGED: [string, Headers][] = [
  ['a value that is not declared', { Cookie: `pv=${MARK}` }],
  ['a value that goes on', { Cookie: `pv=b${MARK}` }],
  ['a value that begins otherwise', { Cookie: `pv=${MARK}b` }],
  ['a value that names the next variant', { Cookie: `pv=b%3Bdevice=mobile${MARK}` }],
  ['a header that names the next variant', { 'X-Device': `mobile;lang=de${MARK}` }],
  ['a header of several values', { 'X-Device': `mobile, ${MARK}` }],
  ['a value with a space', { Cookie: `pv=b ${MARK}` }],
  ['a value in quotes', { Cookie: `pv="b";_ga=${MARK}` }],
  ['a value in another case', { Cookie: `pv=B;_ga=${MARK}` }],
  ['a name in another case', { Cookie: `PV=b; _ga=${MARK}` }],
  ['a name that goes on', { Cookie: `pvx=${MARK}` }],
  ['a name that begins otherwise', { Cookie: `xpv=${MARK}` }],
  ['a name with a space', { Cookie: `pv =${MARK}` }],
  ['a name in brackets', { Cookie: `pv[]=${MARK}` }],
  ['a harmless name that goes on', { Cookie: `_gax=${MARK}` }],
  ['a harmless name that begins otherwise', { Cookie: `x_ga=${MARK}` }],
  ['a harmless name in another case', { Cookie: `_GA=${MARK}` }],
  ['a cookie twice', { Cookie: `pv=a; pv=${MARK}` }],
  ['a cookie twice, the other way round', { Cookie: `pv=${MARK}; pv=a` }],
  ['a cookie twice, with a harmless one between', { Cookie: `pv=a; _ga=${MARK}; pv=b` }],
  ['a cookie without a name', { Cookie: `=${MARK}` }],
  ['a cookie without a value', { Cookie: MARK }],
  ['a cookie behind a comma', { Cookie: `_ga=1, pv=${MARK}` }],
  ['a language that is none', { 'Accept-Language': MARK }],
  ['a language that begins like one', { 'Accept-Language': `de${MARK}` }],
  ['languages without end', { 'Accept-Language': `${'de,'.repeat(2000)}${MARK}` }],
  ['the header of variants', { 'X-Nms-Variants': `pv=${MARK};device=mobile;lang=de` }],
];

test.each(FORGED)('%s: a declared rendering, or the answer to the whole request', async (name, headers) => {
  const path = `/forged/${FORGED.findIndex(([one]) => one === name)}`;
  const answers = [await ask(site.address, path, headers), await ask(site.address, path, headers)];
  for (const answer of answers) {
    expect(answer.body.includes(MARK)).toBe(isOwn(answer));
  }
  for (const declared of [{}, { Cookie: 'pv=b' }, { 'X-Device': 'mobile' }, { 'Accept-Language': 'de' }] as Headers[]) {
    expect(await page([path, declared])).not.toContain(MARK);
  }
});
