import { negotiateLanguage } from './accept-language';
import { escapePattern, cookiePattern } from './patterns';
import { type Sign, type SignedCookie, verifiedValue } from './signed-cookie';
import type { SiteConfig, Variant } from './site-config';

/** A variant that is read from one kind of place. */
export type VariantOf<Source extends Variant['source']> = Extract<Variant, { source: Source }>;

/** A pattern, and the value that a request has which matches it. */
export interface VariantCase {
  /** A regular expression in the syntax that PCRE and JavaScript share. */
  readonly pattern: string;
  readonly ignoreCase?: boolean;
  readonly value: string;
}

/** What the signatures of a site's cookies are made and checked with. */
export interface VariantSigning {
  /** The signature of a text, by the variant's name. */
  readonly sign: (variant: string) => Sign;
  /** Since 1970. */
  readonly nowSeconds: number;
}

// The end of a claim that nginx need not look at if its form is another one.
const SIGNATURE = String.raw`\.[0-9]{1,11}\.[0-9a-f]{64}`;

/** The nginx variable that a variant's cases are asked of, without `$`. */
export function variantVariable(variant: Variant): string {
  switch (variant.source) {
    case 'header':
      return `http_${variant.field.toLowerCase().replaceAll('-', '_')}`;
    case 'device':
      return 'http_user_agent';
    case 'cookie':
    case 'signed-cookie':
    case 'language':
      return 'http_cookie';
  }
}

/**
 * The cases of a variant, of which the first that matches counts. Without one, the value is the variant's first, or the
 * language that is negotiated. The value of a signed cookie is a claim, which is to be verified.
 */
export function variantCases(variant: Variant): readonly VariantCase[] {
  switch (variant.source) {
    case 'cookie':
      return cookieCases(variant.field, variant.values.slice(1));
    case 'signed-cookie':
      return cookieCases(variant.field, variant.values.slice(1), SIGNATURE);
    case 'language':
      return variant.cookie === undefined ? [] : cookieCases(variant.cookie, variant.values);
    case 'header':
      // White space around a value is not the value's (RFC 9110 section 5.5); nginx leaves tabs there.
      return variant.values.slice(1).map((value) => {
        return { pattern: String.raw`^[ \t]*${escapePattern(value)}[ \t]*$`, value };
      });
    case 'device':
      return variant.rules.map(({ value, contains }) => {
        return { pattern: contains.map(escapePattern).join('|'), ignoreCase: true, value };
      });
  }
}

/**
 * The value of a variant that a request chooses.
 *
 * @param get the value of an nginx variable, by its name without `$`.
 * @param signing without it, no signature is right.
 */
export function chosenValue(
  site: string,
  variant: Variant,
  get: (variable: string) => string,
  signing?: VariantSigning,
): string {
  const asked = get(variantVariable(variant));
  const found = variantCases(variant).find(({ pattern, ignoreCase }) =>
    new RegExp(pattern, ignoreCase ? 'i' : '').test(asked),
  );
  if (found === undefined) {
    return variant.source === 'language'
      ? negotiateLanguage(get('http_accept_language'), variant.values)
      : (variant.values[0] as string);
  }
  if (variant.source !== 'signed-cookie') {
    return found.value;
  }
  const claim = new RegExp(claimPattern(variant)).exec(asked)?.[1] ?? '';
  return signing === undefined
    ? (variant.values[0] as string)
    : verifiedValue(signedCookie(site, variant), claim, signing.nowSeconds, signing.sign(variant.name));
}

export function signedCookie(site: string, { field, values }: VariantOf<'signed-cookie'>): SignedCookie {
  return { site, cookie: field, values };
}

/** What a signed cookie says in a Cookie header, as the pattern's one group. */
export function claimPattern({ field }: VariantOf<'signed-cookie'>): string {
  return cookiePattern(field, '([^; ]*)');
}

/** The cookie that a variant reads, if it does. Requests with it may be answered from the cache. */
export function variantCookie(variant: Variant): string | undefined {
  switch (variant.source) {
    case 'cookie':
    case 'signed-cookie':
      return variant.field;
    case 'language':
      return variant.cookie;
    case 'header':
    case 'device':
      return undefined;
  }
}

/**
 * The request headers that a variant speaks for: a page may vary by them. A page varies by `User-Agent` where it looks at it
 * by itself; that is covered only if it is shown one for every device.
 */
export function variantHeaders(variant: Variant): string[] {
  switch (variant.source) {
    case 'header':
      return [variant.field];
    case 'language':
      return ['Accept-Language'];
    case 'device': {
      const everyDevice = variant.values.every((value) => variant.userAgents[value] !== undefined);
      return everyDevice ? [variant.field, 'User-Agent'] : [variant.field];
    }
    case 'cookie':
    case 'signed-cookie':
      return [];
  }
}

/** The signed cookies among a site's variants. */
export function signedVariants({ key }: Pick<SiteConfig, 'key'>): VariantOf<'signed-cookie'>[] {
  return key.variants.filter((variant) => variant.source === 'signed-cookie');
}

function cookieCases(cookie: string, values: readonly string[], end = ''): VariantCase[] {
  return values.map((value) => ({ pattern: cookiePattern(cookie, escapePattern(value) + end), value }));
}
