import { timeOf } from '../../bench/fill-hosts/ask-miss';
import { startRenderingOrigin } from '../../bench/fill-hosts/rendering-origin';
import { listenHttp } from '../support/listening-servers';

test('the origin takes at least as long as the path says', async () => {
  const origin = await startRenderingOrigin();
  const { milliseconds } = await timeOf(`http://${origin.address}/50/a`);
  await origin.close();
  // Timers may be a millisecond early.
  expect(milliseconds).toBeGreaterThanOrEqual(49);
});

test('an answer that is no page is no measurement', async () => {
  const broken = await listenHttp((_, response) => response.writeHead(503).end());
  await expect(timeOf(`http://${broken.address}/`)).rejects.toThrow('answered 503');
  await broken.close();
});

test('what the cache said is told', async () => {
  const cache = await listenHttp((_, response) => response.writeHead(200, { 'Cache-Status': 'x; hit' }).end('page'));
  expect(await timeOf(`http://${cache.address}/`)).toMatchObject({ cache: 'x; hit' });
  await cache.close();
});
