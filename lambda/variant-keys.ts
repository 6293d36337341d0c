import type { SiteConfig } from '../lib/site/site-config';
import { variantKeyVariable } from '../lib/site/variant-signing';
import { signedVariants } from '../lib/site/variants';
import { matching, type Variables } from './variables';

/** What a site signs the values of cookies with, or where that lies, by the variant's name. */
export type VariantKeys = Readonly<Record<string, string>>;

// Whoever guesses it chooses every value: openssl rand -hex 32 has 64.
const KEY = /^[\x21-\x7e]{32,1024}$/;

/**
 * Reads the key of each signed variant: `NMS_VARIANT_KEY_` and its name in upper case, with `_` for `-`.
 *
 * @throws Error naming the variable that is missing or bad.
 */
export function readVariantKeys(site: SiteConfig, variables: Variables): VariantKeys {
  const keys = signedVariants(site).map(({ name }) => {
    const variable = variantKeyVariable('KEY', name);
    return [name, matching(variables, variable, KEY, '32 to 1024 visible ASCII characters')];
  });
  return Object.fromEntries(keys) as VariantKeys;
}

/** The same for a function, which may do without: `NMS_VARIANT_ARN_` and the name says where the key lies. */
export function readVariantKeyArns(site: SiteConfig, variables: Variables): VariantKeys {
  const arns = signedVariants(site)
    .map(({ name }) => [name, variantKeyVariable('ARN', name)] as const)
    .filter(([, variable]) => variables[variable])
    .map(([name, variable]) => [name, matching(variables, variable, /^arn:/, 'an ARN')]);
  return Object.fromEntries(arns) as VariantKeys;
}

/** Checks a key that did not come as a variable. @throws Error naming where it lies. */
export function checkVariantKey(arn: string, key: string): string {
  if (!KEY.test(key)) {
    throw new Error(`the key of a signed variant must be 32 to 1024 visible ASCII characters, but ${arn} holds others`);
  }
  return key;
}
