import { signedClaim } from './signed-cookie';
import type { SiteConfig, Variant } from './site-config';
import { signedCookie, type VariantOf, type VariantSigning } from './variants';

/** What a rendering is told of its variants: what visitors who get its page say, in one way for all of them. */
export interface VariantWords {
  /** `name=value` each. */
  readonly cookies: readonly string[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** In place of the site's own. */
  readonly userAgent?: string;
}

// Longer than any rendering takes, and too short to be of use to whoever finds it in a log.
const SIGNATURE_SECONDS = 3600;

/**
 * The words for a page's variants. Of cookies and headers that visitors may lack, the default value has none; the language
 * and the device are always said: an application has another default than the site, or none.
 *
 * @throws Error for a signed value without a key to sign it with.
 */
export function variantWords(
  config: Pick<SiteConfig, 'site' | 'key'>,
  variants: Readonly<Record<string, string>>,
  signing: VariantSigning,
): VariantWords {
  const all = config.key.variants.map((variant) => {
    return wordsOf(config.site, variant, variants[variant.name] ?? (variant.values[0] as string), signing);
  });
  return {
    cookies: all.flatMap(({ cookies = [] }) => cookies),
    headers: all.flatMap(({ headers = [] }) => headers),
    userAgent: all.find(({ userAgent }) => userAgent !== undefined)?.userAgent,
  };
}

function wordsOf(site: string, variant: Variant, value: string, signing: VariantSigning): Partial<VariantWords> {
  const isDefault = value === variant.values[0];
  switch (variant.source) {
    case 'cookie':
      return isDefault ? {} : { cookies: [`${variant.field}=${value}`] };
    case 'signed-cookie':
      return isDefault ? {} : { cookies: [`${variant.field}=${signed(site, variant, value, signing)}`] };
    case 'header':
      return isDefault ? {} : { headers: [[variant.field, value]] };
    case 'language': {
      const cookies = isDefault || variant.cookie === undefined ? [] : [`${variant.cookie}=${value}`];
      return { cookies, headers: [['Accept-Language', value]] };
    }
    case 'device':
      return { headers: [[variant.field, value]], userAgent: variant.userAgents[value] };
  }
}

function signed(site: string, variant: VariantOf<'signed-cookie'>, value: string, signing: VariantSigning): string {
  const expires = Math.floor(signing.nowSeconds) + SIGNATURE_SECONDS;
  return signedClaim(signedCookie(site, variant), value, expires, signing.sign(variant.name));
}
