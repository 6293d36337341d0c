import { TAG_HEADERS } from '../../lib/site/tag';
import { type HeaderPair, headerValues } from './page';

// RFC 9110 section 5.6.2.
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// RFC 9110 section 5.5: visible characters, space, tab and obs-text. Above 0xff a character would lose its high byte on
// the wire, and U+010D would become a line's end.
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

// RFC 9110 section 7.6.1, and what older software sends in their place.
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
];

// Meant for one visitor, made anew for every answer, or (`Server-Timing`) about one exchange and not about the page.
const NOT_THE_PAGES = ['set-cookie', 'set-cookie2', 'content-length', 'server-timing'];

// What nginx obeys and what it and the writer say to each other: an origin must have no say in either.
const COMMANDS = /^x-(?:accel|nms)-/;

/** Whether a name and a value can be sent as a header without ever being read as something else. */
export function isHeader([name, value]: HeaderPair): boolean {
  return TOKEN.test(name) && VALUE.test(value);
}

/**
 * The headers of a response that belong to the page: without those about its connection, its framing or its visitor.
 *
 * @param keepTags whether those stay that name the page's tags.
 * @param targetedFields those that say to us how long the page may be kept.
 */
export function pageHeaders(
  headers: readonly HeaderPair[],
  keepTags: boolean,
  targetedFields: readonly string[],
): HeaderPair[] {
  return forwardable(headers, keepTags, NOT_THE_PAGES, targetedFields);
}

/** The headers of a response that may be passed on to the visitor who asked: without those about its connection and framing. */
export function answerHeaders(headers: readonly HeaderPair[], keepTags: boolean): HeaderPair[] {
  return forwardable(headers, keepTags, ['content-length']);
}

function forwardable(
  headers: readonly HeaderPair[],
  keepTags: boolean,
  without: readonly string[],
  needed: readonly string[] = [],
): HeaderPair[] {
  const dropped = new Set([
    ...HOP_BY_HOP,
    ...without,
    ...(keepTags ? [] : TAG_HEADERS),
    ...listMembers(headers, 'Connection'),
  ]);
  // No origin may list these there (RFC 9110 section 7.6.1): a coded body without them is garbage, or a page says no longer
  // that it must not be answered stale.
  ['content-encoding', 'cache-control', ...needed].forEach((name) => dropped.delete(name.toLowerCase()));
  return headers
    .filter(([name]) => !dropped.has(name.toLowerCase()) && !COMMANDS.test(name.toLowerCase()))
    .map(([name, value]) => [name, value.replace(/^[ \t]+|[ \t]+$/g, '')]);
}

/** The members of a list-valued header, all its lines joined (RFC 9110 section 5.3), in lower case. */
export function listMembers(headers: readonly HeaderPair[], name: string): string[] {
  return headerValues(headers, name)
    .flatMap((value) => value.split(','))
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== '');
}
