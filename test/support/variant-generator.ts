import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { generatedRequest, type GeneratedRequest } from './request-generator';

/** A site's variants of every kind that patterns alone do not decide, and what its application signs with. */
export const richVariants = [
  { name: 'language', source: 'language', values: ['en', 'de', 'pt-BR', 'de-AT', 'zh-Hant'], cookie: 'lang' },
  { name: 'tier', source: 'signed-cookie', field: 'tier', values: ['free', 'paid', 'p.1'] },
  {
    name: 'device',
    source: 'device',
    values: ['desktop', 'tablet', 'mobile'],
    rules: [
      { value: 'tablet', contains: ['iPad', 'Tablet'] },
      { value: 'mobile', contains: ['Mobi', 'iPhone (x)', 'a.b'] },
      { value: 'tablet', contains: ['Android'] },
    ],
  },
];
export const variantKeys = { tier: 'k9!"\\\'$;{}/#<>0123456789abcdef0123456789' };

const from = <T>(...values: T[]) => fc.constantFrom(...values);

const languageTag = from(
  ...[
    'en',
    'EN',
    'de',
    'de-AT',
    'DE-at-1996',
    'de-CH',
    'pt',
    'pt-BR',
    'pt-br-x-y',
    'zh-Hant-TW',
    'zh',
    'zh-Hans',
    'fr',
  ],
  ...['*', '*', 'x', '', 'de_AT', 'd e', 'deutschland', 'de-', '-de', 'de-ATATATATA', 'e\xf1', 'den', 'd'],
);
const weight = from(
  ...['', '', '', ';q=0.9', ';q=0.8', ';q=0.8', '; q=0.5', ' ;q=0.1', ';Q=0.3', ';q=1', ';q=1.0', ';q=0', ';q=0.0'],
  ...[';q=0.000', ';q=0.001', ';q=0.0001', ';q=2', ';q=1.1', ';q=', ';q=x', ';level=1', ';q=0.5;x', ';\tq=0.7', ';'],
);
const range = fc.tuple(languageTag, weight).map(([tag, w]) => tag + w);
const acceptLanguage = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.array(range, { maxLength: 5 }), from(',', ', ', ' ,', ',,', ',\t', '; '))
      .map(([ranges, separator]) => ranges.join(separator)),
  },
  // What browsers send.
  {
    weight: 3,
    arbitrary: from(
      'de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7',
      'fr-FR,fr;q=0.9',
      'en-GB,en;q=0.5',
      'de',
      'zh-TW,zh-Hant;q=0.3',
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 990, max: 1010 }).map((length) => 'de,'.padEnd(length, 'en;q=0.5,')) },
  { weight: 1, arbitrary: fc.integer({ min: 990, max: 1010 }).map((length) => 'de'.padEnd(length, ', en')) },
);

const userAgent = fc.oneof(
  from(
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
    'Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 Chrome/126.0 Safari/537.36',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36',
  ),
  fc
    .array(
      from(
        'iphone (x)',
        'iphone x',
        'MOBI',
        'mob',
        'a.b',
        'axb',
        'TABLET',
        'ipa d',
        'ANDROID',
        ' ',
        '\xb5',
        '\xff',
        'x',
      ),
    )
    .map((parts) => parts.join('').trim()),
);

/** A signature of a text by the application's key, or another's. */
function sign(text: string, key = variantKeys.tier): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
const LATER = '4102444800';
const LONG_AGO = '1000000000';
const claim = (value: string, expires = LATER, text = `rich tier ${value} ${expires}`, key?: string) =>
  `${value}.${expires}.${sign(text, key)}`;
const signedCookie = from(
  ...[claim('paid'), claim('paid'), claim('p.1'), claim('p.1'), claim('free')],
  claim('paid', LONG_AGO),
  claim('gold'),
  claim('paid', `0${LATER}`),
  claim('paid', LATER, `rich tier paid ${LONG_AGO}`),
  claim('paid', LATER, `rich tier p.1 ${LATER}`),
  claim('paid', LATER, `rich other paid ${LATER}`),
  claim('paid', LATER, `other tier paid ${LATER}`),
  claim('paid', LATER, undefined, 'another key'),
  claim('paid').toUpperCase(),
  claim('paid').slice(0, -1),
  `${claim('paid')}0`,
  `"${claim('paid')}"`,
  `${claim('paid')} `,
  `${claim('paid')} x`,
  'paid',
  `paid.${LATER}`,
  `paid..${sign('')}`,
  '',
).map((value) => `tier=${value}`);
const languageCookie = from(
  'lang=de',
  'lang=pt-BR',
  'lang=en',
  'lang=DE',
  'lang=fr',
  'lang=',
  'lang',
  'Lang=de',
  'lang=de; lang=en',
);
const cookie = fc.oneof(signedCookie, languageCookie, from('_ga=1', 'tier=paid; tier=free', 'xtier=1'));

// Most can be cached: it is the variants that are looked at.
const base = fc.oneof(
  { weight: 1, arbitrary: generatedRequest },
  {
    weight: 3,
    arbitrary: fc.constant({ method: 'GET', target: '/', version: '1.1', headers: [['Host', 'a.b'] as const] }),
  },
);

/** Requests of every kind, with all that such variants are read from. */
export const variantRequest: fc.Arbitrary<GeneratedRequest> = fc
  .record({
    base,
    language: fc.option(acceptLanguage, { freq: 4 }),
    agent: fc.option(userAgent, { freq: 4 }),
    cookies: fc.oneof(fc.constant([]), fc.array(cookie, { maxLength: 2 })),
    separator: from('; ', ';', ' ; '),
  })
  .map(({ base, language, agent, cookies, separator }) => ({
    ...base,
    headers: [
      // One of a name: nginx before 1.23 takes the first of several, later versions join them.
      ...base.headers.filter(([name]) => !/^(?:user-agent|accept-language)$/i.test(name)),
      ...(language === null ? [] : [['Accept-Language', language] as const]),
      ...(agent === null ? [] : [['User-Agent', agent] as const]),
      ...(cookies.length === 0 ? [] : [['Cookie', cookies.join(separator)] as const]),
    ],
  }));
