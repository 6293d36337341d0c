import { keyForm } from '../compatibility';
import { keyPrefix } from '../page-key';
import type { SiteConfig } from '../site-config';
import { map } from './text';
import { variantMaps, variantName } from './variant-maps';

/** The maps from which the key is made: `$canonical_query`, `$variants` and one for each variant. */
export function pageKeyMaps(config: SiteConfig): string {
  return [
    variantMaps(config),
    // Most requests have no query: they need no njs.
    map('$args', 'canonical_query', [['""', '""']], config.key.query.policy === 'none' ? '""' : '$sorted_query'),
  ].join('\n');
}

/** The directives that compute `$page_key`, as `canonicalize()` does in TypeScript. */
export function pageKeyDirectives(config: SiteConfig): string {
  if (config.compatibility !== undefined) {
    const { prefix, material, hashed } = keyForm(config.compatibility);
    return hashed
      ? `set_md5 $page_digest "${material}";\nset $page_key "${prefix}$page_digest";`
      : `set $page_key "${prefix}${material}";`;
  }
  const scheme = config.key.scheme === 'same' ? '-' : '$visitor_scheme';
  return [
    `set_md5 $page_digest "${scheme} $host ${nginxVariantsText(config)} $canonical_query $uri";`,
    `set $page_key "${keyPrefix(config)}$page_digest";`,
  ].join('\n');
}

/** The variants' values in the form of `variantsText()`, as nginx variables. */
export function nginxVariantsText(config: SiteConfig): string {
  return config.key.variants.map((variant) => `${variant.name}=$${variantName(variant)}`).join(';');
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
