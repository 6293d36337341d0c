import { z } from 'zod';
import { path } from './schema-texts';

const paths = () => z.array(path).max(100, 'must have at most 100 paths').default([]);

/** Parts of pages with addresses of their own, which nginx puts in: `<!--#include virtual="/fragments/news" -->`. */
export const fragmentsSchema = z
  .strictObject({
    /** Paths, with everything below them, of fragments that are stored as pages are. */
    cachedPaths: paths(),
    /** Paths, with everything below them, of fragments that are rendered for each request, from the visitor's own. They bypass the cache. */
    privatePaths: paths(),
    /** Paths, with everything below them, whose HTML has fragments without asking (`Surrogate-Control: content="SSI/1.0"`). */
    pages: paths(),
    /** Seconds after which a fragment that does not answer is left out. */
    timeout: z
      .int('must be a whole number of seconds')
      .min(1, 'must be at least 1 second')
      .max(60, 'must be at most 60 seconds')
      .default(5),
  })
  .refine(({ cachedPaths, privatePaths }) => cachedPaths.length + privatePaths.length > 0, {
    message: 'must name cachedPaths or privatePaths: nothing else can be included',
  });
