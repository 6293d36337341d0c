import { canonicalQuery } from '../../lib/site/canonical-query';

/** The parameters of a query that its canonical form has not, as they were sent. */
export function droppedParameters(sent: string, canonical: string): string[] {
  const kept = new Set(canonical.split('&'));
  return canonicalQuery(sent, { policy: 'all' })
    .split('&')
    .filter((parameter) => parameter !== '' && !kept.has(parameter));
}
