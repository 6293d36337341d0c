import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { Claimed } from './claim';
import type { FillAnswer, FillTools } from './fill-tools';
import type { Verdict } from './judge';
import type { KeptPlace } from './kept-place';
import type { PageResponse } from './page';
import { type Publication, type Publish, storePage, unlessPurged } from './publish';
import { isFailure } from './stale-rules';

/**
 * Steps 4 to 6 of a fill, for the page and then for the copy that is kept of it, and its answer.
 *
 * @param validated whether it is a copy of which the origin said that it still holds.
 */
export async function store(
  tools: FillTools,
  request: CanonicalRequest,
  claimed: Claimed,
  { page, tags, ttlSeconds, validators }: Extract<Verdict, { kind: 'storable' }>,
  validated: boolean,
  publish: Publish,
): Promise<FillAnswer> {
  const freshUntil = Math.floor(claimed.startedAt / 1000) + ttlSeconds;
  const publication = await storePage(tools, request, claimed, { page, tags, expiresAt: freshUntil }, publish);
  // What may stand in for a failing origin is never its failure.
  if (publication.outcome === 'stored' && !isFailure(page)) {
    await claimed.kept?.publish({ page, tags, freshUntil, validators });
  }
  return answer(page, publication, validated ? 'validated' : 'stored', validated ? claimed.kept : undefined);
}

/** The same for what is only kept, to be validated before it is answered to others. */
export async function keep(
  tools: FillTools,
  request: CanonicalRequest,
  claimed: Claimed,
  { page, tags, validators }: Pick<Extract<Verdict, { kind: 'keepable' }>, 'page' | 'tags' | 'validators'>,
  validated: boolean,
  place: KeptPlace,
): Promise<FillAnswer> {
  const startedAt = Math.floor(claimed.startedAt / 1000);
  const freshUntil = page.times?.freshUntil ?? startedAt;
  const publish = async () => (await place.publish({ page, tags, freshUntil, validators })) === true;
  const publication = await unlessPurged(tools, request, claimed, tags, startedAt, publish);
  return answer(page, publication, validated ? 'kept-validated' : 'kept', validated ? place : undefined);
}

/** @param place of the copy that is answered: a purge may have removed it while the origin was asked about it. */
async function answer(
  page: PageResponse,
  { outcome, cause }: Publication,
  success: 'stored' | 'validated' | 'kept' | 'kept-validated',
  place: KeptPlace | undefined,
): Promise<FillAnswer> {
  if (outcome === 'stored') {
    return { kind: 'page', response: page, outcome: success };
  }
  const isGone =
    place !== undefined && (outcome === 'purged' || outcome === 'lost' || (await place.read()) === undefined);
  return isGone ? { kind: 'pass', reason: outcome, cause } : { kind: 'page', response: page, outcome, cause };
}
