import fc from 'fast-check';
import {
  decodePage,
  decodePassMarker,
  encodePage,
  encodePassMarker,
  kindOfValue,
} from '../../../lambda/core/page-format';
import type { HeaderPair, PageResponse } from '../../../lambda/core/page';

const token = fc.string({ unit: fc.constantFrom(..."abcXYZ019!#$%&'*+-.^_`|~"), minLength: 1, maxLength: 12 });
const value = fc
  .string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((c) => c !== 0x7f)
      .map((c) => String.fromCharCode(c)),
  })
  .map((text) => text.replace(/^ +| +$/g, ''));
const header = fc.tuple(
  token.filter((name) => name.toLowerCase() !== 'content-length'),
  value,
);
const page: fc.Arbitrary<PageResponse> = fc.record({
  status: fc.constantFrom(200, 203, 300, 301, 302, 307, 308),
  headers: fc.array<HeaderPair>(header),
  body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

describe('encodePage', () => {
  test('writes a whole HTTP response with its exact length', () => {
    const written = encodePage({ status: 301, headers: [['Location', '/é']], body: Buffer.from('moved\r\n\r\n') });
    expect(written.toString('latin1')).toBe(
      'HTTP/1.1 301 Moved Permanently\r\nLocation: /é\r\nContent-Length: 9\r\n\r\nmoved\r\n\r\n',
    );
  });

  test('writes a page without body as a value that is not empty', () => {
    const written = encodePage({ status: 200, headers: [], body: Buffer.alloc(0) });
    expect(written.toString('latin1')).toBe('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    expect(kindOfValue(written)).toBe('page');
  });
});

describe('decodePage', () => {
  test('gives back every page that was written', () => {
    fc.assert(fc.property(page, (original) => expect(decodePage(encodePage(original))).toEqual(original)));
  });

  test('takes no value that was cut or lengthened', () => {
    fc.assert(
      fc.property(page, fc.nat(), (original, cut) => {
        const written = encodePage(original);
        expect(decodePage(written.subarray(0, cut % written.length))).toBeUndefined();
        expect(decodePage(Buffer.concat([written, Buffer.of(cut % 256)]))).toBeUndefined();
      }),
    );
  });

  test('takes of changed bytes only what is a page again', () => {
    fc.assert(
      fc.property(page, fc.nat(), fc.nat(255), (original, at, byte) => {
        const written = encodePage(original);
        written[at % written.length] = byte;
        const read = decodePage(written);
        expect(read === undefined || encodePage(read).length > 0).toBe(true);
        expect(read === undefined || read.body.length === original.body.length).toBe(true);
      }),
    );
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodePage(Buffer.from(bytes))));
  });

  test.each([
    '',
    'pass vary',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n',
    'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: +0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX y: 1\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX: a\nY: b\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\n folded\r\nContent-Length: 0\r\n\r\n',
  ])('takes no %j', (text) => {
    expect(decodePage(Buffer.from(text, 'latin1'))).toBeUndefined();
  });
});

describe('a pass marker', () => {
  test('says its reason and is no page', () => {
    const marker = encodePassMarker('set-cookie');
    expect(marker.toString()).toBe('pass set-cookie');
    expect([kindOfValue(marker), decodePassMarker(marker), decodePage(marker)]).toEqual([
      'pass',
      'set-cookie',
      undefined,
    ]);
  });

  test('of another release may say a reason that is not known', () => {
    expect(decodePassMarker(Buffer.from('pass moonlight'))).toBeUndefined();
    expect(decodePassMarker(Buffer.from('pass toString'))).toBeUndefined();
    expect(decodePassMarker(Buffer.from('xxxx vary'))).toBeUndefined();
  });
});

test('an empty value is a lease', () => {
  expect(kindOfValue(Buffer.alloc(0))).toBe('lease');
});
