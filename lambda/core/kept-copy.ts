import { z } from 'zod';
import { MOST_TAGS, TAG } from '../../lib/site/tag';
import { decodePage, encodePage } from './page-format';
import type { PageResponse } from './page';
import { ENTITY_TAG, LAST_MODIFIED, type Validators } from './validators';

/** A page as it is kept beyond its lifetime, with what its headers do not say any more. */
export interface KeptCopy {
  readonly page: PageResponse;
  /** When the page's lifetime is over, in seconds since 1970. */
  readonly freshUntil: number;
  readonly tags: readonly string[];
  /** With what the origin can be asked whether it still holds. */
  readonly validators: Validators;
}

const about = z.strictObject({
  freshUntil: z.int().min(0),
  tags: z.array(z.string().regex(TAG)).max(MOST_TAGS),
  validators: z
    .strictObject({
      etag: z.string().regex(ENTITY_TAG).optional(),
      lastModified: z.string().regex(LAST_MODIFIED).optional(),
    })
    // A release before this one wrote none.
    .default({}),
});

/** Writes a copy as it lies in Memcached: a line of JSON, and the page as it lay under its own key. */
export function encodeKept({ page, freshUntil, tags, validators }: KeptCopy): Buffer {
  const line = JSON.stringify({ freshUntil, tags, validators });
  return Buffer.concat([Buffer.from(`${line}\n`, 'latin1'), encodePage(page)]);
}

/**
 * Reads what `encodeKept` wrote.
 *
 * @returns undefined for everything else, also for a lease.
 */
export function decodeKept(value: Buffer): KeptCopy | undefined {
  const lineEnd = value.indexOf('\n');
  const line = about.safeParse(parseJson(value.toString('latin1', 0, Math.max(lineEnd, 0))));
  const page = decodePage(value.subarray(lineEnd + 1));
  return line.success && page !== undefined ? { page, ...line.data } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
