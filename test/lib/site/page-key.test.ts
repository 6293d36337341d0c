import fc from 'fast-check';
import { canonicalPath } from '../../../lib/site/canonical-path';
import { canonicalQuery } from '../../../lib/site/canonical-query';
import { type KeyParts, keySpecVersion, pageKey, parseVariantsText, variantsText } from '../../../lib/site/page-key';
import { parseSiteConfig } from '../../../lib/site/site-config';

const variants = [
  { name: 'pv', source: 'cookie', field: 'pv', values: ['a', 'b'] },
  { name: 'device', source: 'header', field: 'X-Device', values: ['desktop', 'mobile'] },
];
const config = parseSiteConfig({ site: 'demo', key: { variants } });

// Few letters, many separators: what could run together, would.
const visible = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 5 });
const parts: fc.Arbitrary<KeyParts> = fc.record({
  scheme: fc.constantFrom('http', 'https'),
  host: fc.constantFrom('a', 'b', 'a.b', 'http'),
  path: visible('ab/=;&').map((text) => canonicalPath(`/${text}`) ?? '/%20'),
  query: visible('ab=&;/|:').map((text) => canonicalQuery(text, { policy: 'all' })),
  variants: fc.record({ pv: fc.constantFrom('a', 'b'), device: fc.constantFrom('desktop', 'mobile') }),
});

test('two canonical requests share a key only if they are the same', () => {
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      expect(pageKey(config, one) === pageKey(config, other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 20_000 },
  );
});

test('a key consists of the site, the spec version and a hash, whatever was asked for', () => {
  fc.assert(fc.property(parts, (one) => expect(pageKey(config, one)).toMatch(/^demo:1\.[0-9a-f]{8}:[0-9a-f]{32}$/)));
});

test('with one page for both schemes, the scheme is not part of the key', () => {
  const same = parseSiteConfig({ site: 'demo', key: { scheme: 'same' } });
  const page = { host: 'a', path: '/', query: '', variants: {} };
  expect(pageKey(same, { ...page, scheme: 'http' })).toBe(pageKey(same, { ...page, scheme: 'https' }));
});

test.each([
  ['a constant header of renderings', { fill: { headers: { 'X-Edition': 'eu' } } }],
  ["a variant's definition", { key: { variants: [{ ...variants[0], field: 'other' }, variants[1]] } }],
  ['a header that says the scheme', { scheme: { headers: [{ name: 'X-Forwarded-SSL', value: 'on' }] } }],
  ['that HTML is minified', { storage: { minify: true } }],
  ['that it is below a path', { storage: { routes: [{ path: '/a', minify: true }] } }],
  ['the number raised by hand', { key: { variants, version: 2 } }],
])('%s changes the spec version', (_, change) => {
  expect(keySpecVersion(parseSiteConfig({ site: 'demo', key: { variants }, ...change }))).not.toBe(
    keySpecVersion(config),
  );
});

test('the query policy does not change the spec version: it decides which canonical request is made, not what it means', () => {
  expect(keySpecVersion(parseSiteConfig({ site: 'demo', key: { variants, query: { policy: 'all' } } }))).toBe(
    keySpecVersion(config),
  );
});

test('what is said of the variants between nginx and the writer is read back', () => {
  const chosen = { pv: 'b', device: 'mobile' };
  expect(parseVariantsText(config, variantsText(config, chosen))).toEqual(chosen);
});

test.each(['', 'pv=b', 'pv=c;device=mobile', 'device=mobile;pv=b', 'pv=b;device=mobile;x=y', 'pv=b=b;device=mobile'])(
  'fails to read variants that are not exactly the declared ones: %j',
  (text) => expect(parseVariantsText(config, text)).toBeUndefined(),
);
