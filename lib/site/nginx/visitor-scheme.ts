import { schemeRules } from '../forwarded-scheme';
import type { SiteConfig } from '../site-config';
import type { NginxDeployment } from './deployment';
import { map, regex } from './text';

/** The map behind `$visitor_scheme`: what is said in headers counts only where nobody but a load balancer comes in. */
export function visitorScheme(config: SiteConfig, { behindLoadBalancer }: NginxDeployment): string {
  if (!behindLoadBalancer) {
    return map('$scheme', 'visitor_scheme', [['https', 'https']], 'http');
  }
  const rules = schemeRules(config);
  const variableOf = (i: number) => (i === 0 ? 'visitor_scheme' : `visitor_scheme_${i}`);
  const maps = rules.map(({ variable, pattern }, i) => {
    const absent = i + 1 < rules.length ? `$${variableOf(i + 1)}` : 'http';
    const cases = [
      ['""', absent],
      [regex(pattern, true), 'https'],
    ] as const;
    return map(`$${variable}`, variableOf(i), cases, 'http');
  });
  return maps.join('');
}

/**
 * What the origin is told of the scheme past the cache. Where the load balancer's word is about a proxy's connection, it is
 * told the visitor's, as renderings are; elsewhere what came.
 */
export function originScheme({ scheme }: SiteConfig, { behindLoadBalancer }: NginxDeployment): string {
  const replaced = behindLoadBalancer && scheme.headers.length > 0;
  return replaced ? 'proxy_set_header X-Forwarded-Proto $visitor_scheme;\n' : '';
}
