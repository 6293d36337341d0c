import { decodePath } from '../../lib/site/canonical-path';
import { type Compatibility, compatibilityKey, variantsOf } from '../../lib/site/compatibility';
import type { PageAddress } from './page-address';

// What Memcached takes: a page with another key is never stored.
const STORABLE = /^[\x21-\x7e\x80-\xff]{1,250}$/;

/**
 * The keys under which an application that stores its pages itself may have a page: of every page version, for its URL as
 * it is given and as Django writes it.
 */
export function applicationKeys(compatibility: Compatibility, address: PageAddress): Set<string> {
  const { sentHost, sentPath, sentQuery } = address;
  const [versions] = variantsOf({ key: { variants: [] }, compatibility }).map(({ values }) => values);
  const targets = [withQuery(sentPath, sentQuery), withQuery(djangoPath(sentPath), djangoQuery(sentQuery))];
  const keys = new Set<string>();
  for (const target of targets) {
    for (const version of versions ?? ['']) {
      const variables: Record<string, string> = {
        http_host: sentHost,
        request_uri: target,
        uri: decodePath(sentPath),
        variant_version: version,
      };
      keys.add(compatibilityKey(compatibility, (name) => variables[name] ?? ''));
    }
  }
  return new Set([...keys].filter((key) => STORABLE.test(key)));
}

function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}

// django.utils.encoding.escape_uri_path.
function djangoPath(path: string): string {
  return escaped(decodePath(path), /[^A-Za-z0-9_.~/:@&+$,!*'()-]/g);
}

// django.utils.encoding.iri_to_uri, of visible ASCII.
function djangoQuery(query: string): string {
  return escaped(query, /["<>\\^`{|}]/g);
}

function escaped(text: string, characters: RegExp): string {
  return text.replace(characters, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
