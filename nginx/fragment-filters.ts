import { asksForIncludes, isHtml, keepIncludes } from '../lib/site/includes';

/*
 * This file runs inside nginx (njs), bundled by `npm run build`: filters of the answers that pass fragments.conf. njs knows
 * no `for … of`, no destructuring and no classes; none of them may be used. Every request has variables of its own here.
 */

interface Flags {
  readonly last: boolean;
}

/** What is used of njs's request. */
interface Request {
  readonly status: number;
  readonly headersOut: Record<string, string | undefined>;
  readonly variables: Record<string, string | undefined>;
  sendBuffer(data: Buffer, options: { last: boolean; flush: boolean }): void;
  done(): void;
}

// About the bytes of a page whose includes are not yet replaced, or how long others may keep it.
const OF_THE_PAGE_ALONE =
  /^(?:expires|edge-control|(?:.*-)?cdn-cache-control|content-digest|repr-digest|digest|content-md5)$/i;
// A larger fragment is not waited for.
const LARGEST_HELD = 1024 * 1024;

// What nginx takes for `text/html`: it reads a type up to a parameter that is a charset, whatever comes behind that.
const READ_BY_NGINX = /^text\/html(?:; *charset=|$)/i;

let processed = false;
const seen = { includes: 0 };
let kept: Buffer = Buffer.from('');

/** Decides whether a page's includes are replaced, before nginx's own filters see its head. */
export function pageHead(r: Request): void {
  const headers = r.headersOut;
  const asked = asksForIncludes(headers['Surrogate-Control'] || '') || r.variables.has_fragments === '1';
  delete headers['Surrogate-Control'];
  const type = headers['Content-Type'] || '';
  const readable = isHtml(type) && !headers['Content-Encoding'];
  if (readable) {
    addVary(headers);
  }
  // A part of a page is none.
  processed = asked && readable && r.status !== 206;
  if (!processed) {
    leaveAlone(headers, type);
    return;
  }
  // What a visitor's own fragments are in is the visitor's, and as old as the youngest of them.
  const noStore = /no-store/i.test(headers['Cache-Control'] || '');
  headers['Cache-Control'] = noStore ? 'private, no-store' : 'private, no-cache';
  Object.keys(headers)
    .filter((name) => OF_THE_PAGE_ALONE.test(name))
    .forEach((name) => {
      delete headers[name];
    });
}

/**
 * nginx replaces the includes of what it knows as `text/html`, and not of the same type with a space before its charset,
 * which nginx appends, or with an empty parameter (RFC 9110 section 5.6.6 allows both).
 */
function leaveAlone(headers: Request['headersOut'], type: string): void {
  if (READ_BY_NGINX.test(type)) {
    headers['Content-Type'] = type.indexOf(';') < 0 ? type + ';' : type.split(';')[0] + ' ';
  }
}

// nginx's own way (`gzip_vary`) says it a second time where it has been said.
function addVary(headers: Request['headersOut']): void {
  const vary = headers.Vary || '';
  if (!/accept-encoding|\*/i.test(vary)) {
    headers.Vary = vary === '' ? 'Accept-Encoding' : vary + ', Accept-Encoding';
  }
}

/** Leaves of a page's commands those that are obeyed. */
export function pageBody(r: Request, data: Buffer, flags: Flags): void {
  if (!processed) {
    r.sendBuffer(data, { last: flags.last, flush: true });
    // Nothing else of this answer comes here.
    r.done();
    return;
  }
  const bytes = kept.length > 0 ? Buffer.concat([kept, data]) : data;
  const decided = keepIncludes(bytes, flags.last, seen);
  kept = Buffer.from(bytes.subarray(decided));
  r.sendBuffer(bytes.subarray(0, decided), { last: flags.last, flush: true });
  if (flags.last) {
    r.done();
  }
}

let whole = false;
let missing = 0;
const held: Buffer[] = [];

/** Decides whether an answer can stand in a page: anything but a 200 leaves a hole. */
export function fragmentHead(r: Request): void {
  whole = r.status === 200 && !r.headersOut['Content-Encoding'];
  const length = Number(r.headersOut['Content-Length'] || 0);
  missing = length > LARGEST_HELD ? 0 : length;
}

/**
 * Gives a fragment on; one that says how long it is, only when all of it is there. njs before 0.8 lets nothing through that
 * waits behind a filter that is not done.
 */
export function fragmentBody(r: Request, data: Buffer, flags: Flags): void {
  if (!whole) {
    return;
  }
  missing -= data.length;
  // Joined once: njs frees nothing before the request has ended.
  held.push(Buffer.from(data));
  if (missing > 0) {
    return;
  }
  r.sendBuffer(Buffer.concat(held.splice(0)), { last: flags.last, flush: true });
  r.done();
}
