import { type Compatibility, keyForm } from './compatibility';

/** What these rules look at in a site's document, besides whether anything is said in its other sections. */
interface CheckedDocument {
  readonly hosts: readonly string[];
  readonly key: { readonly scheme: string };
  readonly purging: { readonly index: string };
}

const STORED_ELSEWHERE = 'the application stores the pages itself (compatibility)';

// What the site decides all the same; everything else would be said in vain.
const STILL_USED = new Set([
  ...['site', 'mode', 'hosts', 'key', 'scheme', 'eligibility', 'purging', 'limits', 'compatibility'],
  'key.scheme',
]);

/**
 * What contradicts `compatibility` in a site's document: the field, and the rule as the end of a sentence about it.
 *
 * @param untouched the document of a site that says nothing.
 */
export function compatibilityFaults(
  compatibility: Compatibility,
  document: CheckedDocument,
  untouched: CheckedDocument,
): [field: string, rule: string][] {
  const { hosts, key, purging } = document;
  const faults = [
    ...saidInVain('key.', key, untouched.key, 'compatibility says how keys are made'),
    ...saidInVain('', document, untouched, STORED_ELSEWHERE),
  ];
  if (key.scheme === 'separate') {
    faults.push(['key.scheme', "must be 'same' or 'https-bypasses': the keys of compatibility have no scheme"]);
  }
  if (purging.index === 'full') {
    faults.push(['purging.index', `must be 'none': ${STORED_ELSEWHERE}, and writes no rows`]);
  }
  if (hosts.length === 0 && !keyForm(compatibility).material.includes('$http_host')) {
    faults.push([
      'hosts',
      `must name the site's hosts: the keys of '${compatibility.preset}' have none, and a page that is rendered for a visitor's own Host would be everybody's`,
    ]);
  }
  return faults;
}

/** A document with what `compatibility` makes the default of other fields. */
export function withCompatibilityDefaults(input: unknown): unknown {
  if (!isObject(input) || input.compatibility === undefined) {
    return input;
  }
  const { key = {}, purging = {} } = input;
  return {
    ...input,
    key: isObject(key) ? { ...key, scheme: key.scheme ?? 'same' } : key,
    purging: isObject(purging) ? { ...purging, index: purging.index ?? 'none' } : purging,
  };
}

function saidInVain(section: string, said: object, untouched: object, because: string): [string, string][] {
  const other = new Map(Object.entries(untouched).map(([name, value]) => [name, JSON.stringify(value)]));
  return Object.entries(said)
    .filter(([name, value]) => !STILL_USED.has(section + name) && JSON.stringify(value) !== other.get(name))
    .map(([name]) => [section + name, `must be left out: ${because}`]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
