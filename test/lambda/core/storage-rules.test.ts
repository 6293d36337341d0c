import { parseSiteConfig, type SiteConfigInput } from '../../../lib/site/site-config';
import type { CanonicalRequest } from '../../../lib/site/canonical-request';
import type { HeaderPair } from '../../../lambda/core/page';
import { decideStorage } from '../../../lambda/core/storage-rules';
import { STORAGE_REASONS } from '../../../lambda/core/reasons';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
const AT = (seconds: number) => new Date(NOW + seconds * 1000).toUTCString();
const REQUEST: CanonicalRequest = {
  scheme: 'https',
  host: 'example.com',
  path: '/news',
  query: 'page=2',
  variants: {},
  key: 'k',
};

interface Asked {
  status?: number;
  headers?: HeaderPair[];
  body?: string;
  site?: Partial<SiteConfigInput>;
  request?: Partial<CanonicalRequest>;
}

function decide({ status = 200, headers = [], body = 'page', site = {}, request = {} }: Asked): number | string {
  const config = parseSiteConfig({ site: 'test', ...site });
  const decision = decideStorage({ ...REQUEST, ...request }, { status, headers, body: Buffer.from(body) }, config, NOW);
  return decision.store ? decision.ttlSeconds : decision.reason;
}

const cc = (value: string): HeaderPair => ['Cache-Control', value];
const cdn = (value: string): HeaderPair => ['CDN-Cache-Control', value];

describe('lifetimes', () => {
  test.each<[string, HeaderPair[], number | string]>([
    ['the site default where the origin says nothing', [], 60],
    ['max-age', [cc('max-age=100')], 100],
    ['s-maxage before max-age', [cc('max-age=100, s-maxage=20')], 20],
    ['s-maxage before Expires', [['Expires', AT(5)], cc('s-maxage=20')], 20],
    ['max-age before an Expires in the past', [['Expires', '0'], cc('max-age=100')], 100],
    ['s-maxage before a max-age that cannot be read', [cc('s-maxage=20, max-age=x')], 20],
    ['a quoted argument', [cc('max-age="100"')], 100],
    ['directives in any case', [cc('Public, Max-Age=100')], 100],
    ['several lines as one', [cc('public'), cc('max-age=100')], 100],
    ['a directive that is repeated alike', [cc('max-age=100'), cc('max-age=100')], 100],
    ['no more than the longest time', [cc('max-age=99999999')], 86_400],
    ['no more than the longest time for a number beyond all numbers', [cc(`max-age=${'9'.repeat(400)}`)], 86_400],
    [
      'proxy-revalidate and must-revalidate, since nothing stale is served',
      [cc('max-age=9, proxy-revalidate, must-revalidate')],
      9,
    ],
    ['immutable as what it is: no lifetime', [cc('immutable')], 60],
    [
      'stale-while-revalidate as what it is: no lifetime',
      [cc('max-age=10, stale-while-revalidate=1000, stale-if-error=1000')],
      10,
    ],
    [
      'Expires less Date',
      [
        ['Date', AT(0)],
        ['Expires', AT(30)],
      ],
      30,
    ],
    ['Expires less now where there is no Date', [['Expires', AT(30)]], 30],
    ['Expires in the form of RFC 850', [['Expires', 'Sunday, 01-Mar-26 12:00:40 GMT']], 40],
    ['Expires in the form of asctime', [['Expires', 'Sun Mar  1 12:00:50 2026']], 50],
    ['the age of Age', [cc('max-age=100'), ['Age', '40']], 60],
    ['the first member of a list of ages', [cc('max-age=100'), ['Age', '40, 70']], 60],
    ['no age where Age is no number', [cc('max-age=100'), ['Age', '-40']], 100],
    ['the age of Date', [cc('max-age=100'), ['Date', AT(-30)]], 70],
    ['the greater of both ages', [cc('max-age=100'), ['Date', AT(-30)], ['Age', '10']], 70],
    ['no age for a Date in the future', [cc('max-age=100'), ['Date', AT(30)]], 100],
    ['Last-Modified as no lifetime', [['Last-Modified', AT(-1_000_000)]], 60],
    ['max-age=0 as expired', [cc('max-age=0')], 'expired'],
    ['s-maxage=0 as expired', [cc('s-maxage=0, max-age=100')], 'expired'],
    ['an age beyond the lifetime as expired', [cc('max-age=100'), ['Age', '100']], 'expired'],
    ['Expires: 0 as expired', [['Expires', '0']], 'expired'],
    ['Expires: 3000, which is not the year 3000, as expired', [['Expires', '3000']], 'expired'],
    ['an empty Expires as expired', [['Expires', '']], 'expired'],
    [
      'two different Expires as expired',
      [
        ['Expires', AT(30)],
        ['Expires', AT(60)],
      ],
      'expired',
    ],
    ['max-age without a number as expired', [cc('max-age=')], 'expired'],
    ['max-age without an argument as expired', [cc('max-age')], 'expired'],
    ['max-age=1e9 as expired', [cc('max-age=1e9')], 'expired'],
    ['max-age=-1 as expired', [cc('max-age=-1')], 'expired'],
    ['max-age that contradicts itself as expired', [cc('max-age=100, max-age=5')], 'expired'],
    ['semicolons for commas as expired', [cc('max-age=100; public')], 'expired'],
  ])('take %s', (_, headers, expected) => {
    expect(decide({ headers })).toBe(expected);
  });

  test('of a route count where the origin says nothing, the longest path first, on whole segments', () => {
    const routes = [
      { path: '/', ttl: 10 },
      { path: '/news', ttl: 20 },
      { path: '/news/old', ttl: 30 },
    ];
    const at = (path: string, headers: HeaderPair[] = []) =>
      decide({ headers, request: { path }, site: { storage: { routes } } });
    expect([at('/x'), at('/news'), at('/news/old/1'), at('/news/older'), at('/newsletter')]).toEqual([
      10, 20, 30, 20, 10,
    ]);
    expect(at('/news', [cc('max-age=5')])).toBe(5);
  });

  test('of zero by the site store nothing that the origin says nothing about', () => {
    expect(decide({ site: { storage: { defaultTtl: 0 } } })).toBe('no-lifetime');
    expect(decide({ site: { storage: { routes: [{ path: '/news', ttl: 0 }] } } })).toBe('no-lifetime');
  });
});

describe('a response is not stored', () => {
  test.each<[string, HeaderPair[], string]>([
    ['with Set-Cookie, however public', [['set-cookie', 'a=b'], cc('public, max-age=100')], 'set-cookie'],
    ['with Set-Cookie, also when CDN-Cache-Control says so', [['SET-COOKIE', ''], cdn('max-age=100')], 'set-cookie'],
    ['when private', [cc('private, max-age=100')], 'private'],
    ['when Private', [cc('Private')], 'private'],
    ['when private for a field', [cc('private="x-user", max-age=100')], 'private'],
    ['when private in a second line', [cc('max-age=100'), cc('private')], 'private'],
    ['when private before a semicolon', [cc('private; max-age=100')], 'private'],
    ['when no-store', [cc('no-store')], 'no-store'],
    ['when private although it must be understood', [cc('must-understand, private, max-age=100')], 'private'],
    [
      'when no-store before the field that it must be understood by',
      [cdn('No-Store'), cc('must-understand, no-store, max-age=100')],
      'no-store',
    ],
    ['when no-cache', [cc('no-cache, s-maxage=100')], 'no-cache'],
    ['when NO-CACHE for a field', [cc('NO-CACHE="Set-Cookie", max-age=100')], 'no-cache'],
    ['when Pragma says no-cache and nothing else does', [['Pragma', 'No-Cache']], 'no-cache'],
    ['when it varies by anything', [['Vary', '*']], 'vary'],
    ['when it varies by anything in a list', [['Vary', 'Accept-Encoding, *']], 'vary'],
    ['when it varies by a header outside the key', [['Vary', 'Accept-Language']], 'vary'],
    [
      'when it varies so in a second line',
      [
        ['Vary', 'Cookie'],
        ['Vary', 'User-Agent'],
      ],
      'vary',
    ],
    ['when its body is shorter than announced', [['Content-Length', '5']], 'truncated'],
    ['when its body is longer than announced', [['Content-Length', '3']], 'truncated'],
  ])('%s', (_, headers, expected) => {
    expect(decide({ headers })).toBe(expected);
  });

  test.each([
    100,
    101,
    103,
    199,
    206,
    304,
    400,
    401,
    403,
    404,
    410,
    429,
    451,
    500,
    501,
    502,
    503,
    504,
    599,
    600,
    0,
    200.5,
    NaN,
  ])('with status %d, whatever its lifetime', (status) => {
    expect(decide({ status, headers: [cc('public, max-age=100')] })).toBe('status');
  });
});

describe('an address that is longer than the index takes', () => {
  const path = (bytes: number) => `/${'x'.repeat(bytes - 'example.com/'.length)}`;
  const asked = (bytes: number, site = {}) =>
    decide({ site, headers: [cc('max-age=9')], request: { path: path(bytes) } });

  test('keeps a page from being stored', () => {
    expect([asked(940), asked(941)]).toEqual([9, 'address-too-long']);
  });

  test('does not where there is none', () => {
    expect(asked(941, { purging: { index: 'none' } })).toBe(9);
  });
});

describe('a response is stored', () => {
  test.each([200, 201, 202, 203, 204, 205, 207, 226, 299, 300, 301, 302, 303, 305, 307, 308, 399])(
    'with status %d and a lifetime',
    (status) => {
      expect(decide({ status, headers: [cc('max-age=100'), ['Location', '/other']] })).toBe(100);
    },
  );

  test.each<[string, number, string, number | string]>([
    ['with no-store, when its status is understood', 200, 'must-understand, no-store, max-age=9', 9],
    ['without no-store, when its status is understood', 302, 'must-understand, max-age=9', 9],
    ['not with a status that is not', 299, 'must-understand, max-age=9', 'status'],
    ['not with no-store and a status that is not', 299, 'must-understand, no-store, max-age=9', 'status'],
    ['not with a part of a page', 206, 'must-understand, max-age=9', 'status'],
    ['as ever where only another word looks like it', 200, 'x-must-understand, no-store, max-age=9', 'no-store'],
  ])('that must be understood %s', (_, status, value, expected) => {
    expect(decide({ status, headers: [cc(value), ['Location', '/other']] })).toBe(expected);
  });

  test('with a Pragma beside a Cache-Control', () => {
    expect(decide({ headers: [['Pragma', 'no-cache'], cc('max-age=100')] })).toBe(100);
  });

  test('when it varies only by what the key and eligibility cover', () => {
    const site: Partial<SiteConfigInput> = {
      key: { variants: [{ name: 'device', source: 'header', field: 'X-Device', values: ['desktop', 'phone'] }] },
      scheme: { headers: [{ name: 'X-Forwarded-SSL', value: 'on' }] },
      storage: { ignoredVary: ['User-Agent'] },
    };
    const vary = 'accept-encoding, Cookie, Origin, x-device, USER-AGENT, RSC, X-Forwarded-Proto, x-forwarded-ssl';
    expect(decide({ headers: [['Vary', vary]], site })).toBe(60);
    expect(decide({ headers: [['Vary', 'X-Device']] })).toBe('vary');
    expect(decide({ headers: [['Vary', 'X-Forwarded-SSL']] })).toBe('vary');
  });

  test('when it varies by what a language or a device stands for', () => {
    const language = { name: 'l', source: 'language' as const, values: ['en', 'de'] };
    const rules = [{ value: 'mobile', contains: ['Mobi'] }];
    const device = { name: 'd', source: 'device' as const, values: ['desktop', 'mobile'], rules };
    const told = (variant: typeof language | (typeof device & { userAgents?: Record<string, string> }), vary: string) =>
      decide({ headers: [['Vary', vary]], site: { key: { variants: [variant] } } });
    expect(told(language, 'accept-language')).toBe(60);
    expect(told(device, 'Accept-Language')).toBe('vary');
    expect(told(device, 'x-device')).toBe(60);
    // The application looks at it by itself, and would always see the same.
    expect(told(device, 'User-Agent')).toBe('vary');
    expect(told({ ...device, userAgents: { mobile: 'phone' } }, 'User-Agent')).toBe('vary');
    expect(told({ ...device, userAgents: { mobile: 'phone', desktop: 'pc' } }, 'User-Agent')).toBe(60);
  });

  test('does not vary by a header whose name is a variant cookie', () => {
    const variants = [{ name: 'theme', source: 'cookie' as const, field: 'theme', values: ['light', 'dark'] }];
    expect(decide({ headers: [['Vary', 'theme']], site: { key: { variants } } })).toBe('vary');
  });

  test('with the length that it announces', () => {
    expect(decide({ headers: [['Content-Length', '4']] })).toBe(60);
  });
});

describe('without a lifetime of its own', () => {
  test.each<[number, number | string]>([
    [200, 60],
    [203, 'no-lifetime'],
    [300, 'no-lifetime'],
    [301, 'no-lifetime'],
    [308, 'no-lifetime'],
    [201, 'status'],
    [204, 'status'],
    [302, 'status'],
    [303, 'status'],
    [307, 'status'],
  ])('a %d gets %s', (status, expected) => {
    expect(decide({ status, headers: [['Location', '/other']] })).toBe(expected);
  });

  test('a 301 gets that of its route, a 302 nothing', () => {
    const storage = { routes: [{ path: '/news', ttl: 20 }] };
    expect(decide({ status: 301, site: { storage } })).toBe(20);
    expect(decide({ status: 302, site: { storage } })).toBe('status');
  });

  test('a 302 that is public gets that of its route', () => {
    const storage = { routes: [{ path: '/news', ttl: 20 }] };
    expect(decide({ status: 302, headers: [cc('public')], site: { storage } })).toBe(20);
    expect(decide({ status: 302, headers: [cdn('public=?0')], site: { storage } })).toBe('status');
    expect(decide({ status: 302, headers: [cc('public')] })).toBe('no-lifetime');
  });
});

describe('with heuristic freshness', () => {
  const modified = (seconds: number): HeaderPair => ['Last-Modified', AT(-seconds)];
  const site = (storage: SiteConfigInput['storage'] = {}) => ({ storage: { heuristicFraction: 0.1, ...storage } });

  test.each<[string, HeaderPair[], number | string]>([
    ['a page gets its part of the time for which it did not change', [modified(1000)], 100],
    ['less its age', [modified(1000), ['Age', '30']], 70],
    ['counted until its Date, and less the time since', [modified(2000), ['Date', AT(-100)]], 90],
    ['a lifetime of its own counts instead', [modified(1000), cc('max-age=7')], 7],
    ['an Expires counts instead', [modified(1000), ['Expires', AT(7)]], 7],
    ['a lifetime that cannot be read counts instead', [modified(1000), cc('max-age=x')], 'expired'],
    ['no-cache counts instead', [modified(1000), cc('no-cache')], 'no-cache'],
    ['a page that changed just now gets nothing', [modified(9)], 'no-lifetime'],
    ['a page of the future gets nothing', [modified(-1000)], 'no-lifetime'],
    ['never more than a day', [modified(1e8)], 86_400],
    ['what is no date leaves it to the site', [['Last-Modified', 'yesterday']], 60],
    ['two different dates leave it to the site', [modified(1000), modified(2000)], 60],
    ['without Last-Modified it is left to the site', [], 60],
  ])('%s', (_, headers, expected) => {
    expect(decide({ headers, site: site({ maxTtl: 1_000_000 }) })).toBe(expected);
  });

  test.each<[number, string, number | string]>([
    [200, '', 100],
    [203, '', 100],
    [204, '', 100],
    [300, '', 100],
    [301, '', 100],
    [308, '', 100],
    [201, '', 'status'],
    [202, '', 'status'],
    [302, '', 'status'],
    [299, '', 'status'],
    [299, 'public', 100],
    [404, '', 100],
    [405, '', 100],
    [410, '', 100],
    [414, '', 100],
    [501, '', 100],
    [403, '', 'status'],
    [502, '', 'status'],
    [599, '', 'status'],
    [599, 'public', 100],
  ])('a %d with %j gets %s', (status, value, expected) => {
    const headers = [modified(1000), cc(value), ['Location', '/other'] as const];
    expect(decide({ status, headers, site: site({ errorsThatSaySo: true }) })).toBe(expected);
  });

  test('no error gets any, where the site stores none that say so; a 404 has a time of its own', () => {
    const of = (status: number, storage = {}) => decide({ status, headers: [modified(1000)], site: site(storage) });
    expect([of(404), of(501)]).toEqual(['status', 'status']);
    expect(of(404, { errorsThatSaySo: true, negativeTtl: 7 })).toBe(7);
  });

  test('the lifetime of a route counts before it, that of all pages after it, the longest of all over it', () => {
    const headers = [modified(1000)];
    expect(decide({ headers, site: site({ routes: [{ path: '/news', ttl: 20 }] }) })).toBe(20);
    expect(decide({ headers, site: site({ defaultTtl: 0 }) })).toBe(100);
    expect(decide({ headers, site: site({ maxTtl: 50 }) })).toBe(50);
  });
});

describe('errors that say so', () => {
  const site = (storage: SiteConfigInput['storage'] = {}) => ({ storage: { errorsThatSaySo: true, ...storage } });

  test.each([400, 401, 403, 404, 405, 406, 410, 414, 429, 451, 499, 500, 501, 502, 503, 504, 599])(
    'a %d is kept for as long as it says, no longer than any error, and not when it says nothing',
    (status) => {
      const kept = (headers: HeaderPair[], storage = {}) => decide({ status, headers, site: site(storage) });
      expect(kept([cc('max-age=9')])).toBe(9);
      expect(kept([['Expires', AT(9)]])).toBe(9);
      expect(kept([cc('max-age=1000')])).toBe(300);
      expect(kept([cc('max-age=1000')], { maxTtl: 5 })).toBe(5);
      expect(kept([cc('public')], { routes: [{ path: '/', ttl: 5 }] })).toBe('status');
      expect(kept([])).toBe('status');
    },
  );

  test('a status that is not understood is not stored when it must be', () => {
    expect(decide({ status: 599, headers: [cc('must-understand, max-age=9')], site: site() })).toBe('status');
    expect(decide({ status: 503, headers: [cc('must-understand, no-store, max-age=9')], site: site() })).toBe(9);
  });
});

describe('what answers a request with Authorization', () => {
  const site: Partial<SiteConfigInput> = { eligibility: { authorization: 'as-the-page-says' } };
  const request = { forwarded: [['authorization', 'Basic YTpi']] as const };

  test.each<[string, HeaderPair[], number | string]>([
    ['is stored when public', [cc('public')], 60],
    ['is stored with s-maxage', [cc('s-maxage=9')], 9],
    ['is stored when it must be revalidated', [cc('max-age=9, must-revalidate')], 9],
    ['is stored when the field that counts says so', [cdn('max-age=9, public'), cc('no-store')], 9],
    ['is not stored otherwise', [cc('max-age=9')], 'authorization'],
    ['is not stored when only a field says so that does not count', [cdn('max-age=9'), cc('public')], 'authorization'],
    ['is not stored when it says that it is not public', [cdn('max-age=9, public=?0')], 'authorization'],
    ['is not stored when private, however public', [cc('public, private, max-age=9')], 'private'],
    ['is not stored when it varies by it', [cc('public'), ['Vary', 'Authorization']], 'vary'],
  ])('%s', (_, headers, expected) => {
    expect(decide({ headers, site, request })).toBe(expected);
  });

  test('is no matter of requests without, but of the site: they may vary by it only where it goes past the cache', () => {
    expect(decide({ headers: [cc('max-age=9')], site, request: { forwarded: [['x-other', '1']] } })).toBe(9);
    expect(decide({ headers: [['Vary', 'Authorization']], site })).toBe('vary');
    expect(decide({ headers: [['Vary', 'Authorization']] })).toBe(60);
  });
});

describe.each([404, 410])('a %d', (status) => {
  const site = (storage: SiteConfigInput['storage']) => ({ storage: { negativeTtl: 20, ...storage } });

  test.each<[string, HeaderPair[], Partial<SiteConfigInput>, number | string]>([
    ['is not stored unless the site asks for it', [], {}, 'status'],
    ['is not stored unless the site asks for it, whatever the origin says', [cc('public, max-age=9')], {}, 'status'],
    ['is kept for a time of its own where the origin says nothing', [], site({}), 20],
    ['is kept as long as the origin says', [cc('max-age=100')], site({}), 100],
    ['is kept no longer than its own bound', [cc('max-age=1000')], site({}), 300],
    ['is kept no longer than the bound that the site names', [cc('max-age=100')], site({ maxNegativeTtl: 30 }), 30],
    ['is kept no longer than any page', [cc('max-age=100')], site({ maxTtl: 10 }), 10],
    ['takes nothing from its route', [], site({ routes: [{ path: '/news', ttl: 5000 }] }), 20],
    ['is not kept longer than the pages of its route', [], site({ routes: [{ path: '/news', ttl: 5 }] }), 5],
    ['is not stored where its route stores nothing', [], site({ routes: [{ path: '/news', ttl: 0 }] }), 'no-lifetime'],
    ['is not stored when private', [cc('private')], site({}), 'private'],
    ['is not stored when it sets a cookie', [['Set-Cookie', 'a=b']], site({}), 'set-cookie'],
    ['is not stored when it has expired', [cc('max-age=0')], site({}), 'expired'],
    ['is no redirect, whatever its Location', [['Location', '/news?page=2']], site({}), 20],
  ])('%s', (_, headers, given, expected) => {
    expect(decide({ status, headers, site: given })).toBe(expected);
  });
});

test.each([400, 401, 403, 405, 406, 414, 429, 451, 500, 501, 502, 503])(
  'no other error is stored with a time for 404 and 410: %d',
  (status) => {
    expect(decide({ status, headers: [cc('max-age=9')], site: { storage: { negativeTtl: 20 } } })).toBe('status');
  },
);

describe('targeted fields', () => {
  const own = (value: string): HeaderPair => ['Example-Cache-Control', value];
  const site = { storage: { targetedFields: ['Example-Cache-Control', 'CDN-Cache-Control'] } };

  test.each<[string, HeaderPair[], number | string]>([
    ['count in the order that the site names', [cc('max-age=3'), cdn('max-age=2'), own('max-age=1')], 1],
    ['count by names in any case', [['EXAMPLE-cache-control', 'max-age=1'], cdn('max-age=2')], 1],
    ['are followed by the next where the first is missing', [cdn('max-age=2'), cc('max-age=3')], 2],
    ['are followed by the next where the first is empty', [own(''), cdn('max-age=2')], 2],
    ['are followed by the next where the first is no Dictionary', [own('max-age=1,,'), cdn('max-age=2')], 2],
    ['are followed by Cache-Control where none is one', [own('&'), cdn('Max-Age=2'), cc('max-age=3')], 3],
    ['forbid also when broken, whatever the next says', [own('No-Store'), cdn('max-age=2')], 'no-store'],
    ['do not forbid after the one that counts', [own('max-age=1'), cdn('no-store')], 1],
    ['count without their parameters', [own('max-age=1;x=2;y="z"')], 1],
  ])('%s', (_, headers, expected) => {
    expect(decide({ headers, site })).toBe(expected);
  });

  test('none are obeyed where the site names none', () => {
    expect(decide({ headers: [cdn('no-store'), cc('max-age=3')], site: { storage: { targetedFields: [] } } })).toBe(3);
  });
});

describe('CDN-Cache-Control', () => {
  test.each<[string, HeaderPair[], number | string]>([
    ['counts before Cache-Control', [cdn('max-age=9'), cc('private, no-store')], 9],
    ['counts before Expires and Pragma', [cdn('max-age=9'), ['Expires', '0'], ['Pragma', 'no-cache']], 9],
    ['may forbid what Cache-Control allows', [cdn('no-store'), cc('max-age=100')], 'no-store'],
    ['leaves the lifetime to the site where it has none', [cdn('public'), cc('max-age=100')], 60],
    ['may stand in several lines', [cdn('public'), cdn('max-age=9;beta')], 9],
    ['lets the last of a repeated member count', [cdn('max-age=1, max-age=9')], 9],
    ['is ignored when empty', [cdn(''), cc('max-age=100')], 100],
    ['is ignored when it is no dictionary', [cdn('max-age=9,'), cc('max-age=100')], 100],
    ['is ignored in upper case', [cdn('Max-Age=9'), cc('max-age=100')], 100],
    ['forbids also in upper case', [cdn('No-Store'), cc('max-age=100')], 'no-store'],
    ['forbids also when it is no dictionary', [cdn('private;; max-age=9'), cc('max-age=100')], 'private'],
    ['with a max-age that is no whole number stores nothing', [cdn('max-age=9.5'), cc('max-age=100')], 'expired'],
    ['may hold members of every kind', [cdn('a="x, no", b=(1 tok;q=0.5 "s"), c=:AQ==:, d=?0, max-age=9')], 9],
  ])('%s', (_, headers, expected) => {
    expect(decide({ headers })).toBe(expected);
  });
});

describe('a redirect of a page to its own key', () => {
  const to = (location: string, site: Partial<SiteConfigInput> = {}, scheme: 'http' | 'https' = 'https') =>
    decide({ status: 301, headers: [['Location', location], cc('max-age=100')], site, request: { scheme } });

  test.each([
    'https://example.com/news?page=2',
    '/news?page=2',
    '?page=2',
    '//EXAMPLE.com/news?page=2#top',
    '',
    'https://example.com:443/n%65ws?page=2',
    '/x/../news?page=2&utm_source=mail',
    'https://example.com:8443/news?page=2',
  ])('by %j is not stored', (location) => {
    expect(to(location)).toBe('self-redirect');
  });

  test.each([
    'http://example.com/news?page=2',
    'https://www.example.com/news?page=2',
    '/news/?page=2',
    '/news',
    '/news?page=3',
    'mailto:a@b.c',
  ])('is not meant by %j', (location) => {
    expect(to(location, { storage: { offSiteRedirects: true } })).toBe(100);
  });

  test('is one to the other scheme where both share a page', () => {
    expect(to('https://example.com/news?page=2', {}, 'http')).toBe(100);
    expect(to('http://example.com/news?page=2', { key: { scheme: 'same' } })).toBe('self-redirect');
  });

  test('is looked for in every Location, of which none may be garbage', () => {
    const headers: HeaderPair[] = [['Location', '/other'], ['Location', '/news?page=2'], cc('max-age=100')];
    expect(decide({ status: 301, headers })).toBe('self-redirect');
    expect(to('https://:x/')).toBe('bad-header');
  });
});

describe('a redirect to a host', () => {
  const to = (location: string, site: Partial<SiteConfigInput> = {}) =>
    decide({ status: 308, headers: [['Location', location], cc('max-age=100')], site });

  test.each([
    'https://www.example.com/',
    '//elsewhere.example',
    'https://example.com.elsewhere.example/',
    'https://example.com@elsewhere.example/',
    'https:\\\\elsewhere.example/',
    'mailto:a@example.com',
    'ftp://example.com/',
  ])('that is not the site’s, %j, is not stored unless the site says so', (location) => {
    expect(to(location)).toBe('off-site-redirect');
    expect(to(location, { hosts: ['example.com'] })).toBe('off-site-redirect');
    expect(to(location, { storage: { offSiteRedirects: true } })).toBe(100);
  });

  test('of the site, or its own, is', () => {
    expect(to('https://www.example.com/', { hosts: ['example.com', 'www.example.com'] })).toBe(100);
    expect(to('https://edit.example.com/', { eligibility: { bypassHosts: ['edit.example.com'] } })).toBe(100);
    expect(to('http://user@EXAMPLE.com:8080/other')).toBe(100);
  });
});

test('every reason is kebab case, fit for Cache-Status', () => {
  expect(Object.keys(STORAGE_REASONS).filter((reason) => !/^[a-z]+(-[a-z]+)*$/.test(reason))).toEqual([]);
});
