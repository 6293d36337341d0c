import type { PageRow, PurgeRecord, PurgeResult } from '../../core/page-index';
import type { Row } from './table';

/** What a page's rows hold besides their keys. */
export function fromPageRow({ scheme, query, variants, tags, storedUntil }: PageRow): Row {
  return {
    scheme: { S: scheme },
    query: { S: query },
    storedUntil: { N: String(storedUntil) },
    ...(Object.keys(variants).length > 0 ? { variants: { S: JSON.stringify(variants) } } : {}),
    ...(tags.length > 0 ? { tags: { SS: [...tags] } } : {}),
  };
}

/** Reads a page's row, or a tag's row of a page. */
export function toPageRow(row: Row): PageRow {
  return {
    ...addressIn(row),
    scheme: row.scheme?.S === 'http' ? 'http' : 'https',
    query: row.query?.S ?? '',
    variants: JSON.parse(row.variants?.S ?? '{}') as Record<string, string>,
    tags: row.tags?.SS ?? [],
    storedUntil: Number(row.storedUntil?.N ?? 0),
  };
}

// A tag's row has the key as its sort key, and an address beside it.
function addressIn(row: Row): Pick<PageRow, 'host' | 'path' | 'key'> {
  const sortKey = row.sk?.S ?? '';
  if (row.host?.S !== undefined && row.path?.S !== undefined) {
    return { host: row.host.S, path: row.path.S, key: sortKey };
  }
  const [address, key] = sortKey.split(' ') as [string, string];
  const slash = address.indexOf('/');
  return { host: address.slice(0, slash), path: address.slice(slash), key };
}

/** Reads a row of the audit. */
export function toPurgeRecord(row: Row): PurgeRecord {
  return {
    id: row.id?.S ?? '',
    caller: row.caller?.S ?? '',
    mode: row.mode?.S === 'refresh' ? 'refresh' : 'delete',
    at: Number(row.at?.N),
    selected: row.selected?.S ?? '[]',
    ...(row.result?.S === undefined ? {} : { result: JSON.parse(row.result.S) as PurgeResult }),
  };
}
