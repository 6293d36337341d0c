import { createConnection } from 'node:net';
import { once } from 'node:events';
import { Values } from '../../../lambda/values/index';
import { storedKey } from '../../../lambda/values/key';
import { type LocalMemcached, startMemcached } from '../../../local/memcached';

const DAY = 86_400;
let node: LocalMemcached;
beforeAll(async () => (node = await startMemcached()));
afterAll(() => node.stop());

/** Seconds that memcached will keep a value, by its own account (`mg`); undefined: it has none, -1: for ever. */
async function timeToLive(key: string): Promise<number | undefined> {
  const [host, port] = node.address.split(':') as [string, string];
  const socket = createConnection({ host, port: Number(port) });
  socket.write(`mg ${storedKey('shop', key)} t\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  const found = /^HD t(-?\d+)/.exec(answer.toString());
  return found === null ? undefined : Number(found[1]);
}

describe.each(['binary', 'text'] as const)('by the %s protocol', (protocol) => {
  const open = (ttl?: number) => new Values({ site: 'shop', nodes: [node.address], protocol, deadline: 30_000, ttl });

  // A test ends within a minute. Memcached's clock ticks once a second, and begins two seconds in the past.
  const about = (seconds: number) => [seconds - 60, seconds + 3] as const;

  test.each([
    ['five minutes', undefined, undefined, about(300)],
    ['what the settings say', 1000, undefined, about(1000)],
    ['what the call says', 1000, 2000, about(2000)],
    ['30 days', undefined, 30 * DAY, about(30 * DAY)],
    ['over 30 days', undefined, 31 * DAY, about(31 * DAY)],
    ['a year', undefined, 365 * DAY, about(365 * DAY)],
    ['ever', 1000, Infinity, [-1, -1] as const],
  ])('a value is kept for %s', async (name, byDefault, ttl, [least, most]) => {
    const values = open(byDefault);
    await values.set(name, 1, { ttl });
    await values.delete(`added ${name}`);
    await values.add(`added ${name}`, 1, { ttl });
    for (const key of [name, `added ${name}`]) {
      const left = await timeToLive(key);
      expect(left).toBeGreaterThanOrEqual(least);
      expect(left).toBeLessThanOrEqual(most);
    }
    await values.close();
  });

  test.each([
    ['what the call says', 2000, about(2000)],
    ['what the settings say', undefined, about(1000)],
    ['over 30 days', 31 * DAY, about(31 * DAY)],
    ['ever', Infinity, [-1, -1] as const],
  ])('a value that is touched is kept for %s', async (name, ttl, [least, most]) => {
    const values = open(1000);
    await values.set(`touched ${name}`, 1, { ttl: 100 });
    await values.touch(`touched ${name}`, { ttl });
    const left = await timeToLive(`touched ${name}`);
    expect(left).toBeGreaterThanOrEqual(least);
    expect(left).toBeLessThanOrEqual(most);
    await values.close();
  });

  test('counting does not let it live longer', async () => {
    const values = open(1000);
    await values.set('count', 1, { ttl: 100 });
    await values.increment('count');
    await values.decrement('count');
    expect(await timeToLive('count')).toBeLessThanOrEqual(100);
    await values.close();
  });
});
