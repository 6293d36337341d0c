import { askTwice, type Fields, notStored, REUSED, statusTwice } from '../support/http-case';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({
    storage: { defaultTtl: 0, targetedFields: ['Example-Cache-Control', 'CDN-Cache-Control'] },
  });
});
afterAll(() => site?.stop());

const OWN = 'Example-Cache-Control';
const CDN = 'CDN-Cache-Control';
const ALL = 'Cache-Control';
const EXPIRED = notStored('expired');
const NONE = notStored('no-lifetime');
const NO_STORE = notStored('no-store');

test.each<[requirement: string, section: string, fields: Fields, expected: string[]]>([
  ['the first in the list decides', '2.2', { [ALL]: 'no-store', [CDN]: 'no-store', [OWN]: 'max-age=9' }, REUSED],
  ['the first in the list decides for less', '2.2', { [ALL]: 'max-age=9', [OWN]: 'max-age=0' }, EXPIRED],
  ['the next where it is missing', '2.2', { [ALL]: 'no-store', [CDN]: 'max-age=9' }, REUSED],
  ['the next where it is empty', '2.2', { [OWN]: '', [CDN]: 'max-age=9', [ALL]: 'max-age=0' }, REUSED],
  ['the next where it is no Dictionary', '2.2', { [OWN]: 'max-age=0, &', [CDN]: 'max-age=9' }, REUSED],
  ['the next where its name is in upper case', '2.2', { [OWN]: 'Max-Age=0', [CDN]: 'max-age=9' }, REUSED],
  ['Cache-Control where there is none', '2.2', { [ALL]: 'max-age=9' }, REUSED],
  ['Cache-Control where all are broken', '2.2', { [OWN]: 'max-age=', [CDN]: '=', [ALL]: 'max-age=9' }, REUSED],
  ['Expires does not count beside one', '2.2', { [CDN]: 'public', Expires: 3600 }, NONE],
  ['Expires does not count against one', '2.2', { [CDN]: 'max-age=9', Expires: '0' }, REUSED],
  ['Pragma does not count beside one', '2.2', { [CDN]: 'max-age=9', Pragma: 'no-cache' }, REUSED],
  ['Age counts', '2.2', { [CDN]: 'max-age=9', Age: '9' }, EXPIRED],
  ['s-maxage before max-age', '2.2', { [CDN]: 'max-age=0, s-maxage=9' }, REUSED],
  ['no-store makes max-age inoperative', '2.2', { [CDN]: 'max-age=9, no-store', [ALL]: 'max-age=9' }, NO_STORE],
  ['no-cache does', '2.2', { [CDN]: 'max-age=9, no-cache' }, notStored('no-cache')],
  ['private does', '2.2', { [CDN]: 'max-age=9, private' }, notStored('private')],
  ['extensions are ignored', '2.2', { [CDN]: 'foo, bar=(1 2);q=?0, baz=:AQ==:, max-age=9' }, REUSED],
  ['parameters are ignored', '2.1', { [CDN]: 'max-age=9;max-age=0;no' }, REUSED],
  ['several lines are one', '2.1', { [CDN]: ['foo', 'max-age=9'] }, REUSED],
  ['the last of a repeated member counts', '2.1', { [CDN]: 'max-age=0, max-age=9' }, REUSED],
  ['a max-age that is a String cannot be read', '2.1', { [CDN]: 'max-age="9"', [ALL]: 'max-age=9' }, EXPIRED],
  ['a max-age that is a Decimal cannot be read', '2.1', { [CDN]: 'max-age=9.5', [ALL]: 'max-age=9' }, EXPIRED],
  ['a broken one that forbids is obeyed all the same', '2.2', { [OWN]: 'No-Store', [CDN]: 'max-age=9' }, NO_STORE],
  ['a field that is not in the list changes nothing', '2.2', { 'Other-Cache-Control': 'max-age=9' }, NONE],
  ['Surrogate-Control, not in the list, changes nothing', '2.2', { 'Surrogate-Control': 'max-age=9' }, NONE],
])('%s (RFC 9213 %s)', async (_, __, fields, expected) => {
  expect(await statusTwice(site, { fields })).toEqual(expected);
});

test('fields are passed on, as caches in front of the site may use them too (RFC 9213 2.2 and 3.1)', async () => {
  const fields = { [OWN]: 'max-age=60', [CDN]: 'max-age=9', 'Other-Cache-Control': 'x;y', [ALL]: 'no-store' };
  for (const { headers } of await askTwice(site, { fields }))
    expect(headers).toMatchObject({
      'example-cache-control': 'max-age=60',
      'cdn-cache-control': 'max-age=9',
      'other-cache-control': 'x;y',
      'cache-control': 'no-store',
    });
});
