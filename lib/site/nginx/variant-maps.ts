import { variantsOf } from '../compatibility';
import type { SiteConfig, Variant } from '../site-config';
import { variantCases, type VariantOf, variantVariable } from '../variants';
import { map, regex } from './text';
import { functionName, identifier, needsModule } from './variant-module';

/** The variable of a variant's value, without `$`. */
export function variantName({ name }: Pick<Variant, 'name'>): string {
  return `variant_${identifier(name)}`;
}

/** The maps of a site's variants: what `chosenValue()` is in TypeScript. njs runs only where a pattern cannot decide. */
export function variantMaps(config: SiteConfig): string {
  const variants = variantsOf(config);
  const modules = variants.filter(needsModule);
  return [
    modules.length > 0 ? 'js_import variants from site-variants.js;\n' : '',
    ...modules.map((variant) => `js_set $${functionName(variant)} variants.${functionName(variant)};\n`),
    ...variants.map(variantMap),
  ].join('');
}

function variantMap(variant: Variant): string {
  // A page version may be empty.
  const otherwise = variant.values[0] || '""';
  const cases = variantCases(variant).map(({ pattern, ignoreCase, value }) => {
    const result = variant.source === 'signed-cookie' ? `$${functionName(variant)}` : value;
    return [regex(pattern, ignoreCase), result] as const;
  });
  if (variant.source !== 'language') {
    return map(`$${variantVariable(variant)}`, variantName(variant), cases, otherwise);
  }
  const accepted = `accepted_${identifier(variant.name)}`;
  return acceptedLanguage(variant, accepted) + map('$http_cookie', variantName(variant), cases, `$${accepted}`);
}

/**
 * What `negotiateLanguage()` finds, without njs for what browsers send: the first range has no weight, and no other is
 * refused. Longer languages come first, as lookup has it.
 */
function acceptedLanguage(variant: VariantOf<'language'>, variable: string): string {
  const range = '(?:[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|[*])';
  const others = String.raw`(?:, ?${range}(?:;q=0\.[1-9][0-9]{0,2})?)*`;
  const { values } = variant;
  const found = [...values].sort((a, b) => b.length - a.length);
  const cases = found.map((value) => {
    return [regex(`^(?=.{1,1000}$)${value}(?:-[A-Za-z0-9]{1,8})*${others}$`, true), value] as const;
  });
  return map('$http_accept_language', variable, [['""', values[0] as string], ...cases], `$${functionName(variant)}`);
}

/** What every request that goes past the cache is told of its device, in place of what a visitor says. */
export function deviceHeaders(config: SiteConfig): string {
  return variantsOf(config)
    .filter((variant) => variant.source === 'device')
    .map((variant) => `proxy_set_header ${variant.field} $${variantName(variant)};\n`)
    .join('');
}
