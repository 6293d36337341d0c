import { z } from 'zod';
import type { CanonicalRequest } from '../../lib/site/canonical-request';
import { pageKey } from '../../lib/site/page-key';
import type { SiteConfig } from '../../lib/site/site-config';
import { MOST_TAGS, TAG, TAG_RULE } from '../../lib/site/tag';
import { BadRequestError, describeFault } from './bad-request';
import { isHeader } from './header-rules';
import type { HeaderPair, PageResponse } from './page';
import type { PageTerms } from './page-terms';
import { pageAddressSchema } from './purge-request';

/** A page that is pushed into the cache. */
export interface PushedPage {
  /** The URL as it was asked. */
  readonly url: string;
  readonly request: CanonicalRequest;
  readonly response: PageResponse;
  readonly terms: PageTerms;
}

/** A request to the write function that breaks rules; nothing was written. */
export class WriteRequestError extends BadRequestError {
  public constructor(faults: readonly string[]) {
    super('the write request', faults);
  }
}

// A Lambda request holds 6 MB: above this, pages would have to be smaller than any real one.
const MOST_PAGES = 1000;

/**
 * Checks a request to the write function: `{ pages: [{ url, status?, headers?, body? | bodyBase64?, variants?, ttl?,
 * tags? }] }`. The status is 200 and the body empty unless given; a variant that is not given has its default.
 *
 * @throws WriteRequestError with every fault.
 */
export function parseWriteRequest(config: SiteConfig, input: unknown): PushedPage[] {
  if (config.compatibility !== undefined) {
    throw new WriteRequestError([
      'pages: must not be pushed: the application stores the pages of this site itself (compatibility)',
    ]);
  }
  const schema = z.strictObject(
    {
      pages: z
        .array(pageSchema(config), 'must be a list of pages')
        .min(1, 'must have at least one page')
        .max(MOST_PAGES, `must have at most ${MOST_PAGES} pages: split it`),
    },
    'must be an object such as {"pages": [{"url": "https://example.com/news", "body": "…"}]}',
  );
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    throw new WriteRequestError(parsed.error.issues.map((issue) => describeFault(issue, input)));
  }
  const urls = (input as z.input<typeof schema>).pages.map(({ url }) => url);
  const pushed = parsed.data.pages.map((page, i) => ({ ...page, url: urls[i] ?? '' }));
  const faults = pushed.flatMap(({ request, url }, i) => {
    const first = pushed.findIndex((other) => other.request.key === request.key);
    return first === i
      ? []
      : [`pages.${i}.url: must not be a page that is pushed already, as pages.${first}, got ${JSON.stringify(url)}`];
  });
  if (faults.length > 0) {
    throw new WriteRequestError(faults);
  }
  return pushed;
}

function pageSchema(config: SiteConfig) {
  return z
    .strictObject(
      {
        url: pageAddressSchema(config),
        status: z.int('must be a status').min(200, 'must be 200 to 599').max(599, 'must be 200 to 599').default(200),
        headers: headersSchema,
        body: z.string('must be a text').optional(),
        bodyBase64: z.base64('must be base64').optional(),
        variants: variantsSchema(config),
        ttl: ttlSchema(config),
        tags: tagsSchema,
      },
      'must be an object with a url',
    )
    .superRefine(({ headers, body, bodyBase64 }, context) => {
      if (body !== undefined && bodyBase64 !== undefined) {
        context.addIssue({ code: 'custom', path: ['bodyBase64'], message: 'must be left out where there is a body' });
      }
      const { length } = bodyOf(body, bodyBase64);
      for (const [name, value] of pairs(headers)) {
        if (name.toLowerCase() === 'content-length' && value.trim() !== String(length)) {
          const message = `must be the body's length, which is ${length} bytes`;
          context.addIssue({ code: 'custom', path: ['headers', name], message });
        }
      }
    })
    .transform(({ url: { scheme, host, path, query }, status, headers, body, bodyBase64, variants, ttl, tags }) => ({
      request: {
        ...{ scheme, host, path, query, variants },
        key: pageKey(config, { scheme, host, path, query, variants }),
      },
      response: {
        status,
        headers: pairs(headers),
        body: bodyOf(body, bodyBase64),
      },
      terms: { ttl, tags },
    }));
}

/** A schema for the time to live that whoever pushes a page gives it. */
export function ttlSchema({ storage: { maxTtl } }: SiteConfig) {
  const rule = `must be 1 to ${maxTtl} seconds (storage.maxTtl)`;
  return z.int('must be a whole number of seconds').min(1, rule).max(maxTtl, rule).optional();
}

const tagsSchema = z
  .array(z.string('must be a text').regex(TAG, `must be ${TAG_RULE}`), 'must be a list of tags')
  .refine((tags) => tags.length <= MOST_TAGS, `must have at most ${MOST_TAGS} tags`)
  .optional();

const headersSchema = z
  .record(z.string(), z.union([z.string(), z.array(z.string())], 'must be a text or a list of texts'))
  .superRefine((headers, context) => {
    for (const [name] of pairs(headers).filter((pair) => !isHeader(pair))) {
      context.addIssue({ code: 'custom', path: [name], message: 'must be a header without control characters' });
    }
  })
  .default({});

function bodyOf(body: string | undefined, bodyBase64: string | undefined): Buffer {
  return bodyBase64 === undefined ? Buffer.from(body ?? '') : Buffer.from(bodyBase64, 'base64');
}

function variantsSchema({ key: { variants } }: SiteConfig) {
  const declared = variants.map(({ name, values }) => {
    const [first = '', ...others] = values;
    return [name, z.enum([first, ...others], `must be one of ${values.join(', ')}`).default(first)] as const;
  });
  return z.strictObject(Object.fromEntries(declared), 'must be an object of declared variants').prefault({});
}

function pairs(headers: Record<string, string | string[]>): HeaderPair[] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const));
}
