import { failuresUnder, inPlace, startBreakableSite } from '../support/faults';
import { listenHttp, listenTcp } from '../support/listening-servers';
import type { TestSite } from '../support/test-site';

// Nothing here waits that long but on a very busy machine.
jest.setTimeout(180_000);

describe('no request fails when what is in the function’s place', () => {
  let site: TestSite;
  beforeAll(async () => (site = await startBreakableSite({ fill: 'function' })));
  afterAll(() => site?.stop());

  test.each([
    [
      'answers 502, as for a function that is throttled',
      () => listenHttp((_, r) => r.writeHead(502).end('not a page')),
    ],
    ['answers 403', () => listenHttp((_, response) => response.writeHead(403).end('not a page'))],
    ['is gone', () => listenTcp((socket) => socket.destroy())],
  ])('%s', async (_, start) => {
    const felt = 'fwd=uri-miss; detail=writer-unreachable';
    expect(await failuresUnder(site, { felt, begin: inPlace('fillFunction', start), answers: 3 })).toEqual([]);
  });
});
