import fresh from 'fresh';
import Negotiator from 'negotiator';
import { headersOfOtherBytes, plainBody } from './body-coding';
import { listMembers } from './header-rules';
import { type HeaderPair, headerValues, type PageResponse } from './page';

/** What of a visitor's own request decides in which form they get a page. */
export interface VisitorRequest {
  readonly method: string;
  readonly headers: readonly HeaderPair[];
}

/** What a visitor gets. Of an answer to HEAD, the length is that of the body which GET would get. */
export interface VisitorAnswer extends PageResponse {
  readonly length: number;
}

// What no page has, whatever it was compressed to.
const MOST_BYTES = 512 * 1024 * 1024;
// RFC 9110 section 15.4.5, less what describes a body that is not sent.
const OF_THE_BODY = /^content-(?!location$)/i;

/**
 * The answer to a visitor from a page in its stored form, as nginx would give it: nothing for HEAD (RFC 9110 section
 * 9.3.2), 304 where the visitor has it (section 13), without gzip for who does not take it (section 12.5.3).
 */
export async function visitorAnswer(stored: PageResponse, visitor: VisitorRequest): Promise<VisitorAnswer> {
  const page = takesGzip(visitor) ? stored : await expanded(stored);
  if (page.status === 200 && hasIt(page, visitor)) {
    const headers = page.headers.filter(([name]) => !OF_THE_BODY.test(name));
    return { status: 304, headers, body: Buffer.of(), length: 0 };
  }
  const { length } = page.body;
  return { ...page, body: visitor.method === 'HEAD' ? Buffer.of() : page.body, length };
}

function takesGzip({ headers }: VisitorRequest): boolean {
  const negotiator = new Negotiator({ headers: { 'accept-encoding': joined(headers, 'Accept-Encoding') ?? '' } });
  return negotiator.encodings(['gzip']).includes('gzip');
}

async function expanded(page: PageResponse): Promise<PageResponse> {
  if (!listMembers(page.headers, 'Content-Encoding').includes('gzip')) {
    return page;
  }
  const body = await plainBody(page, MOST_BYTES);
  if (body === undefined) {
    throw new Error('the page is not what its Content-Encoding says');
  }
  const headers = headersOfOtherBytes(page.headers).filter(([name]) => name.toLowerCase() !== 'content-encoding');
  return { ...page, headers, body };
}

function hasIt(page: PageResponse, { headers }: VisitorRequest): boolean {
  const asked = {
    'if-none-match': joined(headers, 'If-None-Match'),
    'if-modified-since': joined(headers, 'If-Modified-Since'),
  };
  return fresh(asked, { etag: joined(page.headers, 'ETag'), 'last-modified': joined(page.headers, 'Last-Modified') });
}

function joined(headers: readonly HeaderPair[], name: string): string | undefined {
  const values = headerValues(headers, name);
  return values.length === 0 ? undefined : values.join(', ');
}
