import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SaxesParser } from 'saxes';

/** What a sitemap names: a page or, where it is a sitemap index, another sitemap (sitemaps.org/protocol.html). */
export interface SitemapEntry {
  readonly kind: 'page' | 'sitemap';
  readonly loc: string;
  /** As it is written. */
  readonly lastmod?: string;
}

/** What cannot be read as a sitemap. */
export class SitemapError extends Error {
  public constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SitemapError';
  }
}

/** The limits of a sitemap file by the protocol. */
export const SITEMAP_LIMITS = { bytes: 50 * 1024 * 1024, entries: 50_000 };

// What is read at once of a file that may be long.
const PIECE = 64 * 1024;
// A file that is sent with `Content-Encoding: gzip` may be a .gz file.
const MOST_CODINGS = 2;
const MOST_DEPTH = 16;
// A longer URL is cut, and no page's.
const MOST_TEXT = 4096;
const GZIP_MAGIC = Buffer.of(0x1f, 0x8b);

/**
 * Reads a sitemap or a sitemap index, as it is or in gzip, entry by entry. A document type is refused: nothing declared in
 * a file is ever expanded.
 *
 * @throws SitemapError for everything else, and above the limits.
 */
export async function* readSitemap(body: Buffer, limits = SITEMAP_LIMITS): AsyncGenerator<SitemapEntry> {
  const reader = new SitemapReader();
  const text = new TextDecoder('utf-8', { fatal: true });
  let [bytes, entries] = [0, 0];
  try {
    for await (const piece of expanded(pieces(body), MOST_CODINGS)) {
      bytes += piece.length;
      if (bytes > limits.bytes) throw new SitemapError(`it must have at most ${limits.bytes} bytes, expanded`);
      for (const entry of reader.read(text.decode(piece, { stream: true }))) {
        entries += 1;
        if (entries > limits.entries) throw new SitemapError(`it must have at most ${limits.entries} entries`);
        yield entry;
      }
    }
    reader.end(text.decode());
  } catch (cause) {
    throw cause instanceof SitemapError ? cause : new SitemapError((cause as Error).message, { cause });
  }
}

function* pieces(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += PIECE) {
    yield body.subarray(at, at + PIECE);
  }
}

async function* expanded(body: Iterable<Buffer> | AsyncIterable<Buffer>, codings: number): AsyncGenerator<Buffer> {
  const source = asyncIterator(body);
  const first = await source.next();
  const whole = (async function* () {
    if (first.done !== true) yield first.value;
    yield* { [Symbol.asyncIterator]: () => source };
  })();
  if (codings > 0 && first.done !== true && first.value.subarray(0, 2).equals(GZIP_MAGIC)) {
    const gunzip = createGunzip();
    // What it fails with is thrown to whoever reads it.
    const reading = Readable.from(whole).once('error', (error) => gunzip.destroy(error));
    yield* expanded(reading.pipe(gunzip) as AsyncIterable<Buffer>, codings - 1);
  } else {
    yield* whole;
  }
}

async function* asyncIterator(body: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* body;
}

/** Understands the pieces of a sitemap's text. */
class SitemapReader {
  private readonly parser = new SaxesParser({ position: false });
  private readonly path: string[] = [];
  private entry: Partial<Record<string, string>> = {};
  private found: SitemapEntry[] = [];

  public constructor() {
    const { parser } = this;
    parser.on('doctype', () => {
      throw new SitemapError('it must not have a document type');
    });
    parser.on('opentag', ({ name }) => this.open(name));
    parser.on('closetag', () => this.close());
    parser.on('text', (text) => this.add(text));
    parser.on('cdata', (text) => this.add(text));
  }

  /** The entries that are complete with this piece. */
  public read(text: string): SitemapEntry[] {
    this.parser.write(text);
    return this.found.splice(0);
  }

  public end(text: string): void {
    this.parser.write(text).close();
  }

  private open(name: string): void {
    if (this.path.length === 0 && name !== 'urlset' && name !== 'sitemapindex') {
      throw new SitemapError(`it must be a urlset or a sitemapindex, got <${name.slice(0, 80)}>`);
    }
    this.path.push(name);
    if (this.path.length > MOST_DEPTH) throw new SitemapError(`it must be at most ${MOST_DEPTH} elements deep`);
    if (this.isEntry) this.entry = {};
  }

  private close(): void {
    const { loc, lastmod } = this.entry;
    if (this.isEntry && loc !== undefined) {
      const kind = this.path[0] === 'urlset' ? 'page' : 'sitemap';
      this.found.push({ kind, loc: loc.trim(), ...(lastmod === undefined ? {} : { lastmod: lastmod.trim() }) });
    }
    this.path.pop();
  }

  // Of an entry its own `loc` and `lastmod`: an image in it (`image:loc`) has others.
  private add(text: string): void {
    const [, , field = '', deeper] = this.path;
    if ((field === 'loc' || field === 'lastmod') && deeper === undefined) {
      this.entry[field] = ((this.entry[field] ?? '') + text).slice(0, MOST_TEXT);
    }
  }

  private get isEntry(): boolean {
    return this.path.length === 2 && this.path[1] === (this.path[0] === 'urlset' ? 'url' : 'sitemap');
  }
}
