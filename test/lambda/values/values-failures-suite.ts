import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Values, ValuesSettings } from '../../../lambda/values/index';
import { keyOn as keyOnNode, PATIENT, type ValuesUnderTest } from './values-under-test';

const unreachable = expect.objectContaining({ name: 'ValuesError', reason: 'unreachable' }) as Error;

async function eventually(happened: () => Promise<boolean>): Promise<void> {
  while (!(await happened())) await wait(10);
}

/** What values do when nodes fail, over every protocol. `make` gives at least two nodes. */
export function valuesFailureTests(
  name: string,
  make: () => Promise<ValuesUnderTest>,
  clean: () => Promise<void>,
): void {
  describe(`values on nodes that fail: ${name}`, () => {
    let under: ValuesUnderTest;
    let values: Values;
    let opened: Values[];
    const open = (settings: ValuesSettings) => {
      const more = under.open(settings);
      opened.push(more);
      return more;
    };
    const keyOn = (node: string, number = 0) => keyOnNode(under, node, number);
    beforeAll(async () => (under = await make()));
    afterAll(clean);
    beforeEach(() => {
      opened = [];
      values = open(PATIENT);
    });
    afterEach(() => Promise.all(opened.map((each) => each.close())));

    test('a node that was restarted is used again, without what it held', async () => {
      const [node] = under.nodes as [string];
      expect(await values.set(keyOn(node), 1)).toBe(true);
      await under.restart(node);
      // The first call after it may find out that the connection is gone.
      await eventually(() => values.set(keyOn(node, 1), 2));
      expect(await values.get(keyOn(node))).toBeUndefined();
      expect(await values.get(keyOn(node, 1))).toBe(2);
    });

    test('a node that hangs ends all calls that wait for it, and is used again when it wakes', async () => {
      const [hanging, awake] = under.nodes as [string, string];
      const errors: Error[] = [];
      const impatient = open({ deadline: 50, onError: (error) => errors.push(error) });
      await eventually(() => impatient.set(keyOn(hanging), 'before'));
      errors.length = 0;
      under.hang(hanging);
      try {
        const calls = [
          impatient.get(keyOn(hanging), 'miss'),
          impatient.set(keyOn(hanging, 1), randomBytes(1024 * 1024)),
          impatient.add(keyOn(hanging, 2), 1),
          impatient.touch(keyOn(hanging)),
          impatient.delete(keyOn(hanging)),
          impatient.increment(keyOn(hanging)),
        ];
        expect(await Promise.allSettled(calls)).toEqual([
          { status: 'fulfilled', value: 'miss' },
          { status: 'fulfilled', value: false },
          { status: 'fulfilled', value: false },
          { status: 'fulfilled', value: false },
          { status: 'rejected', reason: unreachable },
          { status: 'rejected', reason: unreachable },
        ]);
        expect(errors).toEqual([unreachable, unreachable, unreachable, unreachable]);
        expect(errors[0]?.message).toContain(hanging);
        expect(await values.set(keyOn(awake), 'other')).toBe(true);
      } finally {
        under.wake(hanging);
      }
      await eventually(() => impatient.set(keyOn(hanging, 3), 'after'));
      await eventually(async () => (await impatient.get(keyOn(hanging, 3))) === 'after');
    });

    test('closing ends what waits, and nothing is answered after it', async () => {
      const closing = open(PATIENT);
      await closing.set('closing', 1);
      const calls = [closing.get('closing', 'miss'), closing.delete('closing-2')];
      await closing.close();
      // Whether they were answered before is a matter of luck; that they end is not.
      expect(await Promise.allSettled(calls)).toHaveLength(2);
      expect(await closing.get('closing', 'miss')).toBe('miss');
      expect(await closing.set('closing', 2)).toBe(false);
      await expect(closing.increment('closing')).rejects.toEqual(unreachable);
    });

    // The last one: the node stays away.
    test('a node that is dead is a miss for its keys, and stores nothing; the others go on', async () => {
      const [dead, alive] = under.nodes as [string, string];
      await values.set(keyOn(dead), 'lost');
      await values.set(keyOn(alive), 'kept');
      await under.kill(dead);
      const both = [keyOn(dead), keyOn(alive)];
      expect(await values.getMany(both)).toEqual(new Map([[keyOn(alive), 'kept']]));
      expect(await values.get(keyOn(dead), 'default')).toBe('default');
      expect([await values.set(keyOn(dead), 1), await values.add(keyOn(dead), 1)]).toEqual([false, false]);
      await expect(values.delete(keyOn(dead))).rejects.toEqual(unreachable);
      await expect(values.increment(keyOn(dead))).rejects.toThrow(dead);
      expect(await values.get(keyOn(alive))).toBe('kept');
    });
  });
}
