import fc from 'fast-check';

/** A request as bytes (latin1), and what it was made from. */
export interface GeneratedRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly (readonly [string, string])[];
}

const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const from = <T>(...values: T[]) => fc.constantFrom(...values);

const segment = fc.oneof(
  often(30, from('a', 'items', 'items', 'A', '~x', 'index.html', 'items-old', 'caf%C3%A9', 'x.css', 'a+b', "it's")),
  often(
    8,
    from(
      '%41',
      '%7E',
      '%7e',
      '%20',
      '%22',
      '%25',
      '%2525',
      'caf\xc3\xa9',
      '%e9',
      '\xff',
      ';x=1',
      '!$&()*,=:@',
      '"',
      '<>',
      '{|}',
      '^`',
      '[1]',
      '...',
    ),
  ),
  often(
    2,
    from(
      '%2F',
      '%2f',
      '%5C',
      '%5c',
      '\\',
      '.',
      '..',
      '%2e',
      '%2E%2e',
      '.%2e',
      '..;',
      '.;x',
      '%3B',
      '%3f',
      '%23',
      '%26',
      '%2B',
      '%40',
      '%5B',
    ),
  ),
  often(
    1,
    from('%00', '%0a', '%0d%0aset x 0 0 1', '%1f', '%7F', '\x01', '\x7f', '%zz', '%', '%2', '%u0041', ' ', '#f', '\t'),
  ),
  often(1, from('admin', '%61dmin', 'Admin', 'admin;x', 'adminx')),
  often(
    1,
    fc
      .string({ unit: fc.integer({ min: 1, max: 255 }).map((byte) => String.fromCharCode(byte)), maxLength: 4 })
      .map((s) => s.replace(/[\r\n]/g, '')),
  ),
);
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => `/${segments.join('/')}`);

const parameterName = from(
  'a',
  'b',
  'page',
  'utm_source',
  '%75tm_source',
  'utm+x',
  'UTM_source',
  'gclid',
  'q',
  'a[]',
  'a%5B%5D',
  '',
  '+',
  '%',
  'p%61ge',
  'Page',
);
const parameterValue = from(
  '',
  '1',
  '2',
  'x%20y',
  'x+y',
  '%26',
  '=',
  'a=b',
  '%',
  'caf%C3%A9',
  "'",
  ';c=1',
  '<s>',
  '/?',
  '%00',
);
const parameter = fc.oneof(
  often(
    20,
    fc.tuple(parameterName, parameterValue).map(([name, value]) => `${name}=${value}`),
  ),
  often(2, parameterName),
  often(1, from('\xff=\xfe', 'a#b', '#', ' ', 'x\x01')),
);
const query = fc.oneof(
  often(3, fc.constant('')),
  often(
    5,
    fc
      .array(parameter, { maxLength: 5 })
      .chain((list) => fc.shuffledSubarray([...list, ...list.slice(0, 1)], { minLength: 0 }))
      .map((list) => `?${list.join('&')}`),
  ),
  often(1, from('?', '?&', '?&&a=1&', '??a=1', '?a=1?b=2')),
);

const HOSTS = [
  'www.example.com',
  'WWW.Example.COM',
  'www.example.com:8080',
  'a.b',
  '127.0.0.1',
  'x_y.example',
  'editors.example.com',
  'www.example.com:',
];
const ODD_HOSTS = [
  'www.example.com.',
  '',
  '[::1]',
  '[::1]:80',
  'a..b',
  '.a',
  'a b',
  'a@b',
  'a/b',
  'a\\b',
  'a:x',
  'a:80:81',
  '-a',
  'a-',
  'caf\xe9',
  'x'.repeat(300),
  'a:123456',
];
const host = fc.oneof(
  often(
    14,
    from(...HOSTS).map((value) => [['Host', value]] as [string, string][]),
  ),
  often(
    2,
    from(...ODD_HOSTS).map((value) => [['Host', value]] as [string, string][]),
  ),
  often(
    1,
    from<[string, string][]>(
      [],
      [
        ['Host', 'a.b'],
        ['Host', 'c.d'],
      ],
      [
        ['host', 'a.b'],
        ['HOST', 'a.b'],
      ],
    ),
  ),
);

const cookiePair = fc.oneof(
  often(8, from('_ga=GA1.2.3', '_ga_X1=GS1', '_gid=1', '_fbp=fb.1.2 3', 'CookieConsent=true')),
  often(
    4,
    from(
      'pv=a',
      'pv=b',
      'pv=c',
      'pv=B',
      'pv=b ',
      'pv="b"',
      'pv=',
      'pv',
      'pv=b,a',
      'Pv=b',
      'xpv=b',
      'pvx=b',
      'pv==b',
      'pv =b',
    ),
  ),
  often(
    2,
    from('session=1', 'sessionid=', '_gaX=1', 'x_ga=1', '_g a=1', '', ' ', '=', '\xff=1', '_ga=1;;_gid=2', 'a=b; pv=b'),
  ),
);
const cookies = fc.oneof(
  often(8, fc.constant([] as [string, string][])),
  often(
    4,
    fc
      .array(cookiePair, { minLength: 1, maxLength: 4 })
      .map((pairs) => [['Cookie', pairs.join('; ')]] as [string, string][]),
  ),
  often(
    1,
    fc
      .array(cookiePair, { minLength: 2, maxLength: 3 })
      .map((pairs) => pairs.map((pair) => ['Cookie', pair] as [string, string])),
  ),
);

const otherHeader = from<[string, string]>(
  ['Authorization', 'Bearer x'],
  ['Authorization', ''],
  ['Content-Length', '0'],
  ['Range', 'bytes=0-1'],
  ['Origin', 'null'],
  ['Upgrade', 'h2c'],
  ['Accept', 'text/event-stream'],
  ['Accept', 'text/html, Text/Event-Stream;q=0.1'],
  ['Accept', 'text/html'],
  ['X-Requested-With', 'XMLHttpRequest'],
  ['X_Requested_With', 'ignored'],
  ['HX-Request', 'true'],
  ['RSC', '1'],
  ['If-None-Match', '"x"'],
  ['Accept-Encoding', 'gzip'],
  ['User-Agent', '\xff'],
  ['X-Device', 'mobile'],
  ['X-Device', 'Mobile'],
  ['X-Device', 'desktop'],
  ['X-Device', 'mobile, desktop'],
  ['X-Device', ''],
  ['X-Forwarded-Host', 'evil.example'],
  ['Cache-Control', 'no-cache'],
);
// What load balancers and proxies before them say of a visitor's scheme.
const schemeHeader = from<[string, string]>(
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Proto', 'HTTPS'],
  ['X-Forwarded-Proto', 'http'],
  ['X-Forwarded-Proto', 'https,http'],
  ['CloudFront-Forwarded-Proto', 'https'],
  ['CLOUDFRONT-FORWARDED-PROTO', 'Https'],
  ['CloudFront-Forwarded-Proto', 'http'],
  ['CloudFront-Forwarded-Proto', ''],
  ['X-Forwarded-SSL', 'on'],
  ['x-forwarded-ssl', 'ON'],
  ['X-Forwarded-SSL', 'off'],
  ['X-Forwarded-SSL', 'xon'],
  ['X_Forwarded_SSL', 'on'],
);
// One of a name: nginx before 1.23 takes the first of several, later versions join them.
const someOf = (header: typeof otherHeader) =>
  fc.oneof(
    often(5, fc.constant([] as [string, string][])),
    often(2, fc.uniqueArray(header, { maxLength: 3, selector: ([name]) => name.toLowerCase() })),
  );

const authority = from(
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  'http://www.example.com',
  'https://evil.example:81',
  'HTTP://A.B',
);

/** Requests of every kind that a server on the open internet sees. */
export const generatedRequest: fc.Arbitrary<GeneratedRequest> = fc
  .record({
    method: from(...Array<string>(10).fill('GET'), 'HEAD', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'get', 'PURGE'),
    authority,
    path,
    query,
    version: from('1.1', '1.1', '1.1', '1.0'),
    host,
    cookies,
    otherHeaders: someOf(otherHeader),
    schemeHeaders: someOf(schemeHeader),
  })
  .map((parts) => ({
    method: parts.method,
    // Spaces at the end would be the request line's, not the target's.
    target: (parts.authority + parts.path + parts.query).replace(/ +$/, ''),
    version: parts.version,
    headers: [...parts.host, ...parts.cookies, ...parts.otherHeaders, ...parts.schemeHeaders],
  }));

/** The bytes of a request that closes its connection, as latin1 text. */
export function requestBytes({ method, target, version, headers }: GeneratedRequest): string {
  return `${method} ${target} HTTP/${version}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}Connection: close\r\n\r\n`;
}
