import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { listMembers } from './header-rules';
import { type HeaderPair, headerValues, type PageResponse } from './page';

const compress = promisify(gzip);
const expand = promisify(gunzip);
// zlib's own default: above it, pages get hardly smaller and much later.
const LEVEL = 6;
// Below a network packet's worth there is little to win; h5bp's server configurations for nginx draw the line here too.
const LEAST_BYTES = 256;
// RFC 1952 section 2.3.1.
const GZIP_MAGIC = Buffer.of(0x1f, 0x8b);
const TEXT_LIKE =
  /^(?:text\/|font\/(?:ttf|otf)$|image\/(?:svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)$|application\/(?:.*\+)?(?:json|xml|javascript|x-javascript|ecmascript|wasm|graphql|yaml|rtf|json5|json-seq|ndjson|x-ndjson|vnd\.ms-fontobject|xml-dtd)$)/;
// About the bytes of one coding of the body (RFC 9530, RFC 3230, RFC 1864), or about ranges of it.
const ABOUT_THE_BYTES = new Set(['content-digest', 'repr-digest', 'digest', 'content-md5', 'accept-ranges']);

/**
 * Puts a body into the one coding in which it is stored: gzip where that is smaller, identity otherwise. nginx expands it
 * for clients without gzip.
 *
 * @returns undefined for a coding other than gzip, which nginx could not expand, and for a body that is not what it says.
 */
export async function codeBody(page: PageResponse): Promise<PageResponse | undefined> {
  const coding = listMembers(page.headers, 'Content-Encoding').filter((name) => name !== 'identity');
  const headers = without(page.headers, 'content-encoding');
  if (page.body.length === 0 || coding.length === 0) {
    return compressed({ ...page, headers });
  }
  // RFC 9110 section 8.4.1.3: `x-gzip` is the same.
  const isGzip =
    coding.length === 1 && /^(?:x-)?gzip$/.test(coding[0] ?? '') && page.body.subarray(0, 2).equals(GZIP_MAGIC);
  return isGzip ? { ...page, headers: gzipHeaders(headers) } : undefined;
}

/**
 * The body of a page whose coding is gzip or none, without it.
 *
 * @returns undefined where it has more bytes than that, or is not what it says.
 */
export async function plainBody({ headers, body }: PageResponse, mostBytes: number): Promise<Buffer | undefined> {
  if (body.length === 0 || listMembers(headers, 'Content-Encoding').every((name) => name === 'identity')) {
    return body.length <= mostBytes ? body : undefined;
  }
  return expand(body, { maxOutputLength: mostBytes }).catch(() => undefined);
}

async function compressed(page: PageResponse): Promise<PageResponse> {
  const type = (headerValues(page.headers, 'Content-Type')[0] ?? '').split(';')[0] ?? '';
  // RFC 9111 section 5.2.2.6.
  const mayTransform = !listMembers(page.headers, 'Cache-Control').includes('no-transform');
  if (!mayTransform || page.body.length < LEAST_BYTES || !TEXT_LIKE.test(type.trim().toLowerCase())) {
    return page;
  }
  const body = await compress(page.body, { level: LEVEL });
  if (body.length >= page.body.length) {
    return page;
  }
  return { ...page, headers: gzipHeaders(headersOfOtherBytes(page.headers)), body };
}

/** The headers of a page whose body has other bytes than before, and means the same. */
export function headersOfOtherBytes(headers: readonly HeaderPair[]): HeaderPair[] {
  return headers.filter(([name]) => !ABOUT_THE_BYTES.has(name.toLowerCase())).flatMap(weakTag);
}

// RFC 9110 section 8.8.1: other bytes need another strong validator. What is no entity tag is dropped, as by nginx.
function weakTag([name, value]: HeaderPair): HeaderPair[] {
  if (name.toLowerCase() !== 'etag' || value.startsWith('W/"')) {
    return [[name, value]];
  }
  return value.startsWith('"') ? [[name, `W/${value}`]] : [];
}

function gzipHeaders(headers: readonly HeaderPair[]): HeaderPair[] {
  const vary = headerValues(headers, 'Vary').filter((value) => value !== '');
  const covered = listMembers(headers, 'Vary').some((name) => name === 'accept-encoding' || name === '*');
  return [
    ...without(headers, 'vary'),
    ['Content-Encoding', 'gzip'],
    ['Vary', (covered ? vary : [...vary, 'Accept-Encoding']).join(', ')],
  ];
}

function without(headers: readonly HeaderPair[], name: string): HeaderPair[] {
  return headers.filter(([n]) => n.toLowerCase() !== name);
}
