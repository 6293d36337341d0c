import { z } from 'zod';
import { cookieName, host, path } from './schema-texts';
import { DEFAULT_HARMLESS_COOKIES } from './well-known';

export const eligibilitySchema = z
  .strictObject({
    /** Cookies that say nothing about who asks, so that requests with them may be answered from the cache. */
    harmlessCookies: z
      .array(cookieName)
      .max(100, 'must have at most 100 names')
      .default([...DEFAULT_HARMLESS_COOKIES]),
    /** The only paths, with everything below them, that are answered from the cache. Without any, every path is. */
    cachedPaths: z.array(path).max(100, 'must have at most 100 paths').default([]),
    /** Paths, with everything below them, that always go to the origin. */
    bypassPaths: z.array(path).max(100, 'must have at most 100 paths').default([]),
    /** Hosts that always go to the origin (an editors' host). */
    bypassHosts: z.array(host).max(100, 'must have at most 100 hosts').default([]),
    /**
     * Whether requests with `Authorization` bypass the cache, or are answered by pages that say so (`public`, `s-maxage` or
     * `must-revalidate`: RFC 9111 section 3.5). Renderings then get it, and everybody gets the page that it gave.
     */
    authorization: z.enum(['bypass', 'as-the-page-says'], "must be 'bypass' or 'as-the-page-says'").default('bypass'),
    /**
     * Whether what visitors say about caching (`Cache-Control` and `Pragma` of requests, RFC 9111 section 5.2.1) is ignored, as a
     * site's own cache may, or honoured: everybody can then make the origin render.
     */
    requestDirectives: z.enum(['ignore', 'honour'], "must be 'ignore' or 'honour'").default('ignore'),
  })
  .prefault({});
