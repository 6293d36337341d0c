import { hasFragments } from '../../lib/site/fragments';
import { asksForIncludes, isHtml } from '../../lib/site/includes';
import type { SiteConfig } from '../../lib/site/site-config';
import { headersOfOtherBytes, plainBody } from './body-coding';
import { headerValues, type PageResponse } from './page';

// What may become of a compressed body.
const EXPANSION = 8;
const COMMAND = '<!--#';
// Of a page whose fragments change by themselves, these say nothing; nor does nginx send them.
const VALIDATORS = new Set(['etag', 'last-modified', 'content-encoding']);

/** Whether nginx is to put fragments into a page: its origin asks for it, or the site says so of its path. */
export function takesFragments({ fragments }: SiteConfig, path: string, { headers }: PageResponse): boolean {
  if (fragments === undefined || !headerValues(headers, 'Content-Type').every(isHtml)) {
    return false;
  }
  const asked = asksForIncludes(headerValues(headers, 'Surrogate-Control').join(', '));
  return asked || hasFragments(fragments, path);
}

/**
 * The page as nginx can put fragments into it: its body as plain text, without validators.
 *
 * @param page as it was rendered.
 * @param mostBytes of a stored body.
 * @returns undefined where there is nothing to put in, or the body is coded in another way than gzip.
 */
export async function openForFragments(page: PageResponse, mostBytes: number): Promise<PageResponse | undefined> {
  const body = await plainBody(page, mostBytes * EXPANSION);
  if (!body?.includes(COMMAND)) {
    return undefined;
  }
  const headers = headersOfOtherBytes(page.headers).filter(([name]) => !VALIDATORS.has(name.toLowerCase()));
  return { ...page, headers, body };
}
