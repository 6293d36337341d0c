import { variantsOf } from '../compatibility';
import type { SiteConfig, Variant } from '../site-config';
import { claimPattern, signedCookie, type VariantOf } from '../variants';

type ModuleVariant = VariantOf<'language'> | VariantOf<'signed-cookie'>;

/** A variant's name as nginx and njs can have it. */
export function identifier(name: string): string {
  return name.replaceAll('-', '_');
}

/** The function, and the variable, by which njs says a variant's value. */
export function functionName({ name }: Pick<Variant, 'name'>): string {
  return `njs_${identifier(name)}`;
}

/** Whether nginx needs njs to know a variant's value. */
export function needsModule(variant: Variant): variant is ModuleVariant {
  return variant.source === 'language' || variant.source === 'signed-cookie';
}

/**
 * The njs module of a site's variants, by its name: a function for each that no pattern decides. Nothing where patterns
 * decide all of them.
 *
 * @param keys of the signed cookies, by the variant's name.
 * @throws Error for a signed cookie without a key.
 */
export function variantModule(config: SiteConfig, keys: Readonly<Record<string, string>>): Record<string, string> {
  const variants = variantsOf(config).filter(needsModule);
  if (variants.length === 0) {
    return {};
  }
  const functions = variants.map((variant) =>
    variant.source === 'language' ? negotiating(variant) : verifying(config.site, variant, keys[variant.name]),
  );
  const text = `// Rendered from the site's document.
import variants from './variants.js';
import crypto from 'crypto';

${functions.join('\n')}
export default { ${variants.map(functionName).join(', ')} };
`;
  return { 'site-variants.js': text };
}

function negotiating(variant: VariantOf<'language'>): string {
  return `function ${functionName(variant)}(request) {
  return variants.negotiateLanguage(request.variables.http_accept_language || '', ${JSON.stringify(variant.values)});
}
`;
}

function verifying(site: string, variant: VariantOf<'signed-cookie'>, key: string | undefined): string {
  if (key === undefined) {
    throw new Error(`the variant ${variant.name} has signed values, and no key to check them with`);
  }
  const name = functionName(variant);
  return `function ${name}(request) {
  var claim = /${claimPattern(variant)}/.exec(request.variables.http_cookie || '');
  var of = ${JSON.stringify(signedCookie(site, variant))};
  return variants.verifiedValue(of, claim ? claim[1] : '', Date.now() / 1000, sign_${name});
}
function sign_${name}(text) {
  return crypto.createHmac('sha256', ${JSON.stringify(key)}).update(text).digest('hex');
}
`;
}
