import { createHash } from 'node:crypto';
import { decodePath } from './canonical-path';
import type { CanonicalRequest } from './canonical-request';
import { KEEPS_COPIES } from './kept-key';
import type { SiteConfig } from './site-config';

/** The parts of a canonical request that its key covers: all of them. */
export type KeyParts = Omit<CanonicalRequest, 'key'>;

// Raised when what is hashed, or how a page is written, changes: pages of two releases must never be mixed.
const KEY_FORMAT = 1;

/**
 * The version of a site's key spec: two sites' documents that render a canonical request differently have different
 * ones, so that old and new tasks do not share pages during a deployment. It covers what a rendering gets besides the
 * canonical request (constant headers, the variants' definitions, headers that say the scheme), what is minified, whether
 * the index knows the page, the number that owners raise by hand, whether copies of pages are kept, and whether pages are
 * stored so that fragments can be put in.
 */
export function keySpecVersion(config: SiteConfig): string {
  const { fill, fragments, key, purging, scheme, storage } = config;
  const routes = storage.routes.filter(({ minify }) => minify !== undefined).map(({ path, minify }) => [path, minify]);
  const minified = [storage.minify, ...routes];
  const { keptFor, maxTtl } = storage;
  // Rows of a release that keeps copies for less time would replace those by which purges find an older copy.
  const kept = keptFor > 0 ? [[maxTtl, keptFor]] : [];
  const parts = [...kept, ...(fragments === undefined ? [] : [{ fragments: fragments.pages }])];
  const rendered = JSON.stringify([KEY_FORMAT, fill, key.variants, purging.index, scheme.headers, minified, ...parts]);
  const digest = createHash('sha256').update(rendered).digest('hex').slice(0, 8);
  return `${key.version}.${digest}${keptFor > 0 ? KEEPS_COPIES : ''}`;
}

/** All that a page's key depends on besides its canonical request: enough to make the keys of another release. */
export interface KeySpec {
  /** What every page key begins with. */
  readonly prefix: string;
  readonly key: SiteConfig['key'];
  /** Where the application stores the pages itself: how it makes their keys. */
  readonly compatibility?: SiteConfig['compatibility'];
}

export function keySpec(config: SiteConfig): KeySpec {
  return { prefix: keyPrefix(config), key: config.key, compatibility: config.compatibility };
}

/** What every page key of a site begins with. */
export function keyPrefix(config: SiteConfig): string {
  return `${config.site}:${keySpecVersion(config)}:`;
}

/**
 * The page key: `site:version:md5`, where the hash is over scheme, host, variants, query and path, joined by spaces. The
 * path comes last and nothing before it can contain a space, so that no two requests share what is hashed.
 *
 * @param parts with `path` percent-encoded; hashed are its decoded bytes, nginx's `$uri`.
 */
export function pageKey(config: SiteConfig, parts: KeyParts): string {
  return pageKeyOf(keySpec(config), parts);
}

/** The page key by the spec of any release of the site. */
export function pageKeyOf(spec: KeySpec, parts: KeyParts): string {
  const material = [
    spec.key.scheme === 'same' ? '-' : parts.scheme,
    parts.host,
    variantsText(spec, parts.variants),
    parts.query,
    decodePath(parts.path),
  ].join(' ');
  return spec.prefix + createHash('md5').update(Buffer.from(material, 'latin1')).digest('hex');
}

/** The variants as they stand in the key and in the writer's header: `name=value`, joined by `;`, in the document's order. */
export function variantsText(config: Pick<SiteConfig, 'key'>, variants: Readonly<Record<string, string>>): string {
  return config.key.variants.map(({ name, values }) => `${name}=${variants[name] ?? values[0]}`).join(';');
}

/** Reads what `variantsText` wrote; undefined when it is not exactly the declared variants with declared values. */
export function parseVariantsText(config: SiteConfig, text: string): Record<string, string> | undefined {
  const pairs = text === '' ? [] : text.split(';').map((pair) => pair.split('='));
  const declared = config.key.variants;
  const valid =
    pairs.length === declared.length &&
    declared.every(
      ({ name, values }, i) => pairs[i]?.length === 2 && pairs[i][0] === name && values.includes(pairs[i][1] ?? ''),
    );
  return valid ? (Object.fromEntries(pairs) as Record<string, string>) : undefined;
}
