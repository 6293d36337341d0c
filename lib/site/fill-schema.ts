import { z } from 'zod';
import { DECIDING_HEADERS, fieldName, fieldValue, isWithoutRepetition } from './schema-texts';

// `X-Forwarded-*` and `Forwarded` would name another host, scheme or client than the key does.
const NEVER_FORWARDED = new Set([
  ...DECIDING_HEADERS,
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'forwarded',
  'te',
  'trailer',
  'keep-alive',
  'proxy-connection',
  'expect',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
]);

// nginx leaves out names with an underscore (`underscores_in_headers`).
const mayBeForwarded = (name: string) => !NEVER_FORWARDED.has(name.toLowerCase()) && !/^x-nms-|_/i.test(name);

const FORWARDED_RULE =
  'must not be a header that renderings have by themselves, that decides whether a request may be cached at all, or that has an underscore';

export const fillSchema = z
  .strictObject({
    /** Headers with a constant value that every rendering gets. */
    headers: z.record(fieldName, fieldValue).default({}),
    /**
     * Headers of visitors' requests that renderings get though the page key does not cover them. Whoever asks first decides what
     * all others are shown: only for headers that change nothing in a page.
     */
    forwardedHeaders: z
      .array(fieldName.refine(mayBeForwarded, FORWARDED_RULE))
      .max(20, 'must have at most 20 names')
      .refine(isWithoutRepetition, 'must not name a header twice')
      .default([]),
    /**
     * What a visitor gets whose page may not be stored: the origin's answer to their own, whole request, for which it is asked
     * again, or its answer to the rendering, which had no more than the page key covers.
     */
    unstorable: z.enum(['ask-again', 'answer'], "must be 'ask-again' or 'answer'").default('ask-again'),
    userAgent: fieldValue.default('nginx-memcache-site'),
    /** The client address that renderings claim: public, and nobody's (AS112, RFC 7535). */
    clientAddress: z.union([z.ipv4('must be an IP address'), z.ipv6('must be an IP address')]).default('192.31.196.1'),
  })
  .prefault({});
