import { canonicalQuery } from '../../lib/site/canonical-query';
import { type KeySpec, pageKeyOf } from '../../lib/site/page-key';
import type { SiteConfig } from '../../lib/site/site-config';
import { applicationKeys } from './application-keys';
import type { PageAddress } from './page-address';

/** A site may declare over a million combinations; the index knows which of them are stored. */
export const MOST_COMBINATIONS = 4096;

/**
 * The keys under which a page lies whether the index knows it or not: with the given query, for every scheme that has a
 * page of its own, and every combination of variants, up to 4096 of them.
 */
export function* exactKeys(spec: KeySpec, address: PageAddress): Generator<string> {
  if (spec.compatibility !== undefined) {
    yield* applicationKeys(spec.compatibility, address);
    return;
  }
  const { host, path, sentQuery } = address;
  const query = canonicalQuery(sentQuery, spec.key.query);
  const schemes = spec.key.scheme === 'separate' ? (['http', 'https'] as const) : (['http'] as const);
  let combinations = 0;
  for (const variants of variantCombinations(spec.key.variants)) {
    if (++combinations > MOST_COMBINATIONS) {
      return;
    }
    for (const scheme of schemes) {
      yield pageKeyOf(spec, { scheme, host, path, query, variants });
    }
  }
}

/** How many combinations of variants a site's pages have. */
export function combinationsOf({ key: { variants } }: SiteConfig): number {
  return variants.reduce((product, { values }) => product * values.length, 1);
}

/** Every combination of declared variants. */
export function* variantCombinations(declared: SiteConfig['key']['variants']): Generator<Record<string, string>> {
  const [first, ...others] = declared;
  if (first === undefined) {
    yield {};
    return;
  }
  for (const rest of variantCombinations(others)) {
    for (const value of first.values) {
      yield { ...rest, [first.name]: value };
    }
  }
}
