import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { compatibilitySchema } from './compatibility-schema';
import type { BypassRule } from './eligibility';
import { escapePattern } from './patterns';
import type { SiteConfig, Variant } from './site-config';

/** How an application's own keys are made. */
export type Compatibility = z.infer<typeof compatibilitySchema>;

/** A key as nginx writes it: text with nginx's variables, hashed or not, behind what all keys begin with. */
export interface KeyForm {
  readonly prefix: string;
  readonly material: string;
  readonly hashed: boolean;
}

// Memcached's protocol.txt: a key has 250 bytes at most.
const LONGEST_KEY = 250;

/** The one definition of a preset's keys, for nginx and for TypeScript. */
export function keyForm(compatibility: Compatibility): KeyForm {
  switch (compatibility.preset) {
    case 'django-nginx-memcache': {
      const path = compatibility.follows === 'writer' ? '$request_uri' : '$uri';
      const material = `$http_host${path}&${compatibility.cookie}=$variant_version`;
      return { prefix: djangoPrefix(compatibility), material, hashed: true };
    }
    case 'prefix-path':
      return { prefix: `${compatibility.prefix}.`, material: '$uri', hashed: false };
    case 'uri-digest':
      return { prefix: djangoPrefix(compatibility), material: '$http_host$request_uri', hashed: true };
    case 'custom-key':
      return {
        prefix: `${djangoPrefix(compatibility)}${compatibility.key}:`,
        material: '$request_uri',
        hashed: false,
      };
  }
}

/** The key under which the application stores a page. All text is latin1. @param valueOf nginx's variables, without `$`. */
export function compatibilityKey(compatibility: Compatibility, valueOf: (variable: string) => string): string {
  const { prefix, material, hashed } = keyForm(compatibility);
  const text = material.replace(/\$([a-z_]+)/g, (_, variable: string) => valueOf(variable));
  return prefix + (hashed ? createHash('md5').update(Buffer.from(text, 'latin1')).digest('hex') : text);
}

/** The variants of a site's pages: its own, or the page versions of the application. */
export function variantsOf({
  key,
  compatibility,
}: {
  readonly key: Pick<SiteConfig['key'], 'variants'>;
  readonly compatibility?: Compatibility;
}): readonly Variant[] {
  return compatibility?.preset === 'django-nginx-memcache'
    ? [{ name: 'version', source: 'cookie', field: compatibility.cookie, values: compatibility.pageVersions }]
    : key.variants;
}

/** Paths that such an application never stores. */
export function unstoredPaths({ compatibility }: SiteConfig): readonly string[] {
  return compatibility?.preset === 'custom-key' ? ['/admin'] : [];
}

/** Why a request is not looked up besides the reasons that hold for every site. */
export function compatibilityRules({ compatibility, hosts }: SiteConfig): BypassRule[] {
  if (compatibility === undefined) {
    return [];
  }
  const { prefix, material, hashed } = keyForm(compatibility);
  const rules: BypassRule[] = [];
  if (material.includes('$http_host')) {
    // The key has the host as it was sent: in another spelling it is another page, which no purge would find.
    const spelling = hosts.length === 0 ? '^[^A-Z]*$' : `^(?:${hosts.map(escapePattern).join('|')})$`;
    rules.push({ reason: 'host', variable: 'http_host', pattern: spelling, bypassWhen: 'differs' });
  }
  if (compatibility.preset === 'prefix-path') {
    // The key has no query: the page would be another one.
    rules.push({ reason: 'query', variable: 'request_uri', pattern: '\\?', bypassWhen: 'matches' });
  }
  if (!hashed) {
    // nginx escapes space, `%` and controls: it would ask for another page's key. All others are one byte each.
    const rest = LONGEST_KEY - prefix.length;
    const pattern = `^[\\x21-\\x24\\x26-\\x7e\\x80-\\xff]{1,${rest}}$`;
    rules.push({ reason: 'key', variable: material.slice(1), pattern, bypassWhen: 'differs' });
  }
  return rules;
}

function djangoPrefix({ prefix, version }: { readonly prefix: string; readonly version: number }): string {
  return `${prefix}:${version}:`;
}
