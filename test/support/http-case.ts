import type { RequestListener } from 'node:http';
import { ask, cacheStatus, type RawAnswer } from './raw-http';
import type { TestSite } from './test-site';

/** Values of header fields by name: several are several lines, a number is the date so many seconds after the answer. */
export type Fields = Readonly<Record<string, string | number | readonly string[]>>;

/** An answer of an origin, written to its socket as it stands here, in latin1: nothing is mended, added or left out. */
export interface OriginAnswer {
  /** Default: 200 */
  readonly status?: number;
  readonly fields?: Fields;
  /** Default: a text that no other answer has. Framed by its length, unless the fields say another framing. */
  readonly body?: string;
  /** What comes before the status line: interim responses, whole. */
  readonly before?: string;
}

let cases = 0;

/** A path that no other case has. */
export function casePath(base = '/case'): string {
  return `${base}/${(cases += 1)}`;
}

/** Answers so, one after the other; the last again and again. */
export function saying(...answers: readonly OriginAnswer[]): RequestListener {
  let given = 0;
  return (request) => {
    const answer = answers[Math.min(given, answers.length - 1)] ?? {};
    given += 1;
    // Node's own response would put headers of its own in.
    request.socket.end(Buffer.from(rawAnswer(answer, request.method === 'HEAD'), 'latin1'));
  };
}

let bodies = 0;
// RFC 9112 section 6.3.
const BODILESS = new Set([204, 304]);

function rawAnswer({ status = 200, fields = {}, body, before = '' }: OriginAnswer, isHead: boolean): string {
  const names = Object.keys(fields).map((name) => name.toLowerCase());
  const framed = ['content-length', 'transfer-encoding'].some((name) => names.includes(name)) || BODILESS.has(status);
  const text = body ?? (framed || status === 205 ? '' : `answer ${(bodies += 1)}`);
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${typeof one === 'number' ? dateIn(one) : String(one)}\r\n`),
  );
  const length = framed ? '' : `Content-Length: ${text.length}\r\n`;
  return `${before}HTTP/1.1 ${status} Answer\r\n${lines.join('')}${length}Connection: close\r\n\r\n${isHead ? '' : text}`;
}

/** The HTTP date that is so many seconds from now. */
export function dateIn(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toUTCString();
}

/** A request of a case, of a path of its own. */
export interface CaseRequest {
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

/** Asks a site twice for what an origin answers so. */
export async function askTwice(
  site: TestSite,
  answer: OriginAnswer | readonly OriginAnswer[],
  { path = casePath(), headers = {} }: CaseRequest = {},
): Promise<[RawAnswer, RawAnswer]> {
  site.origin.on(path, saying(...[answer].flat()));
  return [await askReached(site.address, path, headers), await askReached(site.address, path, headers)];
}

/** Asks until the store and the index were reached: on a busy machine they may be too late. */
async function askReached(...request: Parameters<typeof ask>): Promise<RawAnswer> {
  for (;;) {
    const answer = await ask(...request);
    if (!/detail=(?:store|index)-unreachable/.test(cacheStatus(answer))) return answer;
  }
}

/** What `Cache-Status` says of two requests, the second after the first, for what an origin answers so. */
export async function statusTwice(...asked: Parameters<typeof askTwice>): Promise<string[]> {
  return (await askTwice(...asked)).map(reuse);
}

/** What `Cache-Status` says; a page that nginx looked up too late, on a busy machine, and the writer found, is a hit too. */
export function reuse(answer: RawAnswer): string {
  return cacheStatus(answer).replace(/^fwd=uri-miss; collapsed$/, 'hit');
}

/** What `statusTwice` gives for what is stored at the first request and answered from the cache at the second. */
export const REUSED = ['fwd=uri-miss; stored', 'hit'];

/** What `statusTwice` gives for what is not stored, for this reason. */
export function notStored(reason: string): string[] {
  return Array<string>(2).fill(`fwd=uri-miss; detail=${reason}`);
}
