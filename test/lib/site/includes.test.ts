import fc from 'fast-check';
import { asksForIncludes, isHtml, keepIncludes, MOST_INCLUDES } from '../../../lib/site/includes';

const GOOD = '<!--#include virtual="/fragments/news?n=1" -->';

/** A page as nginx would send it on, that arrives in these parts. */
function filtered(...parts: (string | Buffer)[]): string {
  const seen = { includes: 0 };
  let kept = Buffer.of();
  let sent = '';
  parts.forEach((part, i) => {
    const bytes = Buffer.concat([kept, typeof part === 'string' ? Buffer.from(part, 'latin1') : part]);
    const decided = keepIncludes(bytes, i === parts.length - 1, seen);
    sent += bytes.toString('latin1', 0, decided);
    kept = Buffer.from(bytes.subarray(decided));
  });
  expect(kept).toHaveLength(0);
  return sent;
}

test.each([GOOD, '<!--# include virtual="/a"-->', '<!--#include\tvirtual="/a/b-c.html?x=%2F&y=1,2" -->'])(
  'an include of a path stays: %s',
  (include) => {
    expect(filtered(`<p>${include}</p>${include}`)).toBe(`<p>${include}</p>${include}`);
  },
);

test.each([
  '<!--#include file="/etc/passwd" -->',
  '<!--#include virtual="http://other.example/" -->',
  '<!--#include virtual="fragments/news" -->',
  '<!--#include virtual="/a?$http_cookie" -->',
  '<!--#include virtual="/${http_cookie}" -->',
  '<!--#include virtual="/a" file="/b" -->',
  '<!--#include virtual="/a" set="x" -->',
  '<!--#include virtual="/a" stub="x" -->',
  '<!--#include virtual="/a" wait="yes" -->',
  "<!--#include virtual='/a' -->",
  '<!--#include virtual="/a\\" -->',
  '<!--#include virtual="/a\0" -->',
  '<!--#include virtual="/a\r\nX: y" -->',
  '<!--#include virtual="/caf\xc3\xa9" -->',
  '<!--#include virtual="/a" --',
  '<!--#INCLUDE virtual="/a" -->',
  '<!--#exec cmd="ls" -->',
  '<!--#echo var="http_cookie" -->',
  '<!--#set var="x" value="$http_cookie" -->',
  '<!--#if expr="$http_cookie" -->',
  '<!--#block name="x" -->',
  '<!--#config errmsg="x" -->',
  '<!--#',
  '<!--#-->',
  `<!--#include virtual="/${'a'.repeat(1001)}" -->`,
  `<!--#${'x'.repeat(3000)}-->`,
])('every other command becomes a comment: %s', (command) => {
  expect(filtered(`<p>${command}</p>`)).toBe(`<p>${command.replace('<!--#', '<!-- ')}</p>`);
});

test('a command inside of another one is looked at by itself', () => {
  expect(filtered(`<!--#echo <!--#set ${GOOD}`)).toBe(`<!-- echo <!-- set ${GOOD}`);
});

test(`no more than ${MOST_INCLUDES} includes stay`, () => {
  const kept = filtered(GOOD.repeat(MOST_INCLUDES + 2), GOOD);
  expect(kept.split('<!--#')).toHaveLength(MOST_INCLUDES + 1);
  expect(kept.split('<!-- ')).toHaveLength(3 + 1);
});

test('where a page is cut into parts makes no difference, and nothing but an include is left', () => {
  const piece = fc.oneof(
    fc.constantFrom(...['<', '!', '-', '--', '#', '<!--#', '-->', 'include virtual="', '/a', '"', ' ', '$x', 'é\0']),
    fc.constantFrom(GOOD, '<!--#echo var="x" -->'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.array(fc.nat(), { maxLength: 12 }), (pieces, cuts) => {
      const page = Buffer.from(pieces.join(''), 'latin1');
      const at = [0, ...cuts.map((cut) => cut % (page.length + 1)).sort((a, b) => a - b), page.length];
      const parts = at.slice(1).map((end, i) => Buffer.from(page.subarray(at[i], end)));
      const whole = filtered(Buffer.from(page));
      expect(filtered(...parts)).toBe(whole);
      expect(whole).toHaveLength(page.length);
      const allowed = /<!--#[ \t]*include[ \t]+virtual="\/[^"$\\]*"[ \t]*-->/g;
      expect(whole.replace(allowed, ' ')).not.toContain('<!--#');
    }),
    { numRuns: 2000 },
  );
});

test('what is sent while a page comes in is all but what may still become a command', () => {
  const seen = { includes: 0 };
  const decided = (text: string) => keepIncludes(Buffer.from(text), false, seen);
  expect(['text', 'text<', 'text<!--', `text<!--#include`, `${GOOD}<!-`].map(decided)).toEqual([
    4,
    4,
    4,
    4,
    GOOD.length,
  ]);
  expect(decided(`<!--#${'x'.repeat(2000)}`)).toBe(2005);
});

test.each([
  ['content="SSI/1.0"', true],
  ['max-age=60, content="SSI/1.0"', true],
  ['content="ESI/1.0 SSI/1.0"', true],
  ['CONTENT="ssi/1.0", max-age=3', true],
  ['', false],
  ['max-age=60', false],
  ['content="ESI/1.0"', false],
  ['content="XSSI/1.0"', false],
  ['content="SSI/1.01"', false],
  ['no-content="SSI/1.0"', false],
])('Surrogate-Control: %s asks: %p', (value, asks) => {
  expect(asksForIncludes(value)).toBe(asks);
});

test.each([
  ['text/html', true],
  ['Text/HTML; charset=UTF-8', true],
  ['text/html;charset="utf-8"', true],
  ['text/html ;charset=utf-8', false],
  ['text/html; charset=utf-8; x=y', false],
  ['text/html; level=1', false],
  ['text/html5', false],
  ['text/plain', false],
  ['', false],
])('%s is HTML in which nginx looks: %p', (type, html) => {
  expect(isHtml(type)).toBe(html);
});

// Read as often as it has openings, this page alone would take minutes.
test('a page that consists of openings is read once', () => {
  const page = '<!--#'.repeat(400_000);
  expect(filtered(page.slice(0, 1_000_001), page.slice(1_000_001))).toBe(page.replaceAll('#', ' '));
});

test('a command may be as long as it may, and no longer, wherever the page is divided', () => {
  const include = (length: number) => `<!--#include virtual="/${'a'.repeat(length)}" -->`;
  const [good, long] = [include(1000), include(1001)];
  for (const at of [1, 5, 500, good.length - 1]) {
    expect(filtered(good.slice(0, at), good.slice(at) + GOOD)).toBe(good + GOOD);
    expect(filtered(long.slice(0, at), long.slice(at) + GOOD)).toBe(long.replace('#', ' ') + GOOD);
  }
});
