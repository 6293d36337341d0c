import { setImmediate as turn } from 'node:timers/promises';
import { StoreError } from '../../../lambda/core/page-store';
import { Ring } from '../../../lambda/stores/ring';
import type { ValueConnection } from '../../../lambda/values/value-connection';
import { ValueNodes } from '../../../lambda/values/value-nodes';

const unused = () => Promise.reject(new Error('not used'));

/** A connection that is only opened and closed. */
function connectionTo(node: string, closed: string[] = []): ValueConnection {
  return {
    usable: true,
    ...{ probe: unused, get: unused, set: unused, add: unused, delete: unused, touch: unused, count: unused },
    close: () => void closed.push(node),
  };
}

const deferred = <T>() => {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
};
const common = { readEvery: Infinity, onError: () => undefined };

test.each(['list of nodes', 'connection'])('a call whose %s came too late is not sent any more', async (what) => {
  const [ring, connection] = [deferred<Ring>(), deferred<ValueConnection>()];
  if (what === 'connection') ring.resolve(new Ring(['a:1']));
  else connection.resolve(connectionTo('a:1'));
  const nodes = new ValueNodes({
    ...common,
    readRing: () => ring.promise,
    open: () => connection.promise,
    deadline: 20,
  });
  let sent = 0;
  const call = nodes.ask('key', () => Promise.resolve(void (sent += 1)));
  await expect(call).rejects.toMatchObject({
    name: 'ValuesError',
    reason: 'unreachable',
    message: `${what === 'connection' ? 'a:1' : 'the list of nodes'}: no answer within 20 ms`,
  });
  ring.resolve(new Ring(['a:1']));
  connection.resolve(connectionTo('a:1'));
  await turn();
  expect(sent).toBe(0);
  // What came is there for the next call.
  await nodes.ask('key', () => Promise.resolve(void (sent += 1)));
  expect(sent).toBe(1);
});

test('a call to a node that did not answer a moment ago fails at once', async () => {
  let opened = 0;
  const open = () => {
    opened += 1;
    return Promise.reject(new StoreError('a:1: connect ECONNREFUSED'));
  };
  const nodes = new ValueNodes({
    ...common,
    readRing: () => Promise.resolve(new Ring(['a:1'])),
    open,
    deadline: 30_000,
  });
  jest.spyOn(performance, 'now').mockReturnValue(0);
  for (let i = 0; i < 3; i += 1) {
    await expect(nodes.ask('key', unused)).rejects.toMatchObject({
      reason: 'unreachable',
      message: 'a:1: connect ECONNREFUSED',
    });
  }
  expect(opened).toBe(1);
  jest.restoreAllMocks();
});

test('what a node has against a value is not taken for its failure', async () => {
  const nodes = new ValueNodes({
    ...common,
    readRing: () => Promise.resolve(new Ring(['a:1'])),
    open: () => Promise.resolve(connectionTo('a:1')),
    deadline: 30_000,
  });
  const error = new TypeError('a mistake');
  await expect(nodes.ask('key', () => Promise.reject(error))).rejects.toBe(error);
});

test('nodes that are not on the ring any more are let go', async () => {
  const closed: string[] = [];
  const rings = [new Ring(['a:1', 'b:1']), new Ring(['b:1'])];
  const nodes = new ValueNodes({
    ...common,
    readRing: () => Promise.resolve(rings.shift() as Ring),
    readEvery: 0,
    open: (node) => Promise.resolve(connectionTo(node, closed)),
    deadline: 30_000,
  });
  const [all] = rings as [Ring];
  const keyOfA = Array.from({ length: 100 }, (_, i) => `key-${i}`).find((key) => all.nodeOf(key) === 'a:1') as string;
  await nodes.ask(keyOfA, () => Promise.resolve());
  expect(closed).toEqual([]);
  await nodes.ask(keyOfA, () => Promise.resolve());
  expect(closed).toEqual(['a:1']);
  await nodes.close();
  expect(closed).toEqual(['a:1', 'b:1']);
});

test('after the end no node is connected any more', async () => {
  let opened = 0;
  const nodes = new ValueNodes({
    ...common,
    readRing: () => Promise.resolve(new Ring(['a:1'])),
    open: (node) => Promise.resolve(connectionTo(`${node} ${(opened += 1)}`)),
    deadline: 30_000,
  });
  await nodes.close();
  await expect(nodes.ask('key', unused)).rejects.toMatchObject({
    reason: 'unreachable',
    message: 'the values are closed',
  });
  expect(opened).toBe(0);
});
