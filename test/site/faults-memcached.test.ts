import type { LocalMemcached } from '../../local/memcached';
import { cutOff, fillUp, SHORT_QUEUE, TINY } from '../support/broken-memcached';
import { failuresUnder, type Fault, hanging, inPlace, killed, startBreakableSite } from '../support/faults';
import { listenTcp } from '../support/listening-servers';
import type { TestSite } from '../support/test-site';

// Nothing here waits that long but on a very busy machine.
jest.setTimeout(180_000);

const UNREACHABLE = 'fwd=uri-miss; detail=store-unreachable';
// nginx's lookup fails; the writer, which has the real nodes, finds the page.
const MISSED = 'fwd=uri-miss; collapsed';

const first = ({ memcached }: TestSite) => memcached[0] as LocalMemcached;

// As long as the site's keys; the lengths are those of a lease, and of all that such small pages can be.
const fillAll: Fault['begin'] = async ({ memcached }) => {
  await Promise.all(memcached.map((one) => fillUp(one, 48, [0, 100, 150, 200, 250, 300, 350, 400, 500, 600])));
  return undefined;
};

const FAULTS: [string, Omit<Fault, 'felt'>][] = [
  ['a memcached is killed', { begin: killed((site) => [first(site)]) }],
  ['every memcached is killed', { begin: killed(({ memcached }) => memcached) }],
  ['a memcached hangs', { begin: hanging((site) => [first(site).pid]) }],
  ['every memcached hangs', { begin: hanging(({ memcached }) => memcached.map(({ pid }) => pid)) }],
  // Connections that are there fall silent, and no new ones are made: its accept queue is full.
  ['a memcached is cut off', { site: { memcachedOptions: SHORT_QUEUE }, begin: (site) => cutOff(first(site)) }],
  ['every memcached is full', { site: { memcachedOptions: TINY }, begin: fillAll }],
];

test.each(FAULTS)('no request fails when %s', async (_, fault) => {
  const site = await startBreakableSite(fault.site);
  try {
    expect(await failuresUnder(site, { felt: UNREACHABLE, ...fault })).toEqual([]);
  } finally {
    await site.stop();
  }
});

describe('something that is no memcached', () => {
  let site: TestSite;
  beforeAll(async () => (site = await startBreakableSite()));
  afterAll(() => site?.stop());

  const answering = (bytes: string) => () =>
    listenTcp((socket) => void socket.on('data', () => socket.write(bytes, 'latin1')));

  test.each<[string, Parameters<typeof inPlace>[1]]>([
    ['answers garbage', answering('\x00\xff nonsense\r\n')],
    ['answers half a value', answering('VALUE x 0 100\r\nHTTP/1.1')],
    ['answers another key', answering('VALUE x 0 2\r\nab\r\nEND\r\n')],
    ['says that it is full', answering('SERVER_ERROR out of memory\r\n')],
    ['closes at once', () => listenTcp((socket) => socket.destroy())],
  ])('fails no request when it %s', async (_, start) => {
    expect(await failuresUnder(site, { felt: MISSED, begin: inPlace('memcached', start) })).toEqual([]);
  });
});
