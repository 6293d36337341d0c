import fc from 'fast-check';
import type { HeaderPair } from '../../../lambda/core/page';
import { canValidate, conditionalHeaders, confirms, validatorsOf } from '../../../lambda/core/validators';
import { NOON } from './page-cache-world';

const DATE = 'Sun, 01 Mar 2026 12:00:00 GMT';
const tag = (value: string): HeaderPair => ['ETag', value];
const modified = (value: string): HeaderPair => ['Last-Modified', value];

describe('the validators of a response', () => {
  test.each<[string, HeaderPair[], object]>([
    ['are its strong entity tag', [tag('"a"')], { etag: '"a"' }],
    ['are its weak entity tag', [['etag', 'W/"a"']], { etag: 'W/"a"' }],
    ['are an empty entity tag', [tag('""')], { etag: '""' }],
    ['are an entity tag of odd characters', [tag('"\xe9\\,\'"')], { etag: '"\xe9\\,\'"' }],
    ['are its date', [modified(DATE)], { lastModified: DATE }],
    ['are both', [modified(DATE), tag('"a"')], { etag: '"a"', lastModified: DATE }],
    ['are none', [['Date', DATE]], {}],
    ['are not what has no quotes', [tag('a')], {}],
    ['are not what has a quote within', [tag('"a"b"')], {}],
    ['are not what has a space within', [tag('"a b"')], {}],
    ['are not what has a lower-case w', [tag('w/"a"')], {}],
    ['are not two entity tags', [tag('"a"'), tag('"b"')], {}],
    ['are not two dates', [modified(DATE), modified(DATE)], {}],
    ['are not what is no date', [modified('2026-03-01')], {}],
  ])('%s', (_, headers, expected) => expect(validatorsOf(headers, NOON)).toEqual(expected));

  test('can be asked with where there is one', () => {
    expect([{}, { etag: '"a"' }, { lastModified: DATE }].map(canValidate)).toEqual([false, true, true]);
  });

  test('are all sent, as they came', () => {
    expect(conditionalHeaders({ etag: 'W/"a"', lastModified: DATE })).toEqual([
      ['If-None-Match', 'W/"a"'],
      ['If-Modified-Since', DATE],
    ]);
    expect(conditionalHeaders({})).toEqual([]);
  });

  test('are never more than can be sent in a header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = validatorsOf([tag(text), modified(text)], NOON);
        for (const value of Object.values(read)) expect(value).toMatch(/^[\x21-\x7e\x80-\xff ]*$/);
      }),
    );
  });
});

describe('a 304 is about what was asked', () => {
  const both = { etag: '"a"', lastModified: DATE };
  test.each<[string, HeaderPair[], object, boolean]>([
    ['with the same strong tag', [tag('"a"')], { etag: '"a"' }, true],
    ['with the same weak tag', [tag('W/"a"')], { etag: 'W/"a"' }, true],
    ['with a weaker tag', [tag('W/"a"')], { etag: '"a"' }, true],
    ['with no validator', [], both, true],
    ['with the same date', [modified(DATE)], both, true],
    ['with the same tag and a new date', [tag('"a"'), modified('Mon, 02 Mar 2026 12:00:00 GMT')], both, true],
    ['with a date where it was asked by a tag only', [modified(DATE)], { etag: '"a"' }, true],
    ['with a stronger tag', [tag('"a"')], { etag: 'W/"a"' }, true],
    ['not with another tag', [tag('"b"')], both, false],
    ['not with another weak tag', [tag('W/"b"')], both, false],
    ['not with two tags', [tag('"a"'), tag('"b"')], both, false],
    ['not with a tag where there was none', [tag('"a"')], { lastModified: DATE }, false],
    ['not with a weak tag where there was none', [tag('W/"a"')], { lastModified: DATE }, false],
    ['not with another date', [modified('Mon, 02 Mar 2026 12:00:00 GMT')], both, false],
  ])('%s', (_, headers, asked, expected) => expect(confirms(headers, asked)).toBe(expected));
});
