import { z } from 'zod';
import { DECIDING_HEADERS, fieldName, fieldValue, text, variantValue } from './schema-texts';

// RFC 5646, without extensions: a range is cut at its last hyphen only.
const LANGUAGE = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{2,8})*$/;
// What stands in a User-Agent and in nginx's configuration as it is.
const USER_AGENT_PART = /^(?=.*[A-Za-z0-9])[A-Za-z0-9 ._/;:()+,-]{2,64}$/;
const OWN_HEADERS = new Set(['user-agent', 'x-forwarded-for', 'x-forwarded-proto', 'accept-language']);

/** How the variant is called in purges, pushes and the index. */
const name = text(/^[a-z][a-z0-9-]{0,31}$/, 'a lower-case name of letters, digits and -');
/** Every value there is. The first is the default: what a missing, forged or unknown value means. */
const valuesOf = (value: z.ZodString) =>
  z
    .array(value)
    .min(2, 'must have at least two values')
    .max(32, 'must have at most 32 values')
    .refine((values) => new Set(values).size === values.length, 'must not repeat a value');
const values = valuesOf(variantValue);
const readHeader = fieldName.refine(
  (header) => !DECIDING_HEADERS.has(header.toLowerCase()),
  'must not be a header that decides whether a request may be cached at all',
);

const device = z
  .strictObject({
    name,
    source: z.literal('device'),
    values,
    /** The header in which the application is told the device. */
    field: text(/^[A-Za-z0-9-]{1,64}$/, "a header's name of letters, digits and -")
      .refine(
        (header) => !DECIDING_HEADERS.has(header.toLowerCase()) && !OWN_HEADERS.has(header.toLowerCase()),
        'must not be a header that requests and renderings have by themselves',
      )
      .default('X-Device'),
    /** The first rule of which a part stands in the User-Agent says the device, whatever the case of its letters. */
    rules: z
      .array(
        z.strictObject({
          value: variantValue,
          contains: z
            .array(text(USER_AGENT_PART, 'a part of a User-Agent: 2 to 64 letters, digits, spaces and ._/;:()+,-'))
            .min(1, 'must have at least one part')
            .max(64, 'must have at most 64 parts'),
        }),
      )
      .max(16, 'must have at most 16 rules'),
    /** The User-Agent that renderings for a device have, instead of `fill.userAgent`. */
    userAgents: z.record(z.string(), fieldValue.min(1, 'must not be empty')).default({}),
  })
  .superRefine((variant, context) => {
    const fault = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message, input: variant });
    variant.rules.forEach(({ value }, i) => {
      if (!variant.values.includes(value)) fault(['rules', i, 'value'], 'must be one of the values');
    });
    for (const [i, value] of variant.values.entries()) {
      const known = i === 0 || variant.rules.some((rule) => rule.value === value);
      if (!known) fault(['values', i], 'must have a rule, or be the first');
    }
    for (const value of Object.keys(variant.userAgents)) {
      if (!variant.values.includes(value)) fault(['userAgents', value], 'must be for one of the values');
    }
  });

const variant = z.discriminatedUnion(
  'source',
  [
    /** The visitor's cookie says the value. */
    z.strictObject({ name, source: z.literal('cookie'), field: fieldName, values }),
    /** The same with the application's signature: visitors cannot choose. */
    z.strictObject({ name, source: z.literal('signed-cookie'), field: fieldName, values }),
    /** A request header says the value. */
    z.strictObject({ name, source: z.literal('header'), field: readHeader, values }),
    /** `Accept-Language` says it, unless a cookie does. */
    z.strictObject({
      name,
      source: z.literal('language'),
      values: valuesOf(text(LANGUAGE, "a language such as 'de' or 'pt-BR'")),
      cookie: fieldName.optional(),
    }),
    /** `User-Agent` says it. */
    device,
  ],
  "must have a source: 'cookie', 'signed-cookie', 'header', 'language' or 'device'",
);

/** The variants of a site: closed sets of renderings of the same URL. */
export const variantsSchema = z
  .array(variant)
  .max(8, 'must have at most 8 variants')
  .refine((variants) => areDistinct(variants.map((each) => each.name)), 'must not name a variant twice')
  .refine((variants) => areDistinct(variants.map(source)), 'must not read a cookie or a header twice')
  .default([]);

function source(read: z.infer<typeof variant>): string {
  switch (read.source) {
    case 'cookie':
    case 'signed-cookie':
      return `cookie ${read.field}`;
    case 'header':
    case 'device':
      return `header ${read.field.toLowerCase()}`;
    case 'language':
      return read.cookie === undefined ? 'header accept-language' : `cookie ${read.cookie}`;
  }
}

function areDistinct(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
