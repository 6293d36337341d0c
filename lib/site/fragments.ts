import type { z } from 'zod';
import { pathPattern } from './eligibility';
import type { fragmentsSchema } from './fragments-schema';

export type Fragments = z.infer<typeof fragmentsSchema>;

/** What an origin is told that can be done with its pages (Edge Architecture Specification, section 2). */
export const SURROGATE_CAPABILITY = 'nginx-memcache-site="SSI/1.0"';

/** Every path that can be included, with everything below it. */
export function fragmentPaths({ cachedPaths, privatePaths }: Fragments): string[] {
  return [...cachedPaths, ...privatePaths];
}

/** Whether the pages of a path have fragments without saying so. @param path as in a canonical request. */
export function hasFragments({ pages }: Fragments, path: string): boolean {
  return pages.some((page) => new RegExp(`^${pathPattern(page)}`).test(path));
}
