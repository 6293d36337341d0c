import { type PurgeTools, selectedRows } from './purge';
import type { PurgeRequest } from './purge-request';
import type { Preview } from './receipt';

const MOST_EXAMPLES = 1000;

/** Says what a purge would remove, by the index, and changes nothing. */
export async function previewPurge(
  request: PurgeRequest,
  tools: Pick<PurgeTools, 'index' | 'config' | 'now'>,
): Promise<Preview> {
  const examples: Preview['examples'][number][] = [];
  let found = 0;
  for await (const rows of selectedRows(request, tools)) {
    const stored = rows.filter(({ storedUntil }) => storedUntil * 1000 > tools.now());
    found += stored.length;
    examples.push(
      ...stored
        .slice(0, MOST_EXAMPLES - examples.length)
        .map(({ scheme, host, path, query, variants }) => ({ scheme, host, path, query, variants })),
    );
  }
  return { dryRun: true, selectors: request.selectors, pages: { found }, examples };
}
