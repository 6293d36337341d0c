import { canonicalPath, decodePath } from './canonical-path';
import { canonicalQuery } from './canonical-query';
import type { CanonicalRequest } from './canonical-request';
import { type BypassRule, bypassRules, cookiePattern } from './eligibility';
import { pageKey } from './page-key';
import { type RawRequest, RequestVariables } from './raw-request';
import type { SiteConfig, Variant } from './site-config';

/** A request's canonical form, or why it is not answered from the cache. */
export type Canonicalized =
  | { readonly eligible: true; readonly request: CanonicalRequest }
  | { readonly eligible: false; readonly reason: string };

/**
 * Decides whether a request may be answered from the cache and, if so, makes it canonical: the TypeScript rendering of
 * what nginx does with the directives of `nginx/`. For an unknown host it says what nginx answers with 421.
 */
export function canonicalize(config: SiteConfig, raw: RawRequest): Canonicalized {
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
  const parts = {
    // One page for both schemes must be one rendering: the safer one.
    scheme: config.key.scheme === 'same' ? ('https' as const) : raw.scheme,
    host,
    path,
    query: canonicalQuery(get('args'), config.key.query),
    variants: Object.fromEntries(config.key.variants.map((variant) => [variant.name, variantValue(variant, get)])),
  };
  return { eligible: true, request: { ...parts, key: pageKey(config, parts) } };
}

function applies(rule: BypassRule, value: string): boolean {
  return new RegExp(rule.pattern, rule.ignoreCase ? 'i' : '').test(value) === (rule.bypassWhen === 'matches');
}

function variantValue(variant: Variant, get: (variable: string) => string): string {
  const found = variant.values.find((value) =>
    new RegExp(variantPattern(variant, value)).test(get(variantVariable(variant))),
  );
  return found ?? (variant.values[0] as string);
}

/** The nginx variable that a variant is read from, without `$`. */
export function variantVariable(variant: Variant): string {
  return variant.source === 'cookie' ? 'http_cookie' : `http_${variant.field.toLowerCase().replaceAll('-', '_')}`;
}

/** The pattern of `variantVariable` by which a request has a value. */
export function variantPattern(variant: Variant, value: string): string {
  const literal = value.replaceAll('.', '\\.');
  return variant.source === 'cookie' ? cookiePattern(variant.field, literal) : `^${literal}$`;
}
