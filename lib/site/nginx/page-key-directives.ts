import { variantPattern, variantVariable } from '../canonicalize';
import { keyPrefix } from '../page-key';
import type { SiteConfig, Variant } from '../site-config';
import { map, regex } from './text';

/** The maps from which the key is made: `$canonical_query`, `$variants` and one for each variant. */
export function pageKeyMaps(config: SiteConfig): string {
  return [
    ...config.key.variants.map((variant) => variantMap(variant)),
    // Most requests have no query: they need no njs.
    map('$args', 'canonical_query', [['""', '""']], config.key.query.policy === 'none' ? '""' : '$sorted_query'),
  ].join('\n');
}

/** The directives that compute `$page_key`, as `pageKey()` does in TypeScript. */
export function pageKeyDirectives(config: SiteConfig): string {
  const scheme = config.key.scheme === 'same' ? '-' : '$visitor_scheme';
  return [
    `set_md5 $page_digest "${scheme} $host ${nginxVariantsText(config)} $canonical_query $uri";`,
    `set $page_key "${keyPrefix(config)}$page_digest";`,
  ].join('\n');
}

/** The variants' values in the form of `variantsText()`, as nginx variables. */
export function nginxVariantsText(config: SiteConfig): string {
  return config.key.variants.map(({ name }) => `${name}=$${variableOf(name)}`).join(';');
}

/** The njs module of a site: the canonical query by its policy. */
export function canonicalQueryModule(config: SiteConfig): string {
  return `// Rendered from the site's document.
import queries from './canonical-query.js';

var policy = ${JSON.stringify(config.key.query)};

function sorted(request) {
  return queries.canonicalQuery(request.variables.args || '', policy);
}

export default { sorted };
`;
}

function variantMap(variant: Variant): string {
  const [first, ...others] = variant.values as [string, ...string[]];
  return map(
    `$${variantVariable(variant)}`,
    variableOf(variant.name),
    others.map((value) => [regex(variantPattern(variant, value)), value] as const),
    first,
  );
}

function variableOf(variantName: string): string {
  return `variant_${variantName.replaceAll('-', '_')}`;
}
