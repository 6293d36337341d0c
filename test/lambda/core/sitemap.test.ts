import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { readSitemap, type SitemapEntry, SitemapError } from '../../../lambda/core/sitemap';

const NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';

async function read(body: string | Buffer, limits?: Parameters<typeof readSitemap>[1]): Promise<SitemapEntry[]> {
  const entries: SitemapEntry[] = [];
  for await (const entry of readSitemap(Buffer.from(body as Buffer), limits)) entries.push(entry);
  return entries;
}

test('pages are read with their dates, in any layout, and nothing of other vocabularies', async () => {
  const sitemap = `\ufeff<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand --><?xml-stylesheet href="a.xsl"?>
<urlset ${NAMESPACE} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
  <url>
    <loc>
      https://example.com/a?b=1&amp;c=2
    </loc>
    <lastmod> 2026-03-01 </lastmod><changefreq>daily</changefreq>
    <image:image><image:loc>https://example.com/i.png</image:loc><loc>https://example.com/deep</loc></image:image>
    <xhtml:link rel="alternate" hreflang="de" href="https://example.com/de"/>
  </url>
  <url><lastmod>2026-03-01</lastmod></url>
  <url><loc><![CDATA[https://example.com/b]]></loc></url>
</urlset>`;
  expect(await read(sitemap)).toEqual([
    { kind: 'page', loc: 'https://example.com/a?b=1&c=2', lastmod: '2026-03-01' },
    { kind: 'page', loc: 'https://example.com/b' },
  ]);
});

test('an index names sitemaps', async () => {
  const index = `<sitemapindex ${NAMESPACE}><sitemap><loc>https://example.com/1.xml</loc><lastmod>2026</lastmod></sitemap></sitemapindex>`;
  expect(await read(index)).toEqual([{ kind: 'sitemap', loc: 'https://example.com/1.xml', lastmod: '2026' }]);
});

test('gzip is expanded, also twice, and in several members', async () => {
  const [head, tail] = [`<urlset ${NAMESPACE}><url><loc>https://a/`, '1</loc></url></urlset>'];
  const plain = await read(head + tail);
  expect(plain).toHaveLength(1);
  expect(await read(gzipSync(head + tail))).toEqual(plain);
  expect(await read(gzipSync(gzipSync(head + tail)))).toEqual(plain);
  expect(await read(Buffer.concat([gzipSync(head), gzipSync(tail)]))).toEqual(plain);
});

test('what is read does not depend on how the text is cut, nor on its script', async () => {
  const loc = fc
    .string({ unit: 'grapheme', maxLength: 60 })
    .map((text) => text.replace(/[<>&\p{Cc}\ufffe\uffff]/gu, ''));
  await fc.assert(
    fc.asyncProperty(fc.array(loc, { maxLength: 20 }), fc.nat(200_000), async (locs, padding) => {
      // A comment before moves the entries across the borders of the pieces that are read.
      const text = `<urlset><!--${'x'.repeat(padding)}-->${locs.map((each) => `<url><loc>${each}</loc></url>`).join('')}</urlset>`;
      const expected = locs.filter((each) => each !== '').map((each) => ({ kind: 'page', loc: each.trim() }));
      expect(await read(text)).toEqual(expected);
      expect(await read(gzipSync(text))).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

test.each<[string, string | Buffer, RegExp]>([
  ['an empty file', '', /document must contain a root element/],
  ['HTML', '<html><body/></html>', /must be a urlset or a sitemapindex, got <html>/],
  ['plain text', 'https://example.com/', /text data outside of root node/],
  ['a document type', '<!DOCTYPE urlset [<!ENTITY a "b">]><urlset/>', /must not have a document type/],
  ['an unknown entity', '<urlset><url><loc>&nbsp;</loc></url></urlset>', /undefined entity/],
  ['an entity of JavaScript', '<urlset><url><loc>&constructor;</loc></url></urlset>', /undefined entity/],
  ['an end too soon', '<urlset><url>', /unclosed tag/],
  ['other bytes than UTF-8', Buffer.from('<urlset>\xe9</urlset>', 'latin1'), /encoded data was not valid/],
  ['half a character at its end', Buffer.from('<urlset/>\xc3', 'latin1'), /encoded data was not valid/],
  ['deep nesting', `<urlset>${'<a>'.repeat(1000)}`, /at most 16 elements deep/],
  ['broken gzip', Buffer.concat([gzipSync('<urlset/>').subarray(0, 12), Buffer.from('xx')]), /./],
  ['half of a gzip', gzipSync(`<urlset>${Math.random()}</urlset>`).subarray(0, 24), /unexpected end of file/],
  ['gzip three times', gzipSync(gzipSync(gzipSync('<urlset/>'))), /./],
])('%s is refused', async (_, body, message) => {
  const reading = read(body);
  await expect(reading).rejects.toThrow(SitemapError);
  await expect(reading).rejects.toThrow(message);
});

test('above the limits nothing is read on', async () => {
  const entries = (count: number) => `<urlset>${'<url><loc>https://a/</loc></url>'.repeat(count)}</urlset>`;
  expect(await read(entries(3), { bytes: 1000, entries: 3 })).toHaveLength(3);
  await expect(read(entries(4), { bytes: 1000, entries: 3 })).rejects.toThrow('at most 3 entries');
  const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, ' '));
  expect(bomb.length).toBeLessThan(100_000);
  await expect(read(bomb, { bytes: 1024 * 1024, entries: 3 })).rejects.toThrow('at most 1048576 bytes');
});

test('a text without end takes no more memory than a URL', async () => {
  const [entry] = await read(`<urlset><url><loc>${'a'.repeat(1_000_000)}</loc></url></urlset>`);
  expect(entry?.loc).toHaveLength(4096);
});

test('whatever comes is read or refused', async () => {
  const pieces = fc.constantFrom('<urlset>', '</urlset>', '<url>', '</url>', '<loc>', '</loc>', '<', '>', '&', '&amp;', ']]>', '<![CDATA[', '<!--', '-->', '<?x?>', 'x', '\0', '"', "a='b'", '<!DOCTYPE'); // prettier-ignore
  const anything = fc.oneof(fc.array(pieces, { maxLength: 30 }).map((all) => Buffer.from(all.join(''))), fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)), fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([Buffer.of(0x1f, 0x8b), bytes]))); // prettier-ignore
  await fc.assert(
    fc.asyncProperty(anything, async (body) => {
      const outcome = await read(body).catch((error: unknown) => error);
      expect(Array.isArray(outcome) || outcome instanceof SitemapError).toBe(true);
    }),
    { numRuns: 500 },
  );
});
