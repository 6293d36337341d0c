import { z } from 'zod';

// Visible ASCII that stands as it is in a key and in nginx's configuration: not `%`, which nginx escapes, nor `$`.
const KEY_TEXT = /^[A-Za-z0-9:._~!@+,=/-]{0,100}$/;
const COOKIE_NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const PAGE_VERSION = /^[A-Za-z0-9_.-]{1,64}$/;
const MEDIA_TYPE = /^[A-Za-z0-9.+-]+\/[A-Za-z0-9.+-]+(?:; [A-Za-z0-9-]+=[A-Za-z0-9._-]+)*$/;

const text = (pattern: RegExp, rule: string) => z.string(`must be ${rule}`).regex(pattern, `must be ${rule}`);
const keyText = (rule = 'at most 100 letters, digits and :._~!@+,=/-') => text(KEY_TEXT, rule);
const preset = <Name extends string>(name: Name) => z.literal(name);

const everyPreset = {
  /** What a page is served as: the store has its body alone. */
  contentType: text(MEDIA_TYPE, "a media type such as 'text/html; charset=utf-8'").default('text/html; charset=utf-8'),
  /** The bit of Memcached's flags that marks a body as gzip (nginx `memcached_gzip_flag`). Without it, every body is plain. */
  gzipFlag: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(65_535, 'must be at most 65535')
    .optional(),
};

/** What Django puts before every key: its settings KEY_PREFIX and VERSION. */
const djangoPrefix = {
  prefix: keyText().default(''),
  version: z
    .int('must be a whole number')
    .min(0, 'must be at least 0')
    .max(999_999, 'must be at most 999999')
    .default(1),
};

const pageVersions = z
  .array(z.union([z.literal(''), text(PAGE_VERSION, 'letters, digits and _.-')], 'must be letters, digits and _.-'))
  .min(1, 'must have at least one version')
  .max(32, 'must have at most 32 versions')
  .refine((versions) => new Set(versions).size === versions.length, 'must not repeat a version')
  .refine((versions) => versions.lastIndexOf('') < 1, "must have '' in the first place or not at all");

/** An application that stores its pages itself, as one of the systems does that this library grew out of. */
export const compatibilitySchema = z.discriminatedUnion(
  'preset',
  [
    /** `PREFIX:VERSION:md5(host + path with query + "&" + cookie + "=" + page version)`. */
    z.strictObject({
      preset: preset('django-nginx-memcache'),
      ...djangoPrefix,
      ...everyPreset,
      /** Whose key it is where the two differ: the writer's has the path as it was sent, with its query; the reader's the decoded path without query. */
      follows: z.enum(['writer', 'reader'], "must be 'writer' or 'reader'").default('writer'),
      /** The cookie that chooses the page version. */
      cookie: text(COOKIE_NAME, "a cookie's name of letters, digits and _.-").default('pv'),
      /** Every page version there is. The first is what a missing, forged or unknown one means. */
      pageVersions: pageVersions.default(['']),
    }),
    /** `PREFIX.PATH`, the path decoded. */
    z.strictObject({ preset: preset('prefix-path'), ...everyPreset, prefix: keyText().default('') }),
    /** `PREFIX:VERSION:md5(host + path with query)`. */
    z.strictObject({ preset: preset('uri-digest'), ...djangoPrefix, ...everyPreset }),
    /** `PREFIX:VERSION:KEY:PATH`, the path as it was sent, with its query. */
    z.strictObject({ preset: preset('custom-key'), ...djangoPrefix, ...everyPreset, key: keyText() }),
  ],
  "must have a preset: 'django-nginx-memcache', 'prefix-path', 'uri-digest' or 'custom-key'",
);
