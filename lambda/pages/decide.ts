import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { canonicalize } from '../../lib/site/canonicalize';
import { forwardedScheme, schemeRules } from '../../lib/site/forwarded-scheme';
import { loopMark } from '../../lib/site/loop-mark';
import { type RawRequest, RequestVariables } from '../../lib/site/raw-request';
import type { SiteConfig } from '../../lib/site/site-config';
import { variantSigning } from '../../lib/site/variant-signing';
import { signedVariants, type VariantSigning } from '../../lib/site/variants';
import type { VariantKeys } from '../variant-keys';
import type { PageRequest } from './options';

/** A request as it came to a program that visitors can reach directly. */
export interface IncomingRequest extends Pick<RawRequest, 'method' | 'target' | 'headers'> {
  /** The scheme that the connection itself has; undefined where a load balancer says it, which stands before. */
  readonly scheme: RawRequest['scheme'] | undefined;
  /** Why it is answered to this visitor alone, where that is known already. */
  readonly bypass?: string;
}

/** By what the program decides. */
export interface DecisionRules {
  readonly config: SiteConfig;
  /** In place of the host that a request says. */
  readonly host?: string;
  /** What the values of signed cookies are verified with. @default - requests with such a cookie are their visitors' own */
  readonly variantKeys?: VariantKeys;
}

export type Decision =
  /** The page of a canonical request is the answer. */
  | { readonly kind: 'page'; readonly request: CanonicalRequest }
  /** The visitor's own request is answered, to them alone. */
  | { readonly kind: 'own'; readonly reason: string }
  /** The site itself asks, which decides what is stored. */
  | { readonly kind: 'site'; readonly request?: PageRequest };

// Of whoever stands in front and is not known: what the application makes of it cannot be in the page.
const OF_PROXIES = ['x-forwarded-host', 'x-original-url', 'x-rewrite-url', 'x-http-method-override'];
// Answered by nginx with 412, and by few applications alike.
const PRECONDITIONS = ['if-match', 'if-unmodified-since'];

/**
 * Decides what is answered to a request, believing no header: what one says can only lead past the cache, never into it.
 */
export function decide({ config, host, variantKeys }: DecisionRules, incoming: IncomingRequest): Decision {
  const variables = new RequestVariables({ ...incoming, scheme: 'http' });
  const has = (name: string) => variables.get(`http_${name.toLowerCase().replaceAll('-', '_')}`) !== '';
  const own = (reason: string): Decision => ({ kind: 'own', reason });
  const headers =
    host === undefined
      ? incoming.headers
      : [...incoming.headers.filter(([name]) => name.toLowerCase() !== 'host'), ['Host', host] as const];
  const scheme = incoming.scheme ?? forwardedScheme(config, incoming.headers);
  const raw = { method: incoming.method, target: incoming.target, headers, scheme };
  const signing = variantKeys && variantSigning(variantKeys, Date.now());

  // Whoever forges it gets an answer of their own.
  if (listMembersOf(variables.get('http_cdn_loop')).includes(loopMark(config))) {
    const isRendering = !OF_PROXIES.some(has) && isFromNobody(config, variables);
    const request = isRendering ? askedBySite(config, raw, signing) : undefined;
    return { kind: 'site', ...(request && { request }) };
  }
  if (config.mode !== 'on') {
    return own(config.mode);
  }
  if (incoming.bypass !== undefined) {
    return own(incoming.bypass);
  }
  if (OF_PROXIES.some(has) && !(host !== undefined && OF_PROXIES.filter(has).join() === 'x-forwarded-host')) {
    return own('forwarded');
  }
  if (incoming.scheme !== undefined && schemeRules(config).some(({ variable }) => variables.get(variable) !== '')) {
    return own('forwarded');
  }
  if (PRECONDITIONS.some(has)) {
    return own('precondition');
  }
  if (/^ELB-HealthChecker\//.test(variables.get('http_user_agent'))) {
    return own('health-check');
  }
  if (variantKeys === undefined && signedVariants(config).some(({ field }) => hasCookie(variables, field))) {
    return own('signed-cookie');
  }
  const canonical = canonicalize(config, raw, signing);
  return canonical.eligible ? { kind: 'page', request: canonical.request } : own(canonical.reason);
}

/**
 * The request that the site asks for, in its canonical form already; undefined where it is none. The site may
 * ask by another host than its visitors, and names the device in a header of its own.
 */
function askedBySite(config: SiteConfig, raw: RawRequest, signing?: VariantSigning): PageRequest | undefined {
  const anywhere = { ...config, hosts: [], eligibility: { ...config.eligibility, cachedPaths: [], bypassPaths: [] } };
  const asked = canonicalize({ ...anywhere, fragments: undefined }, { ...raw, target: '/' }, signing);
  if (!asked.eligible) {
    return undefined;
  }
  const { scheme, host, variants } = asked.request;
  const variables = new RequestVariables(raw);
  const devices = config.key.variants
    .filter((variant) => variant.source === 'device')
    .map(({ name, field, values }) => {
      const told = variables.get(`http_${field.toLowerCase().replaceAll('-', '_')}`);
      return [name, values.includes(told) ? told : variants[name]] as const;
    });
  return {
    ...{ scheme, host, path: variables.path, query: variables.get('args') },
    variants: { ...variants, ...Object.fromEntries(devices) } as PageRequest['variants'],
  };
}

// What the site passes on of a visitor says whose it is: the answer is theirs alone, and nobody is told how long it lives.
function isFromNobody({ fill, key }: SiteConfig, variables: RequestVariables): boolean {
  const [address] = listMembersOf(variables.get('http_x_forwarded_for'));
  if (address !== '') {
    return address === fill.clientAddress;
  }
  // Function URLs and HTTP APIs write that header themselves, and it is not read there.
  const ofDevices = key.variants.flatMap((variant) =>
    variant.source === 'device' ? Object.values(variant.userAgents) : [],
  );
  return [fill.userAgent, ...ofDevices].includes(variables.get('http_user_agent'));
}

function listMembersOf(value: string): string[] {
  return value.split(',').map((member) => member.trim());
}

function hasCookie(variables: RequestVariables, name: string): boolean {
  const cookies = variables.get('http_cookie').split(';');
  return cookies.some((cookie) => cookie.split('=')[0]?.trim() === name);
}
