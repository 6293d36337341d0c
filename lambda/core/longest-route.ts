import { pathPattern } from '../../lib/site/eligibility';
import type { SiteConfig } from '../../lib/site/site-config';

type Route = SiteConfig['storage']['routes'][number];

/** What the longest route above a path that says anything of it says; undefined where none does. */
export function longestRoute<Field extends keyof Route>(
  { storage }: Pick<SiteConfig, 'storage'>,
  path: string,
  field: Field,
): Route[Field] | undefined {
  const [longest] = storage.routes
    .filter((route) => route[field] !== undefined && new RegExp(`^${pathPattern(route.path)}`).test(path))
    .sort((a, b) => b.path.length - a.path.length);
  return longest?.[field];
}
