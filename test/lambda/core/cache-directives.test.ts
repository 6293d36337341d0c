import fc from 'fast-check';
import { allows, cacheDirectives } from '../../../lambda/core/cache-directives';
import type { HeaderPair } from '../../../lambda/core/page';

const FIELDS = ['Own-Cache-Control', 'CDN-Cache-Control'];
const read = (...headers: HeaderPair[]) => cacheDirectives({ status: 200, headers }, FIELDS);

const latin1 = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
});
// What breaks parsers of these fields.
const odd = fc
  .array(fc.oneof(latin1, fc.constantFrom('"', '\\', ',', ';', '=', ' ', '\t', 'max-age=', 'public', '?0', '(', ':')), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));
const name = fc.constantFrom(...FIELDS, 'Cache-Control');
const lines = fc.array(fc.tuple(name, odd), { maxLength: 6 });

test('no text makes it throw, and what it reads allows nothing that is not there', () => {
  fc.assert(
    fc.property(lines, (headers) => {
      const directives = read(...headers);
      const text = headers.map(([, value]) => value.toLowerCase()).join();
      for (const directive of ['public', 's-maxage', 'must-revalidate', 'must-understand', 'max-age'])
        expect(!allows(directives, directive) || text.includes(directive)).toBe(true);
    }),
  );
});

test.each(['no-store', 'private', 'no-cache'])(
  'a member %s in Cache-Control forbids, whatever stands around it',
  (word) => {
    // Without a targeted field that counts. A quote before it might take it in; it forbids all the same.
    fc.assert(
      fc.property(odd, odd, fc.constantFrom(word, word.toUpperCase(), `${word}="a"`), (before, after, member) => {
        expect(read(['Cache-Control', `${before}, ${member} ,${after}`]).forbidden).toBeDefined();
      }),
    );
  },
);

test('a list of directives is read as it was written, in any case and with any white space', () => {
  const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
  const quoted = fc.stringMatching(/^[a-z0-9 ,;=]{0,12}$/);
  const space = fc.constantFrom('', ' ', '\t', '  ');
  const member = fc.record({ name: token, value: fc.option(fc.oneof(token, quoted), { nil: undefined }), space });
  fc.assert(
    fc.property(fc.uniqueArray(member, { selector: ({ name }) => name, maxLength: 8 }), (members) => {
      const text = members
        .map(
          ({ name, value, space }) =>
            `${space}${name.toUpperCase()}${value === undefined ? '' : `="${value}"`}${space}`,
        )
        .join(',');
      const { values } = read(['Cache-Control', text]);
      expect([...values]).toEqual(members.map(({ name, value = '' }) => [name, [value]]));
    }),
  );
});

test.each<[string, HeaderPair[], boolean]>([
  ['without an argument', [['Cache-Control', 'public']], true],
  ['in upper case', [['Cache-Control', 'PUBLIC']], true],
  ['as a member of a Dictionary', [['CDN-Cache-Control', 'public']], true],
  ['that says of itself that it is not', [['CDN-Cache-Control', 'public=?0']], false],
  [
    'in a field that does not count',
    [
      ['CDN-Cache-Control', 'max-age=1'],
      ['Cache-Control', 'public'],
    ],
    false,
  ],
  ['within another name', [['Cache-Control', 'x-public, public-x']], false],
  ['within a quoted string', [['Cache-Control', 'x="public"']], false],
])('a directive %s allows: %s', (_, headers, expected) => expect(allows(read(...headers), 'public')).toBe(expected));

test.each(['stale-if-error=60', 'stale-while-revalidate=60', 'other', 'content="SSI/1.0"'])(
  'a targeted field that does not say whether to store leaves what Cache-Control forbids: %s',
  (value) => {
    expect(read(['CDN-Cache-Control', value], ['Cache-Control', 'private'])).toMatchObject({
      targeted: true,
      forbidden: 'private',
    });
    expect(read(['CDN-Cache-Control', value], ['Cache-Control', 'max-age=1']).forbidden).toBeUndefined();
    expect(read(['CDN-Cache-Control', `${value}, max-age=1`], ['Cache-Control', 'no-store']).forbidden).toBeUndefined();
  },
);
