import fc from 'fast-check';
import { decode, encode, type StorableValue } from '../../../lambda/values/encoding';

test('what JSON can say comes back as it was', () => {
  // JSON has no -0.
  const said = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
  fc.assert(fc.property(fc.jsonValue(), (value) => expect(decode(encode(value))).toEqual(said(value))));
});

test('any text comes back as it was, also what has no UTF-8', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
  );
  fc.assert(fc.property(text, (value) => expect(decode(encode(value))).toBe(value)));
});

test('any bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (value) => {
      expect(decode(encode(value))).toEqual(Buffer.from(value));
      expect(decode(encode(Buffer.from(value)))).toEqual(Buffer.from(value));
    }),
  );
});

test('text and bytes are stored as they are, so that nginx can serve them, and a number as Memcached counts it', () => {
  expect(encode('<p>Größe</p>').data.toString()).toBe('<p>Größe</p>');
  expect(encode(new Uint8Array([0, 255]).subarray(1)).data).toEqual(Buffer.from([255]));
  expect(encode(42).data.toString()).toBe('42');
});

test('a text that looks like JSON stays a text', () => {
  for (const text of ['42', 'null', '{}', '"x"', '']) expect(decode(encode(text))).toBe(text);
});

test('a counter that was counted down to fewer digits is a number', () => {
  expect(decode({ ...encode(10), data: Buffer.from('9 ') })).toBe(9);
});

test('what was not written here cannot be read, whatever it is', () => {
  const own = [encode({}), encode('x'), encode(Buffer.from('x'))].map(({ flags }) => flags);
  expect(new Set(own).size).toBe(3);
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(0xffff_ffff), (bytes, flags) => {
      fc.pre(!own.includes(flags));
      expect(decode({ data: Buffer.from(bytes), flags })).toBeUndefined();
    }),
  );
});

test.each(['', '{', '{"a":1}x', 'undefined', '\xff"'])('broken JSON cannot be read: %j', (text) => {
  expect(decode({ ...encode({}), data: Buffer.from(text, 'latin1') })).toBeUndefined();
});

test('bytes that are no text cannot be read as one', () => {
  expect(decode({ ...encode('x'), data: Buffer.from([0xff]) })).toBeUndefined();
});

const circle: Record<string, unknown> = {};
circle.self = circle;
test.each<[string, unknown]>([
  ['undefined', undefined],
  ['function', () => 1],
  ['symbol', Symbol('x')],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['BigInt', 1n],
  ['circular', circle],
])('fails for what JSON cannot say: %s', (words, value) => {
  expect(() => encode(value as StorableValue)).toThrow(
    expect.objectContaining({
      name: 'ValuesError',
      reason: 'bad-argument',
      message: expect.stringMatching(
        new RegExp(`^a value must be a text, bytes, or what JSON can say.*${words}`),
      ) as string,
    }) as Error,
  );
});
