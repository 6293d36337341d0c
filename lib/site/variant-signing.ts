import { createHmac } from 'node:crypto';
import type { VariantSigning } from './variants';

/**
 * What the signatures of a site's cookies are made and checked with.
 *
 * @param keys by the variant's name.
 * @param nowMs milliseconds since 1970.
 */
export function variantSigning(keys: Readonly<Record<string, string>>, nowMs: number): VariantSigning {
  return {
    nowSeconds: nowMs / 1000,
    sign: (variant) => {
      const key = keys[variant];
      if (key === undefined) {
        throw new Error(`the variant ${variant} has signed values, and no key to sign them with`);
      }
      return (text) => createHmac('sha256', key).update(text).digest('hex');
    },
  };
}

/** The environment variable that has the key of a variant (`KEY`), or says where it lies (`ARN`). */
export function variantKeyVariable(what: 'KEY' | 'ARN', variant: string): string {
  return `NMS_VARIANT_${what}_${variant.toUpperCase().replaceAll('-', '_')}`;
}
