import type { RequestListener } from 'node:http';
import { listenerView } from '../../../lambda/adapters/listener-view';
import { NotStorableError } from '../../../lambda/core/not-storable';
import { PageTooLargeError } from '../../../lambda/core/page-too-large';
import { parseSiteConfig, type SiteConfigInput } from '../../../lib/site/site-config';
import { requestFor } from '../core/page-cache-world';

const peer = { remoteAddress: '192.31.196.1', encrypted: true };

function render(
  listener: RequestListener,
  signal = new AbortController().signal,
  config: Partial<SiteConfigInput> = {},
): ReturnType<ReturnType<typeof listenerView>> {
  const site = parseSiteConfig({ site: 'test', ...config });
  const headers = [
    ['Host', 'example.com'],
    ['X-Two', 'a'],
    ['X-Two', 'b'],
  ] as const;
  return listenerView(listener, site)(requestFor(site), headers, peer, signal);
}

test('an application sees a request, and its answer comes as it was written', async () => {
  const seen: unknown[] = [];
  const page = await render((request, response) => {
    const { method, url, rawHeaders, socket, httpVersion } = request;
    seen.push(method, url, rawHeaders, socket.remoteAddress, 'encrypted' in socket && socket.encrypted, httpVersion);
    response.writeHead(200, ['X-One', 'caf\xe9', 'Link', '</a>', 'Link', '</b>']);
    response.end('body');
  });
  const headers = ['Host', 'example.com', 'X-Two', 'a', 'X-Two', 'b', 'Connection', 'close'];
  expect(seen).toEqual(['GET', '/list?page=2', headers, '192.31.196.1', true, '1.1']);
  expect([page.status, page.body.toString()]).toEqual([200, 'body']);
  expect(page.headers.slice(0, 3)).toEqual([
    ['X-One', 'caf\xe9'],
    ['Link', '</a>'],
    ['Link', '</b>'],
  ]);
});

test('a body of any size comes whole, however slowly it is taken', async () => {
  const body = Buffer.alloc(3_000_000, 'the page ');
  const page = await render((request, response) => {
    request.socket.setTimeout(1).setNoDelay().setKeepAlive();
    response.write(body.subarray(0, 1));
    setImmediate(() => response.end(body.subarray(1)));
  });
  expect(page.body.equals(body)).toBe(true);
});

describe('fails', () => {
  test.each<[string, string, RequestListener]>([
    ['sets a cookie', 'set-cookie', (_, response) => void response.setHeader('Set-Cookie', 'a=1').write('…')],
    ['is private', 'private', (_, response) => void response.setHeader('Cache-Control', 'private').write('…')],
    [
      'is a stream',
      'streamed',
      (_, response) => void response.setHeader('Content-Type', 'text/event-stream').write('…'),
    ],
    ['is not found', 'status', (_, response) => void response.writeHead(404).write('…')],
  ])('as soon as an answer says that it %s, and ends it', async (_, reason, listener) => {
    let closed: Promise<unknown> | undefined;
    const rendering = render((request, response) => {
      closed = new Promise((resolve) => response.once('close', resolve));
      listener(request, response);
    });
    await expect(rendering).rejects.toMatchObject({ name: 'NotStorableError', reason });
    await expect(rendering).rejects.toBeInstanceOf(NotStorableError);
    await closed;
  });

  test('for a body far above what is stored', async () => {
    const body = 'x'.repeat(8 * 1024 + 1);
    const rendering = render((_, response) => void response.end(body), undefined, { limits: { pageSize: 1024 } });
    await expect(rendering).rejects.toBeInstanceOf(PageTooLargeError);
  });

  test.each<[string, RequestListener]>([
    ['is not begun', (_, response) => void response.destroy()],
    [
      'has no end',
      (_, response) => {
        response.writeHead(200, { 'Content-Length': '10' }).write('half');
        setImmediate(() => response.destroy());
      },
    ],
    [
      'is another protocol',
      (_, response) => void response.writeHead(101, { Upgrade: 'x', Connection: 'upgrade' }).end(),
    ],
  ])('for an answer that %s', async (_, listener) => {
    await expect(render(listener)).rejects.toMatchObject({ message: expect.any(String) as string });
  });

  test('when it is too late, and ends the answer', async () => {
    const late = new AbortController();
    let closed: Promise<unknown> | undefined;
    const rendering = render((_, response) => {
      closed = new Promise((resolve) => response.once('close', resolve));
      late.abort(new Error('too late'));
    }, late.signal);
    await expect(rendering).rejects.toThrow('too late');
    await closed;
  });
});
