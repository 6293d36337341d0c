import { casePath, type Fields, notStored, REUSED, reuse, saying, statusTwice } from '../support/http-case';
import { ask } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({
    key: {
      variants: [
        { name: 'device', source: 'header', field: 'X-Device', values: ['desktop', 'mobile', 'tablet'] },
        { name: 'plan', source: 'header', field: 'X-Plan', values: ['free', 'paid'] },
        { name: 'language', source: 'language', values: ['en', 'de'] },
      ],
    },
  });
});
afterAll(() => site?.stop());

const vary = (...lines: string[]): Fields => ({ 'Cache-Control': 'max-age=60', Vary: lines });
const REFUSED = notStored('vary');

test.each<[requirement: string, fields: Fields, expected: string[]]>([
  ['no field', vary(''), REUSED],
  ['a declared one', vary('X-Device'), REUSED],
  ['declared ones in any case and order', vary('x-plan,X-DEVICE'), REUSED],
  ['declared ones in several lines', vary('X-Plan', 'X-Device'), REUSED],
  ['declared ones among empty members and white space', vary(' ,, X-Device\t, ,', '', ',X-Plan'), REUSED],
  ['the language', vary('accept-LANGUAGE'), REUSED],
  ['what every rendering is asked alike', vary('Accept-Encoding, Cookie, Origin, Authorization'), REUSED],
  ['everything', vary('*'), REFUSED],
  ['everything, twice', vary('*, *'), REFUSED],
  ['everything, in two lines', vary('*', '*'), REFUSED],
  ['everything, after an empty member', vary(', *'), REFUSED],
  ['everything, after an empty line', vary('', '*'), REFUSED],
  ['everything, before a declared one', vary('*, X-Device'), REFUSED],
  ['everything, after a declared one', vary('X-Device, *'), REFUSED],
  ['a field that is not declared', vary('X-Other'), REFUSED],
  ['a declared one and one that is not', vary('X-Device', 'X-Other'), REFUSED],
])('Vary with %s (RFC 9111 4.1)', async (_, fields, expected) => {
  expect(await statusTwice(site, { fields })).toEqual(expected);
});

test('requests that differ in a declared field have pages of their own, others share one (RFC 9111 4.1)', async () => {
  const path = casePath();
  const fields = vary('X-Device, X-Plan');
  site.origin.on(path, saying({ fields }));
  const of = async (headers: Record<string, string>) => {
    const { body } = await ask(site.address, path, headers);
    return body;
  };
  const first = await of({ 'X-Device': 'mobile', 'X-Plan': 'paid' });
  expect(await of({ 'X-Plan': 'paid', 'X-Device': '\t mobile \t', 'X-Unrelated': '1' })).toBe(first);
  const others = [
    await of({ 'X-Device': 'mobile' }),
    await of({ 'X-Device': 'tablet', 'X-Plan': 'paid' }),
    await of({ 'X-Plan': 'paid' }),
    await of({}),
  ];
  expect(new Set([first, ...others]).size).toBe(5);
  // What the site does not know is what a request without the field is: the rendering never sees another value.
  expect(await of({ 'X-Device': 'Mobile', 'X-Plan': 'FREE' })).toBe(others[3]);
});

test.each([
  ['their order', 'en, de', 'de, en', false],
  ['case', 'de', 'DE', true],
  ['white space', 'de,en;q=0.5', ' de ,  en;q=0.5', true],
  ['weights', 'de;q=1.0, en;q=0.5', 'de, en;q=0.1', true],
  ['languages that are not there', 'fr, de;q=0.5', 'de', true],
])('languages that differ in %s', async (_, one, other, isShared) => {
  const path = casePath();
  site.origin.on(path, saying({ fields: vary('Accept-Language') }));
  await ask(site.address, path, { 'Accept-Language': one });
  const second = await ask(site.address, path, { 'Accept-Language': other });
  expect(reuse(second)).toBe(isShared ? 'hit' : 'fwd=uri-miss; stored');
});
