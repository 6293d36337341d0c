import { readCounts, type RequestCounts, TrafficReport, trafficOf } from '../../nginx/traffic-report';
import { listenHttp } from '../support/listening-servers';

test('each request is one of hit, stale, miss, bypass and rejected; of misses it is told what became of their pages', () => {
  const requests = {
    hit: 1000,
    'hit:stale-while-revalidate': 20,
    'stale:stale-if-error': 3,
    'stale:stored': 7,
    'uri-miss:stored': 50,
    'request:stored': 2,
    'uri-miss:kept': 1,
    'uri-miss:collapsed': 5,
    'uri-miss:set-cookie': 11,
    'uri-miss:writer-unreachable': 4,
    'bypass:cookie': 300,
    method: 30,
    refused: 8,
    'none:only-if-cached': 1,
  };
  const total = Object.values(requests).reduce((sum, count) => sum + count);

  const { Hits, Stale, Misses, Bypasses, Rejected, ...ofMisses } = trafficOf(requests);

  expect({ Hits, Stale, Misses, Bypasses, Rejected }).toEqual({
    Hits: 1000,
    Stale: 23,
    Misses: 80,
    Bypasses: 330,
    Rejected: 9,
  });
  expect(Number(Hits) + Number(Stale) + Number(Misses) + Number(Bypasses) + Number(Rejected)).toBe(total);
  expect(ofMisses).toEqual({ Stored: 60, Collapsed: 5, Refused: 15 });
});

test('only what is new is told, also when nginx did not answer once', async () => {
  const counts: (RequestCounts | undefined)[] = [
    { hit: 5 },
    undefined,
    { hit: 9, 'bypass:path': 1 },
    { hit: 9, 'bypass:path': 1 },
  ];
  const report = new TrafficReport('shop', () => {
    const next = counts.shift();
    return next === undefined ? Promise.reject(new Error('no answer')) : Promise.resolve(next);
  });

  expect(JSON.parse((await report.line()) ?? '')).toMatchObject({ Site: 'shop', Hits: 5, requests: { hit: 5 } });
  await expect(report.line()).rejects.toThrow('no answer');
  expect(JSON.parse((await report.line()) ?? '')).toMatchObject({ Hits: 4, Bypasses: 1 });
  expect(await report.line()).toBeUndefined();
});

test('an answer of something else is not taken for numbers', async () => {
  const server = await listenHttp((_, response) => response.writeHead(404).end());

  await expect(readCounts(server.address)).rejects.toThrow(`nginx answered 404 at http://${server.address}/counts`);
  await server.close();
});
