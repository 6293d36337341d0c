import fc from 'fast-check';
import { decodeKept, encodeKept, type KeptCopy } from '../../../lambda/core/kept-copy';
import { encodePage } from '../../../lambda/core/page-format';

const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
const tag = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)), minLength: 1 });
const etag = fc
  .string({ unit: fc.constantFrom('a', '1', '\\', '\x80', '\xff', '{'), maxLength: 9 })
  .map((text) => `"${text}"`);
const copy: fc.Arbitrary<KeptCopy> = fc.record({
  page: fc.record({
    status: fc.constantFrom(200, 301),
    headers: fc.constantFrom([], [['X', '{"tags":[]}'] as const], [['ETag', '"1"'] as const]),
    body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  }),
  freshUntil: fc.nat(),
  tags: fc.array(tag, { maxLength: 128 }),
  validators: fc.record({ etag, lastModified: fc.constant('Sun, 01 Mar 2026 12:00:00 GMT') }, { requiredKeys: [] }),
});

test('a copy is a line of JSON and the page as it lay under its own key', () => {
  const page = { status: 200, headers: [['ETag', '"1"']] as const, body: Buffer.from('{}\n') };
  const written = encodeKept({
    ...{ page, freshUntil: 1_772_000_000, tags: ['news', '"'] },
    validators: { etag: 'W/"\xe9"' },
  });
  const line = '{"freshUntil":1772000000,"tags":["news","\\""],"validators":{"etag":"W/\\"\xe9\\""}}\n';
  expect(written).toEqual(Buffer.concat([Buffer.from(line, 'latin1'), encodePage(page)]));
});

test('a copy of a release that kept no validators is read', () => {
  const read = decodeKept(Buffer.from(`{"freshUntil":1,"tags":["a"]}\n${PAGE}`));
  expect(read).toMatchObject({ freshUntil: 1, tags: ['a'], validators: {} });
});

test('every copy that was written is read back', () => {
  fc.assert(fc.property(copy, (original) => expect(decodeKept(encodeKept(original))).toEqual(original)));
});

test('nothing is read that was cut or lengthened', () => {
  fc.assert(
    fc.property(copy, fc.nat(), (original, cut) => {
      const written = encodeKept(original);
      expect(decodeKept(written.subarray(0, cut % written.length))).toBeUndefined();
      expect(decodeKept(Buffer.concat([written, Buffer.of(cut % 256)]))).toBeUndefined();
    }),
  );
});

test('of changed bytes only what is a copy again is read', () => {
  fc.assert(
    fc.property(copy, fc.nat(), fc.nat(255), (original, at, byte) => {
      const written = encodeKept(original);
      written[at % written.length] = byte;
      const read = decodeKept(written);
      expect(read === undefined || Number.isSafeInteger(read.freshUntil)).toBe(true);
      expect(read === undefined || decodeKept(encodeKept(read))).toEqual(read ?? true);
    }),
  );
});

test('reading never throws', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeKept(Buffer.from(bytes))));
});

test.each([
  '',
  PAGE,
  `\n${PAGE}`,
  `{}\n${PAGE}`,
  `null\n${PAGE}`,
  `{"freshUntil":1}\n${PAGE}`,
  `{"freshUntil":"1","tags":[]}\n${PAGE}`,
  `{"freshUntil":1.5,"tags":[]}\n${PAGE}`,
  `{"freshUntil":-1,"tags":[]}\n${PAGE}`,
  `{"freshUntil":1,"tags":["a b"]}\n${PAGE}`,
  `{"freshUntil":1,"tags":[],"more":1}\n${PAGE}`,
  `{"freshUntil":1,"tags":${JSON.stringify(Array(129).fill('a'))}}\n${PAGE}`,
  `{"freshUntil":1,"tags":[],"validators":null}\n${PAGE}`,
  `{"freshUntil":1,"tags":[],"validators":{"etag":"a"}}\n${PAGE}`,
  `{"freshUntil":1,"tags":[],"validators":{"etag":"\\"a\\"\\r\\nX: y"}}\n${PAGE}`,
  `{"freshUntil":1,"tags":[],"validators":{"lastModified":"a\\r\\nX: y"}}\n${PAGE}`,
  `{"freshUntil":1,"tags":[],"validators":{"more":"1"}}\n${PAGE}`,
  `{"freshUntil":1,"tags":[]}${PAGE}`,
  `{"freshUntil":1,"tags":[]}\npass vary`,
])('takes no %j', (text) => {
  expect(decodeKept(Buffer.from(text, 'latin1'))).toBeUndefined();
});
