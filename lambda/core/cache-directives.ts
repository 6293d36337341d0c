import { type BareItem, isInnerList, parseDictionary } from 'structured-headers';
import { headerValues, type PageResponse } from './page';

/** What a response says to us about being cached. */
export interface CacheDirectives {
  /** Whether it said so in a targeted field; then `Expires` and `Pragma` count as little as `Cache-Control`. */
  readonly targeted: boolean;
  /** The directive that forbids storing, if there is one. */
  readonly forbidden?: 'no-store' | 'private' | 'no-cache';
  /** Whether only a cache may store it that understands its status: RFC 9111 section 5.2.2.3. */
  readonly mustUnderstand: boolean;
  /** Whether a directive forbids answering it once its lifetime is over: RFC 9111 section 4.2.4. */
  readonly neverStale: boolean;
  /** The directives' arguments without quotes, by lower-case name; several where one is repeated. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

// RFC 9111 sections 5.2.2.2, 5.2.2.4, 5.2.2.8 and 5.2.2.10.
const REVALIDATED = ['must-revalidate', 'no-cache', 'proxy-revalidate', 's-maxage'];

const FORBIDDING = ['no-store', 'private', 'no-cache'] as const;

// The final statuses of RFC 9110 section 15, less 206 and 304, which need what we do not do.
const UNDERSTOOD: ReadonlySet<number> = new Set([
  ...[200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408],
  ...[409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426, 500, 501, 502, 503, 504, 505],
]);

/** Whether all is done that caches have to do for responses of a status. */
export function isUnderstood(status: number): boolean {
  return UNDERSTOOD.has(status);
}

const SAYS_WHETHER = ['max-age', 's-maxage', 'public', 'must-understand', 'no-store', 'private', 'no-cache'];

/**
 * Reads the first of the targeted fields that is there, is not empty and is a Dictionary, or else `Cache-Control`: RFC 9213
 * section 2.2. A directive that forbids something is obeyed also in a field before that one that is broken otherwise
 * (`CDN-Cache-Control: No-Store`), in any syntax (`private; max-age=60`), with an argument (`private="x-user"`), and in
 * `Cache-Control` beside a targeted field that does not say whether to store at all (`stale-if-error=60`).
 *
 * @param targetedFields names of fields that are meant for us, in the order in which they count.
 */
export function cacheDirectives(
  { status, headers }: Pick<PageResponse, 'status' | 'headers'>,
  targetedFields: readonly string[],
): CacheDirectives {
  const broken: string[] = [];
  const general = headerValues(headers, 'Cache-Control').join(', ');
  for (const name of targetedFields) {
    const text = headerValues(headers, name).join(', ');
    const values = parseTargeted(text);
    if (values.size > 0) {
      const others = SAYS_WHETHER.some((directive) => values.has(directive)) ? broken : [...broken, general];
      return { targeted: true, ...rules(status, text, others, values), values };
    }
    broken.push(text);
  }
  const text = general;
  const values = parseDirectives(text);
  return { targeted: false, ...rules(status, text, broken, values), values };
}

/** Whether a directive is there that allows something; one that says of itself that it is not (`public=?0`) is not. */
export function allows({ values }: Pick<CacheDirectives, 'values'>, directive: string): boolean {
  return values.get(directive)?.every((value) => value !== FALSE) ?? false;
}

// Empty for what is not a Dictionary of RFC 9651.
function parseTargeted(text: string): Map<string, string[]> {
  try {
    const members = [...parseDictionary(text)].map(([name, member]) => [
      name,
      [isInnerList(member) ? '()' : asText(member[0])],
    ]);
    return new Map(members as [string, string[]][]);
  } catch {
    return new Map();
  }
}

const FALSE = '?0';

// No directive that we know has an argument of another type than these.
function asText(value: BareItem): string {
  return typeof value === 'number' ? String(value) : value === true ? '?1' : value === false ? FALSE : '?';
}

/** @param broken the fields before the one that counts, of which only what they forbid is taken. */
function rules(
  status: number,
  text: string,
  broken: readonly string[],
  values: CacheDirectives['values'],
): Pick<CacheDirectives, 'forbidden' | 'mustUnderstand' | 'neverStale'> {
  const mustUnderstand = allows({ values }, 'must-understand');
  const before = broken.join(', ');
  const all = `${before}, ${text}`;
  // Section 5.2.2.3: beside it, `no-store` is for caches that do not know the status, or the directive.
  const isForbidden = (name: (typeof FORBIDDING)[number]) =>
    says(name === 'no-store' && mustUnderstand && isUnderstood(status) ? before : all, name);
  return {
    forbidden: FORBIDDING.find(isForbidden),
    mustUnderstand,
    neverStale: REVALIDATED.some((name) => says(all, name)),
  };
}

function says(text: string, directive: string): boolean {
  return new RegExp(`(?:^|[^a-z0-9_-])${directive}(?![a-z0-9_-])`, 'i').test(text);
}

/** The directives of a `Cache-Control` by lower-case name, with their arguments without quotes; several where one is repeated. */
export function parseDirectives(text: string): Map<string, string[]> {
  const directives = new Map<string, string[]>();
  // Commas in quoted arguments do not separate; a quote that is never closed is a character like others.
  for (const [part] of text.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^,])+/g)) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    const value =
      equals < 0
        ? ''
        : part
            .slice(equals + 1)
            .trim()
            .replace(/^"(.*)"$/, '$1');
    directives.set(name, [...(directives.get(name) ?? []), value]);
  }
  return directives;
}
