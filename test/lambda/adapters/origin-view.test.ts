import { createHmac } from 'node:crypto';
import { type OriginView, originView, type OriginViewOptions } from '../../../lambda/adapters/origin-view';
import { PageTooLargeError } from '../../../lambda/core/page-too-large';
import type { CanonicalRequest } from '../../../lib/site/canonical-request';
import { verifiedValue } from '../../../lib/site/signed-cookie';
import { parseSiteConfig, type SiteConfigInput } from '../../../lib/site/site-config';
import { type ListeningServer, listenTcp } from '../../support/listening-servers';

/** An origin that answers every request with the same bytes, and keeps those that it received. */
let origin: ListeningServer;
let received: string;
let answer: string;
/** Whether the origin closes the connection after its answer. */
let closes: boolean;
let opened: OriginView | undefined;

beforeEach(async () => {
  received = '';
  answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  closes = false;
  origin = await listenTcp((socket) =>
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (!received.endsWith('\r\n\r\n')) return;
      socket.write(Buffer.from(answer, 'latin1'));
      if (closes) socket.end();
    }),
  );
});
afterEach(async () => {
  await origin.close();
  await opened?.close();
  opened = undefined;
});

const page: CanonicalRequest = {
  scheme: 'https',
  host: 'www.example.com',
  path: '/caf%C3%A9/a+b',
  query: 'a=%26&page=2',
  variants: {},
  key: 'test:1:0',
};

function render(
  request: Partial<CanonicalRequest> = {},
  config: Partial<SiteConfigInput> = {},
  options: Partial<OriginViewOptions> = {},
  signal = new AbortController().signal,
) {
  opened = originView({
    config: parseSiteConfig({ site: 'test', ...config }),
    origin: `http://${origin.address}`,
    originHostHeader: 'visitor',
    ...options,
  });
  return opened.view({ ...page, ...request }, signal);
}

/** The request as the origin received it: its first line, then its header lines, sorted. */
function requestLines(): readonly string[] {
  const [first = '', ...lines] = received.slice(0, -4).split('\r\n');
  return [first, ...lines.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase())).sort()];
}

describe('what the origin is sent', () => {
  const constant = [
    'accept-encoding: gzip',
    'cdn-loop: nginx-memcache-site; site=test',
    'connection: keep-alive',
    'host: www.example.com',
    'user-agent: nginx-memcache-site',
    'x-forwarded-for: 192.31.196.1',
    'x-forwarded-proto: https',
  ];

  test('is the canonical path and query, byte for byte, and these headers alone', async () => {
    await render();
    expect(requestLines()).toEqual(['GET /caf%C3%A9/a+b?a=%26&page=2 HTTP/1.1', ...constant]);
  });

  test('has the validators of a kept copy, as they came', async () => {
    await render();
    received = '';
    await opened?.view(page, new AbortController().signal, { etag: 'W/"\xe9"', lastModified: 'Sun, 01 Mar 2026' });
    expect(requestLines().slice(1)).toEqual(
      [...constant, 'if-modified-since: Sun, 01 Mar 2026', 'if-none-match: W/"\xe9"'].sort(),
    );
  });

  test('has no question mark without a query', async () => {
    await render({ query: '', path: '/' });
    expect(requestLines()[0]).toBe('GET / HTTP/1.1');
  });

  test('names the origin’s own host where the site says so', async () => {
    await render({}, {}, { originHostHeader: 'origin' });
    expect(requestLines()).toContain(`host: ${origin.address}`);
    expect(received).not.toContain('www.example.com');
  });

  test('has the site’s constant headers, user agent and client address', async () => {
    const fill = { headers: { 'X-Rendered-For': 'cache' }, userAgent: 'warmer/1', clientAddress: '192.0.2.1' };
    await render({ scheme: 'http' }, { fill });
    expect(requestLines().slice(1)).toEqual([
      ...constant.slice(0, 4),
      'user-agent: warmer/1',
      'x-forwarded-for: 192.0.2.1',
      'x-forwarded-proto: http',
      'x-rendered-for: cache',
    ]);
  });

  test.each([
    ['https', ['cloudfront-forwarded-proto: https', 'x-forwarded-ssl: on']],
    ['http', []],
  ] as const)('says %s in the headers that say so for the site, besides X-Forwarded-Proto', async (scheme, said) => {
    const headers = [
      { name: 'CloudFront-Forwarded-Proto', value: 'https' },
      { name: 'X-Forwarded-SSL', value: 'on' },
    ];
    await render({ scheme }, { scheme: { headers } });
    expect(requestLines().slice(1)).toEqual([...constant.slice(0, -1), `x-forwarded-proto: ${scheme}`, ...said].sort());
  });

  test('has the variants that differ from their defaults, where visitors send them', async () => {
    const variants = [
      { name: 'pv', source: 'cookie' as const, field: 'PV', values: ['a', 'b'] },
      { name: 'theme', source: 'cookie' as const, field: 'theme', values: ['light', 'dark'] },
      { name: 'plain', source: 'cookie' as const, field: 'plain', values: ['no', 'yes'] },
      { name: 'device', source: 'header' as const, field: 'X-Device', values: ['desktop', 'mobile'] },
    ];
    await render({ variants: { pv: 'b', theme: 'dark', plain: 'no', device: 'mobile' } }, { key: { variants } });
    expect(requestLines().slice(1)).toEqual([...constant, 'cookie: PV=b; theme=dark', 'x-device: mobile'].sort());
  });

  describe('for variants that visitors choose in other ways', () => {
    const variants = [
      { name: 'language', source: 'language' as const, values: ['en', 'de'], cookie: 'lang' },
      { name: 'tier', source: 'signed-cookie' as const, field: 'tier', values: ['free', 'paid'] },
      {
        name: 'device',
        source: 'device' as const,
        values: ['desktop', 'mobile'],
        rules: [{ value: 'mobile', contains: ['Mobi'] }],
        userAgents: { mobile: 'Mobi/1' },
      },
    ];
    const key = '0123456789abcdef0123456789abcdef';
    const renderFor = (chosen: Record<string, string>, variantKeys: Record<string, string> = { tier: key }) =>
      render({ variants: chosen }, { key: { variants } }, { variantKeys });

    test('names the language and the device, also those of the default', async () => {
      await renderFor({ language: 'en', tier: 'free', device: 'desktop' });
      expect(requestLines().slice(1)).toEqual([...constant, 'accept-language: en', 'x-device: desktop'].sort());
    });

    test('has the cookies that visitors send, the user agent of the device, and a signature that is good', async () => {
      await renderFor({ language: 'de', tier: 'paid', device: 'mobile' });
      const [, claim = ''] = /^cookie: lang=de; tier=(.*)$/m.exec(requestLines().join('\n')) ?? [];
      const of = { site: 'test', cookie: 'tier', values: ['free', 'paid'] };
      const sign = (text: string) => createHmac('sha256', key).update(text).digest('hex');
      const now = Date.now() / 1000;
      expect(verifiedValue(of, claim, now, sign)).toBe('paid');
      expect(verifiedValue(of, claim, now + 3601, sign)).toBe('free');
      expect(requestLines().slice(1)).toEqual(
        [
          ...constant.filter((line) => !line.startsWith('user-agent')),
          'accept-language: de',
          `cookie: lang=de; tier=${claim}`,
          'user-agent: Mobi/1',
          'x-device: mobile',
        ].sort(),
      );
    });

    test('is nothing at all where a value cannot be signed', async () => {
      await expect(renderFor({ language: 'en', tier: 'paid', device: 'desktop' }, {})).rejects.toThrow(
        'the variant tier has signed values, and no key',
      );
      expect(received).toBe('');
    });
  });
});

describe('what the origin answers', () => {
  test('is a page with its headers as they were sent, in their order, in latin1', async () => {
    answer =
      'HTTP/1.1 200 OK\r\nX-B: caf\xe9\r\nSet-Cookie: a=1\r\nx-a:  spaced \r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\n\xff\x00';
    expect(await render()).toEqual({
      status: 200,
      headers: [
        ['X-B', 'caf\xe9'],
        ['Set-Cookie', 'a=1'],
        ['x-a', 'spaced'],
        ['Set-Cookie', 'b=2'],
        ['Content-Length', '2'],
      ],
      body: Buffer.from([0xff, 0x00]),
    });
  });

  test('is not followed when it is a redirect', async () => {
    answer = 'HTTP/1.1 301 Moved Permanently\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n';
    expect(await render()).toMatchObject({ status: 301, body: Buffer.alloc(0) });
    expect(received.match(/^GET /gm)).toHaveLength(1);
  });

  test('is not expanded when it is compressed', async () => {
    answer = 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00';
    expect((await render()).body).toEqual(Buffer.from([0x1f, 0x8b, 8, 0]));
  });

  test('is the final one where a 103 comes before it', async () => {
    answer = `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${answer}`;
    expect(await render()).toEqual({ status: 200, headers: [['Content-Length', '2']], body: Buffer.from('ok') });
  });

  test('is joined from its chunks', async () => {
    answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';
    expect((await render()).body.toString()).toBe('abcde');
  });
});

describe('no page is made of', () => {
  test.each([
    ['a connection that closes without a word', ''],
    ['a head that does not end', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n'],
    ['a body shorter than its Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['chunks without their end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    ['a chunk that is cut', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel'],
    ['a chunk without a length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 2\r\n\r\nhalf'],
    ['a control character in a header', 'HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 0\r\n\r\n'],
    ['something that is not HTTP', 'hello\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    answer = bytes;
    closes = true;
    await expect(render()).rejects.toThrow();
  });

  test('a body far above the size limit, which is not read to its end', async () => {
    const limits = { pageSize: 1024 };
    answer = `HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n${'x'.repeat(20_000)}`;
    await expect(render({}, { limits })).rejects.toThrow(PageTooLargeError);
  });

  test('an answer that the signal does not wait for', async () => {
    const late = new AbortController();
    await origin.close();
    origin = await listenTcp((socket) => socket.on('data', () => late.abort(new Error('too late'))));
    await expect(render({}, {}, {}, late.signal)).rejects.toThrow('too late');
  });

  test('a request that was too late before it was sent', async () => {
    await expect(render({}, {}, {}, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(received).toBe('');
  });

  test('an origin that nobody runs', async () => {
    await origin.close();
    await expect(render()).rejects.toThrow('ECONNREFUSED');
    origin = await listenTcp(() => undefined);
  });
});

test('a connection is kept for the next rendering', async () => {
  let connections = 0;
  await origin.close();
  origin = await listenTcp((socket) => {
    connections += 1;
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  });
  await render();
  // The connection is free once the answer has been handed over.
  await new Promise(setImmediate);
  await opened?.view(page, new AbortController().signal);
  expect(connections).toBe(1);
});
