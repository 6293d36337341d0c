import { type Answer, isHit, newMark, visit } from './visit';

/** What to do is said of failures; of what is skipped, why. */
export type Outcome = { readonly outcome: 'ok' } | { readonly outcome: 'failed' | 'skipped'; readonly detail: string };

export const OK: Outcome = { outcome: 'ok' };

/** A page of the site, in copies that no visitor asks for. */
export interface AuditedPage {
  readonly url: URL;
  /** The URL with a query parameter that nobody has asked for yet: a page of its own to the cache. */
  readonly newCopy: () => URL;
  /** What a visitor without anything special gets. */
  readonly honest: Answer;
}

export interface Check {
  /** What must hold, as a sentence. */
  readonly sentence: string;
  readonly run: (page: AuditedPage) => Promise<Outcome>;
}

const TRIES = 5;

/**
 * Looks at whether a page can be audited without harm to anybody: whether it is cached, and a parameter of the audit's own makes
 * another page of it.
 *
 * @throws Error in one line when it cannot, with what to do.
 */
export async function auditedPage(url: URL): Promise<AuditedPage> {
  const newCopy = () => {
    const copy = new URL(url);
    copy.searchParams.append('audit', newMark());
    return copy;
  };
  const copy = newCopy();
  const first = await visit(copy);
  if (first.cacheStatus === undefined) {
    throw new Error(
      `${url.href} says nothing of nginx-memcache-site in Cache-Status: is it the site's, and nothing in front hides it?`,
    );
  }
  if (isHit(first)) {
    throw new Error(
      `${url.href} is the same page with every query parameter, so an audit of it could harm visitors: audit a path whose parameters count, or a copy of the site`,
    );
  }
  const honest = await askUntilHit(copy);
  if (!isHit(honest)) {
    throw new Error(
      `${url.href} is not answered from the cache (${first.cacheStatus}), so there is nothing to audit: choose a page that is cached`,
    );
  }
  return { url, newCopy, honest };
}

/** Asks for a page until it comes from the store, at most a few times. */
export async function askUntilHit(url: URL): Promise<Answer> {
  let answer = await visit(url);
  for (let i = 1; i < TRIES && !isHit(answer); i += 1) answer = await visit(url);
  return answer;
}
