import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { StorableValue } from '../../../lambda/values/encoding';
import type { Values, ValuesSettings } from '../../../lambda/values/index';
import { storedKey } from '../../../lambda/values/key';
import { keyOn, PATIENT, type ValuesUnderTest } from './values-under-test';

const MEBIBYTE = 1024 * 1024;

/** What values do over every protocol: the same for all. `make` gives at least two nodes that take 8 MiB. */
export function valuesTests(name: string, make: () => Promise<ValuesUnderTest>, clean: () => Promise<void>): void {
  describe(`values: ${name}`, () => {
    let under: ValuesUnderTest;
    let values: Values;
    let opened: Values[];
    const open = (settings: ValuesSettings) => {
      const more = under.open(settings);
      opened.push(more);
      return more;
    };
    beforeAll(async () => (under = await make()));
    afterAll(clean);
    beforeEach(() => {
      opened = [];
      values = open(PATIENT);
    });
    afterEach(() => Promise.all(opened.map((each) => each.close())));

    test('what is not there is undefined, or what the caller says', async () => {
      expect(await values.get('nothing')).toBeUndefined();
      expect(await values.get('nothing', 'default')).toBe('default');
      await values.set('null', null);
      expect(await values.get('null', 'default')).toBeNull();
    });

    test.each<StorableValue>([
      '',
      'Größe\r\nEND\r\n',
      0,
      -1.5,
      true,
      false,
      { a: [1, { b: null }] },
      [],
      Buffer.alloc(0),
    ])('what is stored is read as it was: %j', async (value) => {
      expect(await values.set('one', value)).toBe(true);
      expect(await values.get('one')).toEqual(value);
    });

    test('whatever is stored is read as it was, whatever it was before', async () => {
      const value = fc.oneof(
        // As JSON has them: -0 is 0.
        fc.jsonValue().map((each) => JSON.parse(JSON.stringify(each)) as StorableValue),
        fc.string({ unit: 'binary' }),
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      );
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), value, async (key, each) => {
          await values.set(key, each);
          expect(await values.get(key)).toEqual(each);
        }),
      );
    });

    test('one value is added, of many at once too', async () => {
      expect(await values.add('added', 'first')).toBe(true);
      expect(await values.add('added', 'second')).toBe(false);
      expect(await values.get('added')).toBe('first');
      const added = await Promise.all(Array.from({ length: 50 }, (_, i) => values.add('race', i)));
      expect(added.filter(Boolean)).toHaveLength(1);
      expect(await values.get('race')).toBe(added.indexOf(true));
    });

    test('what is deleted is gone, and whether it was there is said', async () => {
      await values.set('gone', 1);
      expect([await values.delete('gone'), await values.delete('gone')]).toEqual([true, false]);
      expect(await values.get('gone')).toBeUndefined();
    });

    test('what is touched keeps its value, and whether it was there is said', async () => {
      await values.set('touched', 'kept');
      expect([await values.touch('touched', { ttl: 60 }), await values.touch('untouched')]).toEqual([true, false]);
      expect([await values.get('touched'), await values.get('untouched')]).toEqual(['kept', undefined]);
    });

    test('a whole number is counted up and down, to 0 at least, and read as a number', async () => {
      await values.set('count', 9);
      expect(await values.increment('count')).toBe(10);
      expect(await values.decrement('count')).toBe(9);
      expect(await values.get('count')).toBe(9);
      expect(await values.increment('count', 5_000_000_000)).toBe(5_000_000_009);
      expect(await values.get('count')).toBe(5_000_000_009);
      expect(await values.increment('count', -9)).toBe(5_000_000_000);
      expect(await values.decrement('count', -1)).toBe(5_000_000_001);
      expect(await values.decrement('count', Number.MAX_SAFE_INTEGER)).toBe(0);
      expect(await values.get('count')).toBe(0);
      expect(await values.increment('count', Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    });

    test('counts from many places at once are all counted', async () => {
      await values.set('hits', 0);
      const other = open(PATIENT);
      const counts = await Promise.all(
        Array.from({ length: 300 }, (_, i) => (i % 2 ? values : other).increment('hits')),
      );
      expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    });

    test('what is not there is not counted, and not made', async () => {
      const missing = { name: 'ValuesError', reason: 'missing', message: expect.stringContaining('"none"') as string };
      await expect(values.increment('none')).rejects.toMatchObject(missing);
      await expect(values.decrement('none')).rejects.toMatchObject(missing);
      expect(await values.get('none')).toBeUndefined();
    });

    test.each<StorableValue>(['text', -1, 1.5, { a: 1 }])(
      'what is no whole number from 0 on is not counted: %j',
      async (value) => {
        await values.set('word', value);
        await expect(values.increment('word')).rejects.toMatchObject({ name: 'ValuesError', reason: 'not-a-number' });
        expect(await values.get('word')).toEqual(value);
      },
    );

    test('many values are read at once, from all nodes, without those that are not there', async () => {
      const keys = Array.from({ length: 300 }, (_, i) => `many-${i}`);
      expect(new Set(keys.map((key) => under.ring.nodeOf(storedKey('shop', key)))).size).toBe(under.nodes.length);
      await Promise.all(keys.slice(0, 200).map((key, i) => values.set(key, i)));
      const found = await values.getMany<number>([...keys, ...keys]);
      expect(found).toEqual(new Map(keys.slice(0, 200).map((key, i) => [key, i])));
    });

    test('each key has a value of its own, whatever it is made of, and however long', async () => {
      const long = 'x'.repeat(4095);
      const keys = [
        'a',
        'a ',
        ' a',
        'a\r\nflush_all',
        'a\0',
        'é',
        'e\u0301',
        '~C3~A9',
        '%C3%A9',
        '😀',
        `${long}1`,
        `${long}2`,
      ];
      for (const key of keys) await values.set(key, `of ${key}`);
      for (const key of keys) expect(await values.get(key)).toBe(`of ${key}`);
    });

    test('what breaks a rule is refused, and nothing is sent', async () => {
      await values.set('kept', 1);
      const refused = { name: 'ValuesError', reason: 'bad-argument' };
      for (const call of [
        () => values.get(''),
        () => values.getMany(['kept', '']),
        () => values.set('', 1),
        () => values.set('kept', undefined as unknown as null),
        () => values.set('kept', 2, { ttl: 0 }),
        () => values.add('kept', NaN),
        () => values.delete('\ud800'),
        () => values.touch('', { ttl: 1 }),
        () => values.touch('kept', { ttl: 0 }),
        () => values.increment('kept', 0.5),
        () => values.decrement('kept', Infinity),
      ]) {
        await expect(call()).rejects.toMatchObject(refused);
      }
      expect(await values.get('kept')).toBe(1);
    });

    test('a value of 1 MiB is stored whole; a larger one is refused before it is sent', async () => {
      const large = randomBytes(MEBIBYTE);
      expect(await values.set('large', large)).toBe(true);
      await expect(values.set('large', Buffer.alloc(MEBIBYTE + 1))).rejects.toMatchObject({
        reason: 'too-large',
        message: 'the value of "large" must have at most 1048576 bytes, got 1048577: split it, or raise valueLimit',
      });
      expect(large.equals((await values.get<Buffer>('large')) as Buffer)).toBe(true);
    });

    test('a value that the node refuses says so, and the next call is answered', async () => {
      const larger = open({ ...PATIENT, valueLimit: 16 * MEBIBYTE });
      const call = larger.set(keyOn(under, under.nodes[0] as string), Buffer.alloc(9 * MEBIBYTE));
      await expect(call).rejects.toMatchObject({
        reason: 'too-large',
        message: expect.stringMatching(/large/) as string,
      });
      expect(await larger.set(keyOn(under, under.nodes[0] as string), 1)).toBe(true);
    });

    test('what somebody else stored is not there', async () => {
      const key = storedKey('shop', 'foreign');
      await values.set('foreign', { a: 1 });
      for (const [flags, data] of [
        [0, '{"a":1}'],
        [1, 'x'],
        [0x4e_4d_53_01, '{"a":'],
        [0x4e_4d_53_02, '\xff'],
      ] as const) {
        await under.storeForeign(key, flags, data);
        expect(await values.get('foreign', 'default')).toBe('default');
        expect(await values.getMany(['foreign'])).toEqual(new Map());
      }
    });

    test('sites do not meet', async () => {
      await values.set('shared', 'ours');
      await under.storeForeign(storedKey('other', 'shared'), 0x4e_4d_53_02, 'theirs');
      expect(await values.get('shared')).toBe('ours');
    });
  });
}
