import { canonicalPath, decodePath } from './canonical-path';
import { canonicalQuery } from './canonical-query';
import type { CanonicalRequest } from './canonical-request';
import { compatibilityKey, variantsOf } from './compatibility';
import { type BypassRule, bypassRules } from './eligibility';
import { pageKey } from './page-key';
import { type RawRequest, RequestVariables } from './raw-request';
import type { SiteConfig } from './site-config';
import { chosenValue, type VariantSigning } from './variants';

/** A request's canonical form, or why it is not answered from the cache. */
export type Canonicalized =
  | { readonly eligible: true; readonly request: CanonicalRequest }
  | { readonly eligible: false; readonly reason: string };

/**
 * Decides whether a request may be answered from the cache and, if so, makes it canonical: the TypeScript rendering of
 * what nginx does with the directives of `nginx/`. For an unknown host it says what nginx answers with 421.
 *
 * @param signing what the signatures of cookies are checked with. Without it, none is right.
 */
export function canonicalize(config: SiteConfig, raw: RawRequest, signing?: VariantSigning): Canonicalized {
  const variables = new RequestVariables(raw);
  const path = canonicalPath(variables.path);
  const get = (variable: string): string => {
    switch (variable) {
      case 'uri':
        return decodePath(variables.path);
      case 'visitor_scheme':
        return raw.scheme;
      default:
        return variables.get(variable);
    }
  };
  const host = get('host');
  if (config.hosts.length > 0 && !config.hosts.includes(host) && !config.eligibility.bypassHosts.includes(host)) {
    return { eligible: false, reason: 'unknown-host' };
  }
  const broken = bypassRules(config).find((rule) => applies(rule, get(rule.variable)));
  if (broken !== undefined || path === undefined) {
    return { eligible: false, reason: broken?.reason ?? 'path' };
  }
  const { compatibility } = config;
  const parts = {
    // One page for both schemes must be one rendering: the safer one.
    scheme: config.key.scheme === 'same' ? ('https' as const) : raw.scheme,
    host,
    path,
    query: canonicalQuery(get('args'), config.key.query),
    variants: Object.fromEntries(
      variantsOf(config).map((variant) => [variant.name, chosenValue(config.site, variant, get, signing)]),
    ),
  };
  const key =
    compatibility === undefined
      ? pageKey(config, parts)
      : compatibilityKey(compatibility, (name) =>
          name === 'variant_version' ? (parts.variants.version ?? '') : get(name),
        );
  return { eligible: true, request: { ...parts, key } };
}

function applies(rule: BypassRule, value: string): boolean {
  return new RegExp(rule.pattern, rule.ignoreCase ? 'i' : '').test(value) === (rule.bypassWhen === 'matches');
}
