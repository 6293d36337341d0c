import { keptKey } from '../../lib/site/kept-key';
import type { KeptPage, KeyInspection, StoredPage } from './inspect-answers';
import type { InspectTools } from './inspect-page';
import { decodeKept } from './kept-copy';
import type { PageResponse } from './page';
import { decodePage, decodePassMarker, kindOfValue } from './page-format';
import { StoreError } from './page-store';
import type { FoundInStore } from './store-reader';

type Found = Omit<KeyInspection, 'key' | 'node' | 'requested' | 'variants' | 'tags'>;

/** Says what lies under a page key, and beside it; of a node that does not answer, that. */
export async function inspectKey(key: string, tools: InspectTools): Promise<Found> {
  try {
    const found = await tools.store.look(key);
    const kept = await keptOf(key, tools);
    return { ...(found === undefined ? { state: 'nothing' } : describe(found, tools.now())), ...(kept && { kept }) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { state: 'unknown', error: error.message };
  }
}

function describe({ value, secondsLeft, read, idleSeconds }: FoundInStore, now: number): Found {
  const facts = { valueBytes: value.length, expiresSeconds: secondsLeft, read, idleSeconds };
  const kind = kindOfValue(value);
  if (kind === 'page') {
    const page = decodePage(value);
    return page === undefined ? { state: 'other', ...facts } : { state: 'page', page: storedPage(page, now), ...facts };
  }
  return { state: kind, ...(kind === 'pass' ? { passReason: decodePassMarker(value) } : {}), ...facts };
}

async function keptOf(key: string, { store, config, now }: InspectTools): Promise<KeptPage | undefined> {
  const place = keptKey(key);
  const found = place === undefined ? undefined : await store.look(place);
  const copy = found && decodeKept(found.value);
  if (copy === undefined) {
    return undefined;
  }
  const { page, tags, validators, freshUntil } = copy;
  const left = (until: number) => until - Math.floor(now() / 1000);
  return {
    ...storedPage(page, now()),
    freshSeconds: left(freshUntil),
    keptSeconds: found?.secondsLeft ?? left(freshUntil + config.storage.keptFor),
    tags,
    validators,
  };
}

function storedPage({ status, headers, body, times }: PageResponse, now: number): StoredPage {
  const seconds = Math.floor(now / 1000);
  return {
    ...{ status, headers, bodyBytes: body.length },
    ...(times && {
      ageSeconds: Math.max(seconds - times.bornAt, 0),
      freshSeconds: times.freshUntil - seconds,
    }),
  };
}
