import { askUntilHit, cacheStatus, sendRaw } from '../support/raw-http';
import { startTestSite, type TestSite } from '../support/test-site';
import { MARK } from './attack';

let site: TestSite;
beforeAll(async () => (site = await startTestSite()));
afterAll(() => site?.stop());

describe('a part of a stored page', () => {
  const body = Array.from({ length: 2000 }, (_, i) => String.fromCharCode(33 + (i % 90))).join('');
  const part = async (...lines: string[]) => {
    const path = '/parts';
    site.origin.on(path, (_, response) =>
      response.writeHead(200, { 'Content-Type': 'image/png', 'Cache-Control': 'max-age=600', ETag: '"v1"' }).end(body),
    );
    await askUntilHit(site.address, path);
    const head = [`GET ${path} HTTP/1.1`, 'Host: www.example.com', 'Connection: close', ...lines];
    return sendRaw(site.address, `${head.join('\r\n')}\r\n\r\n`);
  };

  test.each([
    ['a thousand times all of it', `Range: bytes=${Array.from({ length: 1000 }, () => '0-').join(',')}`],
    ['a thousand single bytes', `Range: bytes=${Array.from({ length: 1000 }, (_, i) => `${i}-${i}`).join(',')}`],
    ['all of it six times', 'Range: bytes=0-,0-,0-,0-,0-,0-'],
    ['a start beyond all numbers', 'Range: bytes=18446744073709551615-'],
    ['an end beyond all numbers', 'Range: bytes=-18446744073709551616'],
    ['an end before its start', 'Range: bytes=5-2'],
    ['both ends', 'Range: bytes=0-0,-1'],
    ['another unit', 'Range: evil=0-5'],
    ['an end that goes on', `Range: bytes=0-5${MARK}`],
    ['nothing', 'Range: bytes='],
  ])('costs no more than the page, asked for as %s', async (_, line) => {
    const answer = await part(line);
    expect([200, 206, 400, 416]).toContain(answer.status);
    expect(answer.body.length).toBeLessThan(body.length + 1000);
    if (answer.status === 206 && !answer.headers['content-type']?.startsWith('multipart'))
      expect(body).toContain(answer.body);
  });

  test.each(['|', '||', 'x|y', '"v1"|'])('is cut out of nothing that a header forges: %s', async (text) => {
    for (const name of ['If-None-Match', 'If-Modified-Since', 'If-Range', 'Accept']) {
      const answer = await part('Range: bytes=0-3', `${name}: ${text}`, `Cookie: session=${MARK}`);
      // A session asks the application, which has no parts.
      expect([answer.status, cacheStatus(answer)]).toEqual([200, 'fwd=bypass; detail=cookie']);
    }
  });

  test('is what everybody else has of the page, and no page of its own', async () => {
    expect((await part('Range: bytes=1-4')).body).toBe(body.slice(1, 5));
    expect((await askUntilHit(site.address, '/parts')).body).toBe(body);
    expect((await part()).body).toBe(body);
  });
});
