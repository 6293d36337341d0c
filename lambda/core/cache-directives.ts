import { type BareItem, isInnerList, parseDictionary } from 'structured-headers';
import { type HeaderPair, headerValues } from './page';

/** What a response says to us about being cached. */
export interface CacheDirectives {
  /** Whether it said so in `CDN-Cache-Control`; then `Expires` and `Pragma` count as little as `Cache-Control`. */
  readonly targeted: boolean;
  /** The directive that forbids storing, if there is one. */
  readonly forbidden?: 'no-store' | 'private' | 'no-cache';
  /** Whether a directive forbids answering it once its lifetime is over: RFC 9111 section 4.2.4. */
  readonly neverStale: boolean;
  /** The directives' arguments without quotes, by lower-case name; several where one is repeated. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

// RFC 9111 sections 5.2.2.2, 5.2.2.4, 5.2.2.8 and 5.2.2.10.
const REVALIDATED = ['must-revalidate', 'no-cache', 'proxy-revalidate', 's-maxage'];

/**
 * Reads `CDN-Cache-Control` or, where that is missing, empty or not a Dictionary, `Cache-Control`: RFC 9213 section 2.2.
 * A directive that forbids something is obeyed also in a field that is broken otherwise (`private; max-age=60`,
 * `CDN-Cache-Control: No-Store`), and with an argument (`private="x-user"`).
 */
export function cacheDirectives(headers: readonly HeaderPair[]): CacheDirectives {
  const targetedText = headerValues(headers, 'CDN-Cache-Control').join(', ');
  const values = parseTargeted(targetedText);
  if (values.size > 0) {
    return { targeted: true, ...prohibitions(targetedText), values };
  }
  const text = headerValues(headers, 'Cache-Control').join(', ');
  return { targeted: false, ...prohibitions(`${targetedText}, ${text}`), values: parseDirectives(text) };
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

// No directive that we know has an argument of another type than these.
function asText(value: BareItem): string {
  return typeof value === 'number' ? String(value) : value === true ? '?1' : '?';
}

function prohibitions(text: string): Pick<CacheDirectives, 'forbidden' | 'neverStale'> {
  const says = (directive: string) => new RegExp(`(?:^|[^a-z0-9_-])${directive}(?![a-z0-9_-])`, 'i').test(text);
  return {
    forbidden: (['no-store', 'private', 'no-cache'] as const).find(says),
    neverStale: REVALIDATED.some(says),
  };
}

function parseDirectives(text: string): Map<string, string[]> {
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
