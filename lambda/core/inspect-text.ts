import type { KeyInspection, StoredPage } from './inspect-answers';
import type { HeaderPair } from './page';
import { bytes, duration } from './readable';

/** What lies under a page key, in a line. */
export function stateText({
  state,
  page,
  passReason,
  error,
  expiresSeconds,
  valueBytes = 0,
  read,
}: KeyInspection): string {
  const until = expiresSeconds === undefined ? '' : `, forgotten in ${duration(expiresSeconds)}`;
  switch (state) {
    case 'page':
      return `a page, ${page?.status}, ${bytes(valueBytes)}${page === undefined ? '' : `, ${ageText(page)}`}${until}${
        read === false ? ', never asked for' : ''
      }`;
    case 'pass':
      return `not stored: ${passReason ?? 'for a reason of another release'}${until}`;
    case 'lease':
      return `being rendered${until}`;
    case 'other':
      return `a value that is not in the site's page format, ${bytes(valueBytes)}${until}`;
    case 'nothing':
      return 'nothing';
    case 'unknown':
      return `not known: ${error}`;
  }
}

/** How old a page is, and for how long it is fresh. */
export function ageText({ ageSeconds, freshSeconds }: StoredPage): string {
  const age = ageSeconds === undefined ? 'of unknown age' : `${duration(ageSeconds)} old`;
  if (freshSeconds === undefined) {
    return age;
  }
  return freshSeconds > 0
    ? `${age}, fresh for ${duration(freshSeconds)}`
    : `${age}, stale for ${duration(-freshSeconds)}`;
}

/** A header as people read it: in the store its value has a character for each byte. */
export function headerText([name, value]: HeaderPair): [name: string, value: string] {
  return [name, Buffer.from(value, 'latin1').toString('utf8')];
}
