import { STATUS_CODES } from 'node:http';
import { isHeader } from './header-rules';
import { readTimes, timesHeader } from './page-times';
import type { HeaderPair, PageResponse } from './page';
import { isReason, type Reason } from './reasons';

const PASS_PREFIX = 'pass ';
const HEAD_END = '\r\n\r\n';

/** What a value under a page key is. A reader in nginx finds a page in a `page` and nothing in the others. */
export type ValueKind = 'lease' | 'pass' | 'page';

export function kindOfValue(value: Buffer): ValueKind {
  if (value.length === 0) {
    return 'lease';
  }
  return value.toString('latin1', 0, PASS_PREFIX.length) === PASS_PREFIX ? 'pass' : 'page';
}

/**
 * Writes a page as it lies in Memcached and as nginx's `srcache_fetch` reads it: a whole HTTP/1.1 response. The length is
 * ours and exact: one above the body's would hang the reader.
 *
 * @param page in its stored form.
 */
export function encodePage(page: PageResponse): Buffer {
  return Buffer.concat([Buffer.from(pageHead(page), 'latin1'), page.body]);
}

/** The status line and headers of a page as they are stored, with the blank line, in latin1. */
export function pageHead({ status, headers, body, times }: PageResponse): string {
  const ours = times === undefined ? [] : [timesHeader(times)];
  const lines = [...headers, ...ours, ['Content-Length', String(body.length)] as const].map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}${HEAD_END}`;
}

/**
 * Reads what `encodePage` wrote.
 *
 * @returns undefined for everything else: what is not exactly a page is never served as one.
 */
export function decodePage(value: Buffer): PageResponse | undefined {
  const headEnd = value.indexOf(HEAD_END, 0, 'latin1');
  if (headEnd < 0) {
    return undefined;
  }
  const [statusLine = '', ...lines] = value.toString('latin1', 0, headEnd).split('\r\n');
  const status = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*$/.exec(statusLine)?.[1];
  const pairs = lines.map(parseHeader);
  const body = value.subarray(headEnd + HEAD_END.length);
  const length = pairs.pop();
  if (status === undefined || length?.[0] !== 'Content-Length' || length[1] !== String(body.length)) {
    return undefined;
  }
  const headers = pairs.filter((pair) => pair !== undefined);
  const whole = headers.length === pairs.length && !headers.some(([name]) => name.toLowerCase() === 'content-length');
  const times = readTimes(headers.at(-1));
  const page = { status: Number(status), headers: times === undefined ? headers : headers.slice(0, -1), body };
  return whole ? { ...page, ...(times && { times }) } : undefined;
}

function parseHeader(line: string): HeaderPair | undefined {
  const colon = line.indexOf(': ');
  const pair = [line.slice(0, Math.max(colon, 0)), line.slice(colon + 2)] as const;
  return isHeader(pair) ? pair : undefined;
}

/** A pass marker: a short note that a canonical request does not give a storable page. */
export function encodePassMarker(reason: Reason): Buffer {
  return Buffer.from(PASS_PREFIX + reason, 'latin1');
}

/** The reason in a pass marker; undefined where it says none that this release knows. */
export function decodePassMarker(value: Buffer): Reason | undefined {
  const reason = value.toString('latin1', PASS_PREFIX.length);
  return kindOfValue(value) === 'pass' && isReason(reason) ? reason : undefined;
}
