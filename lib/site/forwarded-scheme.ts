import { type RawRequest, RequestVariables } from './raw-request';
import type { SiteConfig } from './site-config';

/** A header that says by which scheme a visitor came: by https where its value matches, whatever the case. */
export interface SchemeRule {
  /** nginx's variable, without `$`. */
  readonly variable: string;
  /** A regular expression in the syntax that PCRE and JavaScript share. */
  readonly pattern: string;
}

/**
 * The headers that say by which scheme a visitor came who was let in by a load balancer. The first that a request has
 * decides; the load balancer's own word comes last, which is about whoever stands before it.
 */
export function schemeRules({ scheme }: SiteConfig): SchemeRule[] {
  return [...scheme.headers, { name: 'X-Forwarded-Proto', value: 'https' }].map(({ name, value }) => ({
    variable: `http_${name.toLowerCase().replaceAll('-', '_')}`,
    pattern: `^${value.replaceAll('.', '\\.')}$`,
  }));
}

/** The scheme by which a visitor came who was let in by a load balancer. */
export function forwardedScheme(config: SiteConfig, headers: RawRequest['headers']): RawRequest['scheme'] {
  const variables = new RequestVariables({ method: 'GET', target: '/', headers, scheme: 'http' });
  const rule = schemeRules(config).find(({ variable }) => variables.get(variable) !== '');
  return rule !== undefined && new RegExp(rule.pattern, 'i').test(variables.get(rule.variable)) ? 'https' : 'http';
}
