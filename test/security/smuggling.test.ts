import { ask, exchange } from '../support/raw-http';
import type { TestSite } from '../support/test-site';
import { expectUntouched, newPath } from './attack';
import { startCarelessSite } from './careless-origin';

/*
 * Request smuggling: bytes that nginx takes for the end of one request and the application for another one, whose answer then
 * the next visitor gets.
 */

const CRLF = '\r\n';
const HIDDEN = ['GET /hidden HTTP/1.1', 'Host: www.example.com', 'X-Hidden: 1', '', ''].join(CRLF);
// Ends the connection, and what is taken for a body that goes on.
const LAST = ['GET /last HTTP/1.1', 'Host: www.example.com', 'Connection: close', '', ''].join(CRLF);

const request = (method: string, lines: readonly string[], body = '', version = '1.1') =>
  [`${method} /case HTTP/${version}`, 'Host: www.example.com', ...lines, '', body].join(CRLF);
const chunked = (body: string) => `0${CRLF}${CRLF}${body}`;
const CL = (body: string) => `Content-Length: ${body.length}`;
const TE = 'Transfer-Encoding: chunked';

const CASES: [string, (method: string) => string][] = [
  ['a length before chunks', (m) => request(m, [CL(chunked(HIDDEN)), TE], chunked(HIDDEN))],
  ['chunks before a length', (m) => request(m, [TE, CL(chunked(HIDDEN))], chunked(HIDDEN))],
  ['a length that is too short beside chunks', (m) => request(m, ['Content-Length: 3', TE], chunked(HIDDEN))],
  ...[
    ...['Transfer-Encoding: xchunked', 'Transfer-Encoding: chunked, identity', 'Transfer-Encoding: identity, chunked'],
    ...[
      'Transfer-Encoding: gzip, chunked',
      'Transfer-Encoding: "chunked"',
      'Transfer-Encoding: chunked;x',
      'Transfer-Encoding:',
    ],
    ...[
      'Transfer-Encoding: \x0bchunked',
      'Transfer-Encoding: chunked\x0c',
      'Transfer-Encoding : chunked',
      'Transfer_Encoding: chunked',
    ],
    ...[
      'Transfer-Encoding:\tchunked',
      'Transfer-Encoding: CHUNKED',
      'Transfer-Encoding\x00: chunked',
      ' Transfer-Encoding: chunked',
    ],
    ...[
      'X: y\nTransfer-Encoding: chunked',
      'X: y\rTransfer-Encoding: chunked',
      `Transfer-Encoding:${CRLF} chunked`,
      'Transfer-Encoding: x\xa0chunked',
    ],
  ].map((line): [string, (m: string) => string] => [
    `a length and ${JSON.stringify(line)}`,
    (m) => request(m, [CL(chunked(HIDDEN)), line], chunked(HIDDEN)),
  ]),
  ['two codings', (m) => request(m, [TE, 'Transfer-Encoding: identity', CL(chunked(HIDDEN))], chunked(HIDDEN))],
  ['chunks twice', (m) => request(m, [TE, TE], chunked(HIDDEN))],
  ['two lengths', (m) => request(m, ['Content-Length: 0', CL(HIDDEN)], HIDDEN)],
  ['two lengths, the longer first', (m) => request(m, [CL(HIDDEN), 'Content-Length: 0'], HIDDEN)],
  ['one length twice', (m) => request(m, [CL(HIDDEN), CL(HIDDEN)], HIDDEN)],
  ...[
    `${HIDDEN.length}, ${HIDDEN.length}`,
    '+5',
    '-1',
    '0x5',
    '5e0',
    '5 5',
    '1_0',
    '٣',
    '18446744073709551616',
    '5,0',
    '',
    'a',
  ].map((length): [string, (m: string) => string] => [
    `the length ${JSON.stringify(length)}`,
    (m) => request(m, [`Content-Length: ${Buffer.from(length).toString('latin1')}`], HIDDEN),
  ]),
  ['a space before a colon', (m) => request(m, [`Content-Length : ${HIDDEN.length}`], HIDDEN)],
  ['a folded length', (m) => request(m, [`Content-Length:${CRLF} ${HIDDEN.length}`], HIDDEN)],
  ['a folded header', (m) => request(m, [`X-Own: a${CRLF} Content-Length: ${HIDDEN.length}`], HIDDEN)],
  ['a length with an underscore', (m) => request(m, [`Content_Length: ${HIDDEN.length}`], HIDDEN)],
  ['lines that end otherwise', (m) => request(m, [`X: y\nContent-Length: ${HIDDEN.length}`], HIDDEN)],
  ['a chunk extension', (m) => request(m, [TE], `3;a="b"${CRLF}abc${CRLF}0;x${CRLF}${CRLF}${HIDDEN}`)],
  ['a chunk extension with a line end', (m) => request(m, [TE], `3;a\nb${CRLF}abc${CRLF}0${CRLF}${CRLF}${HIDDEN}`)],
  [
    'a chunk whose size has zeros before it',
    (m) => request(m, [TE], `000003${CRLF}abc${CRLF}0${CRLF}${CRLF}${HIDDEN}`),
  ],
  ['a chunk whose size is hexadecimal twice', (m) => request(m, [TE], `0x3${CRLF}abc${CRLF}0${CRLF}${CRLF}${HIDDEN}`)],
  ['a chunk whose size ends with LF', (m) => request(m, [TE], `3\nabc${CRLF}0\n\n${HIDDEN}`)],
  ['a chunk that is longer than its size', (m) => request(m, [TE], `3${CRLF}abcdef${CRLF}0${CRLF}${CRLF}${HIDDEN}`)],
  ['a chunk without end', (m) => request(m, [TE], `ffffffffffffffff${CRLF}${HIDDEN}`)],
  ['a negative chunk', (m) => request(m, [TE], `-1${CRLF}${HIDDEN}`)],
  ['an end of chunks with trailers', (m) => request(m, [TE], `0${CRLF}Content-Length: 9${CRLF}${CRLF}${HIDDEN}`)],
  ['Expect', (m) => request(m, ['Expect: 100-continue', CL(HIDDEN)], HIDDEN)],
  ['Expect of something else', (m) => request(m, ['Expect: x', CL(HIDDEN)], HIDDEN)],
  ['HTTP/1.0 and chunks', (m) => request(m, [TE, 'Connection: keep-alive'], chunked(HIDDEN), '1.0')],
  ['HTTP/1.0 that is kept', (m) => request(m, ['Connection: keep-alive', CL(HIDDEN)], HIDDEN, '1.0')],
  ['HTTP/2.0', (m) => request(m, [CL(HIDDEN)], HIDDEN, '2.0')],
  ['a body that nobody announced', (m) => request(m, [], HIDDEN)],
  [
    'an upgrade to h2c',
    (m) =>
      request(m, ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMA', CL(HIDDEN)], HIDDEN),
  ],
  ['Connection that lists its length', (m) => request(m, ['Connection: Content-Length', CL(HIDDEN)], HIDDEN)],
  [
    'a request line with a tab',
    (m) => `${m}\t/case\tHTTP/1.1${CRLF}Host: www.example.com${CRLF}${CL(HIDDEN)}${CRLF}${CRLF}${HIDDEN}`,
  ],
  ['an empty line first', (m) => `${CRLF}${request(m, [CL(HIDDEN)], HIDDEN)}`],
];

/** The final status lines in what a connection answered. */
const answersIn = (text: string) => [...text.matchAll(/HTTP\/1\.[01] ([2-5]\d\d) /g)].length;

describe.each<[string, boolean]>([
  ['past the writer', false],
  ['through the writer, where unsafe requests purge', true],
])('%s', (_, onUnsafeRequests) => {
  let site: TestSite;
  beforeAll(async () => (site = await startCarelessSite({ purging: { onUnsafeRequests } })));
  afterAll(() => site?.stop());

  describe.each(['POST', 'GET'])('%s', (method) => {
    test.each(CASES)(
      'with %s: the application sees the requests that nginx sees, and no other visitor anything of it',
      async (__, bytes) => {
        const before = site.origin.received.length;
        const text = await exchange(site.address, bytes(method) + LAST.repeat(3));
        // What the application was asked beyond what was answered here would be answered to somebody else. A page that is not
        // storable is asked for twice; careless as it is, this application's are.
        const asked = site.origin.received.slice(before);
        expect([asked.length, text.slice(0, 200)]).toEqual([
          expect.any(Number),
          expect.stringMatching(/^(?:HTTP\/1\.|$)/),
        ]);
        expect(asked.length).toBeLessThanOrEqual(answersIn(text));
        for (const headers of [{ Cookie: 'session=1' }, { Cookie: 'session=2' }] as Record<string, string>[]) {
          const path = newPath('/next');
          const own = JSON.parse((await ask(site.address, path, headers)).body) as { target: string };
          expect(own.target).toBe(path);
        }
        await expectUntouched(site, newPath('/next'));
      },
    );
  });

  test('requests on one connection are answered in their order, each with its own page', async () => {
    const paths = Array.from({ length: 12 }, () => newPath('/pipelined'));
    const heads = paths.map(
      (path, i) =>
        `GET ${path} HTTP/1.1${CRLF}Host: www.example.com${CRLF}${i % 3 === 0 ? `Cookie: session=${i}${CRLF}` : ''}${
          i === paths.length - 1 ? `Connection: close${CRLF}` : ''
        }${CRLF}`,
    );
    for (let round = 0; round < 2; round += 1) {
      const text = await exchange(site.address, heads.join(''));
      expect([...text.matchAll(/"target": "([^"]*)"/g)].map(([, target]) => target)).toEqual(paths);
    }
  });
});
