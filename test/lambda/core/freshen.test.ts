import fc from 'fast-check';
import { freshen } from '../../../lambda/core/freshen';
import type { KeptCopy } from '../../../lambda/core/kept-copy';
import type { HeaderPair } from '../../../lambda/core/page';
import { NOON, textPage } from './page-cache-world';

const LATER = 'Mon, 02 Mar 2026 12:00:00 GMT';
const copy: KeptCopy = {
  page: textPage('body', [
    ['ETag', 'W/"1"'],
    ['Content-Encoding', 'gzip'],
    ['Age', '7'],
    ['Vary', 'Accept-Encoding'],
    ['X', 'old'],
    ['X', 'older'],
  ]),
  freshUntil: NOON / 1000,
  tags: ['news'],
  validators: { etag: '"1"' },
};
const by = (...headers: HeaderPair[]) => freshen(copy, { status: 304, headers, body: Buffer.of() }, NOON);
const stored: HeaderPair[] = [
  ['Content-Type', 'text/plain'],
  ['ETag', 'W/"1"'],
  ['Content-Encoding', 'gzip'],
  ['Vary', 'Accept-Encoding'],
];
const old: HeaderPair[] = [
  ['X', 'old'],
  ['X', 'older'],
];

describe('a 304 gives a copy', () => {
  test.each<[string, HeaderPair[], HeaderPair[]]>([
    ['nothing but time, when it says nothing', [], [...stored, ...old]],
    ['its fields, in place of all lines of the same names', [['x', 'new']], [...stored, ['x', 'new']]],
    [
      'fields that were not there, each line',
      [
        ['Y', '1'],
        ['Y', '2'],
      ],
      [...stored, ...old, ['Y', '1'], ['Y', '2']],
    ],
    [
      'its date and age',
      [
        ['Date', LATER],
        ['Age', '3'],
      ],
      [...stored, ...old, ['Date', LATER], ['Age', '3']],
    ],
    ['a cookie, by which it is refused later', [['Set-Cookie', 'a=b']], [...stored, ...old, ['Set-Cookie', 'a=b']]],
    ['no entity tag but that which nginx compares', [['ETag', '"1"']], [...stored, ...old]],
    [
      'nothing of its own framing',
      [
        ['Content-Length', '9'],
        ['Transfer-Encoding', 'chunked'],
      ],
      [...stored, ...old],
    ],
    [
      'nothing of its connection',
      [
        ['Connection', 'y, close'],
        ['Y', '1'],
        ['Keep-Alive', '5'],
      ],
      [...stored, ...old],
    ],
    [
      'no command to nginx',
      [
        ['X-Accel-Redirect', '/'],
        ['X-Nms-Times', '1 2'],
      ],
      [...stored, ...old],
    ],
    [
      'nothing about the bytes of another body',
      [
        'Content-Encoding',
        'Content-Range',
        'Content-MD5',
        'Content-Digest',
        'Repr-Digest',
        'Digest',
        'Accept-Ranges',
      ].map((name) => [name, 'x']),
      [...stored, ...old],
    ],
  ])('%s', (_, said, headers) => {
    expect(by(...said)).toEqual({
      response: { status: 200, headers, body: Buffer.from('body') },
      validators: { etag: '"1"' },
      tags: ['news'],
    });
  });

  test('a type with other parameters', () => {
    expect(by(['Content-Type', 'Text/Plain; charset=utf-8'])?.response.headers).toContainEqual([
      'Content-Type',
      'Text/Plain; charset=utf-8',
    ]);
  });

  test('a date by which it is asked next', () => {
    expect(by(['Last-Modified', LATER])?.validators).toEqual({ etag: '"1"', lastModified: LATER });
    expect(by(['Last-Modified', 'soon'])?.validators).toEqual({ etag: '"1"' });
  });

  test.each(['Cache-Tag', 'surrogate-key', 'Cache-Groups'])('other tags, by %s', (name) => {
    const freshened = by([name, '"sports"']);
    expect(freshened).toMatchObject({ tags: [] });
    expect(freshened?.response.headers).toContainEqual([name, '"sports"']);
  });
});

test.each<[string, HeaderPair]>([
  ['another validator', ['ETag', '"2"']],
  ['another type', ['Content-Type', 'text/html']],
])('a 304 with %s gives nothing', (_, header) => expect(by(header)).toBeUndefined());

test('whatever a 304 says, the body and its coding stay', () => {
  const name = fc.constantFrom(
    'ETag',
    'content-encoding',
    'Content-Type',
    'CONNECTION',
    'Date',
    'X',
    'Content-Length',
    'Y',
  );
  const value = fc.constantFrom('"1"', 'W/"1"', 'text/plain', 'br', 'content-encoding', '', 'a, b', '\xff');
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (headers) => {
      const freshened = by(...headers);
      if (freshened === undefined) return;
      expect(freshened.response).toMatchObject({ status: 200, body: Buffer.from('body') });
      const codings = freshened.response.headers.filter(([said]) => said.toLowerCase() === 'content-encoding');
      expect(codings).toEqual([['Content-Encoding', 'gzip']]);
    }),
  );
});
