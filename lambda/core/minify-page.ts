import type { SiteConfig } from '../../lib/site/site-config';
import { headersOfOtherBytes, plainBody } from './body-coding';
import { listMembers } from './header-rules';
import { longestRoute } from './longest-route';
import { minifyHtml } from './minify-html';
import { headerValues, type PageResponse } from './page';

// Larger documents are left as they are: before they are read, and so before they are in memory.
const MOST_BYTES = 512 * 1024;
// One at a time: it is work for the processor, and takes memory. A writer with more to do stores pages as they come.
const MOST_WAITING = 16;
// In which every byte below 0x80 that could be markup is: not UTF-16, nor ISO-2022, which switch by these bytes.
const ASCII_BASED = /^(?:utf-?8|us-ascii|iso-8859-\d+|windows-125\d|latin1)$/;
const OF_OTHER_ENCODINGS = ['\0', '\x0e', '\x0f', '\x1b'];

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** Whether the pages of a path are minified: as the longest route says that says anything, else as the site does. */
export function isMinified(config: Pick<SiteConfig, 'storage'>, path: string): boolean {
  return longestRoute(config, path, 'minify') ?? config.storage.minify;
}

/** The page with a smaller body, where it is HTML and may be changed. Whatever fails, it is the page as it came. */
export async function minifiedPage(page: PageResponse): Promise<PageResponse> {
  if (!mayBeMinified(page) || waiting >= MOST_WAITING) {
    return page;
  }
  waiting += 1;
  const mine = last.then(() => minify(page)).catch(() => page);
  last = mine;
  try {
    return await mine;
  } finally {
    waiting -= 1;
  }
}

async function minify(page: PageResponse): Promise<PageResponse> {
  const plain = await plainBody(page, MOST_BYTES);
  const html = plain?.toString('latin1') ?? '';
  const isReadable = html !== '' && !OF_OTHER_ENCODINGS.some((byte) => html.includes(byte));
  const minified = isReadable ? await minifyHtml(html) : undefined;
  if (minified === undefined || minified.length >= html.length) {
    return page;
  }
  const headers = headersOfOtherBytes(page.headers).filter(([name]) => name.toLowerCase() !== 'content-encoding');
  return { ...page, headers, body: Buffer.from(minified, 'latin1') };
}

function mayBeMinified({ headers, body }: PageResponse): boolean {
  const [type = '', ...parameters] = (headerValues(headers, 'Content-Type')[0] ?? '').toLowerCase().split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(parameter)?.[1])
    .find(Boolean);
  return (
    body.length > 0 &&
    type.trim() === 'text/html' &&
    (charset === undefined || ASCII_BASED.test(charset)) &&
    // RFC 9111 section 5.2.2.6.
    !listMembers(headers, 'Cache-Control').includes('no-transform')
  );
}
