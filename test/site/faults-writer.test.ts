import { gzipSync } from 'node:zlib';
import { failuresUnder, type Fault, hanging, inPlace, killed, startBreakableSite } from '../support/faults';
import { listenTcp, type ListeningServer } from '../support/listening-servers';
import { ask, cacheStatus } from '../support/raw-http';
import type { TestSite } from '../support/test-site';
import { CUT_OFF } from '../support/visits';

// Nothing here waits that long but on a very busy machine.
jest.setTimeout(180_000);

// nginx asks the origin, with the visitor's whole request.
const UNREACHABLE = 'fwd=uri-miss; detail=writer-unreachable';
// With a fill deadline of 2 s, a writer that hangs costs each miss 4 s.
const FEW = 2;

test.each<[string, Omit<Fault, 'felt'>]>([
  ['the writer is killed', { begin: killed(({ writer }) => [writer]) }],
  ['the writer hangs', { begin: hanging(({ writer }) => [writer.pid]), answers: FEW }],
])('no request fails when %s', async (_, fault) => {
  const site = await startBreakableSite();
  try {
    expect(await failuresUnder(site, { felt: UNREACHABLE, ...fault })).toEqual([]);
  } finally {
    await site.stop();
  }
});

describe('something in the writer’s place', () => {
  let site: TestSite;
  beforeAll(async () => (site = await startBreakableSite()));
  afterAll(() => site?.stop());

  const answering = (bytes: string) => () =>
    listenTcp((socket) => void socket.on('data', () => socket.end(bytes, 'latin1')));

  test.each<[string, () => Promise<ListeningServer>]>([
    ['takes requests and never answers', () => listenTcp(() => undefined)],
    ['closes at once', () => listenTcp((socket) => socket.destroy())],
    ['answers half a head', answering('HTTP/1.1 200 OK\r\nContent-Le')],
    ['answers with an error', answering('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops')],
    ['says nothing but to ask the origin', answering('HTTP/1.1 421 \r\nContent-Length: 0\r\n\r\n')],
  ])('fails no request when it %s', async (_, start) => {
    const fault = { felt: UNREACHABLE, begin: inPlace('writer', start), answers: FEW };
    expect(await failuresUnder(site, fault)).toEqual([]);
  });

  const half = (length: number, headers = '') =>
    `HTTP/1.1 200 OK\r\nX-Nms-Outcome: half\r\n${headers}Content-Length: ${2 * length}\r\n\r\n`;
  const gzipped = gzipSync('the page').toString('latin1').slice(0, -10);

  // A writer leaves half a page when it is killed while it writes. nginx has sent the head by then and can ask nobody else;
  // the visitor is told by the length, or by chunks without an end.
  test.each([
    ['a short page', half(100) + 'x'.repeat(100)],
    ['a page that is longer than what nginx holds', half(2_000_000) + 'x'.repeat(2_000_000)],
    ['a page that nginx expands', half(gzipped.length, 'Content-Encoding: gzip\r\n') + gzipped],
  ])('half of %s is never given as a whole one, and to nobody later', async (_, bytes) => {
    const begin = inPlace('writer', answering(bytes));
    const failed = await failuresUnder(site, { felt: 'fwd=uri-miss; detail=half', begin, answers: FEW });
    expect([...new Set(failed.map(({ failure }) => failure))]).toEqual([CUT_OFF]);
    const misses = failed.filter(({ target }) => target.startsWith('/new'));
    for (const { target } of misses.slice(0, 5)) {
      const later = await ask(site.address, target);
      expect(later.body).toBe(`the page at ${target}`);
      expect(cacheStatus(later)).not.toBe('hit');
    }
  });
});
