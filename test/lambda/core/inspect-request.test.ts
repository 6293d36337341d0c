import fc from 'fast-check';
import { InspectRequestError, parseInspectRequest } from '../../../lambda/core/inspect-request';
import { cursorOf } from '../../../lambda/core/list-cursor';
import { parseSiteConfig } from '../../../lib/site/site-config';

const NOW = Date.UTC(2026, 2, 10);
const DAY = 86_400_000;
const config = parseSiteConfig({ site: 'shop', hosts: ['www.example.com'] });
const parse = (input: unknown) => parseInspectRequest(config, input, NOW);

function faults(input: unknown, of = config): readonly string[] {
  try {
    parseInspectRequest(of, input, NOW);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InspectRequestError);
    return (error as InspectRequestError).faults;
  }
}

test('a request has defaults for what it leaves out', () => {
  expect(parse({ status: {} })).toEqual({ kind: 'status' });
  expect(parse({ pages: {} })).toEqual({ kind: 'pages', filter: {}, limit: 100, after: '' });
  expect(parse({ purges: {} })).toEqual({ kind: 'purges', limit: 20, sinceAt: NOW - 30 * DAY });
  expect(parse({ purges: { since: 'P1D', limit: 3 } })).toEqual({ kind: 'purges', limit: 3, sinceAt: NOW - DAY });
  expect(parse({ inspect: { url: 'http://www.example.com/a' } })).toMatchObject({
    ...{ kind: 'inspect', url: 'http://www.example.com/a', headers: [] },
    address: { host: 'www.example.com', path: '/a' },
  });
});

test('all faults are said at once', () => {
  const headers = [['Cookie', 'a=b\r\nX: y'], ['no value']];
  const found = faults({
    inspect: { url: 'http://elsewhere.example/', headers },
    pages: { tag: 'a b', limit: 0, x: 1 },
  });
  const fields = ['inspect.headers.0', 'inspect.headers.1', 'inspect.url', 'pages', 'pages.limit', 'pages.tag'];
  expect([...new Set(found.map((fault) => fault.split(':')[0]))].sort()).toEqual(fields);
});

test.each([
  [undefined],
  [[]],
  [{}],
  [{ status: {}, pages: {} }],
  [{ status: { x: 1 } }],
  [{ delete: {} }],
  [{ pages: { host: 'elsewhere.example' } }],
  [{ pages: { prefix: 'http://www.example.com/a?b=1' } }],
  [{ pages: { search: '' } }],
  [{ pages: { limit: 1001 } }],
  [{ purges: { limit: 101 } }],
  [{ purges: { since: '2026-03-11' } }],
])('%j is refused', (input) => expect(faults(input)).not.toEqual([]));

test('a site without an index lists no pages, and says so', () => {
  const none = parseSiteConfig({ site: 'shop', purging: { index: 'none' } });
  expect(faults({ pages: {} }, none)).toEqual([expect.stringContaining("(purging.index is 'none')")]);
  expect(faults({ status: {} }, none)).toEqual([]);
});

test('a list goes on behind any place that it can have, and nowhere else', () => {
  const after = (next: string) => (parse({ pages: { next } }) as { after: string }).after;
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (place) => expect(after(cursorOf(place))).toBe(place)),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const bad = faults({ pages: { next: text } }).length > 0;
      expect(bad || cursorOf(after(text)) === text).toBe(true);
    }),
  );
  expect(faults({ pages: { next: cursorOf('x'.repeat(1025)) } })).toHaveLength(1);
});
