import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { View, Wait } from './fill-tools';
import type { PageResponse } from './page';
import type { Validators } from './validators';

/** What became of a rendering. */
export type Rendering =
  | { readonly kind: 'rendered'; readonly response: PageResponse }
  | { readonly kind: 'failed'; readonly reason: 'view-failed' | 'late'; readonly cause?: unknown };

/**
 * Runs a view for at most so many milliseconds. A view that is late is told by its signal, and not waited for: whatever it
 * does then reaches nobody.
 */
export async function runView(
  view: View,
  request: CanonicalRequest,
  milliseconds: number,
  wait: Wait,
  validators?: Validators,
): Promise<Rendering> {
  const tooLate = new AbortController();
  const done = new AbortController();
  const deadline = async (): Promise<Rendering> => {
    await wait(milliseconds, done.signal);
    tooLate.abort(new Error(`the rendering took longer than ${milliseconds} ms`));
    return { kind: 'failed', reason: 'late', cause: tooLate.signal.reason };
  };
  const render = async (): Promise<Rendering> => ({
    kind: 'rendered',
    response: await view(request, tooLate.signal, validators),
  });
  try {
    return await Promise.race([render(), deadline()]);
  } catch (cause) {
    return { kind: 'failed', reason: 'view-failed', cause };
  } finally {
    done.abort();
  }
}
