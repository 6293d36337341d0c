import { askUntilHit, type AuditedPage, type Check, OK, type Outcome } from './audited-page';
import { newMark, says, type Visit, visit } from './visit';

/** What visitors, proxies and frameworks say of themselves; a page must not depend on any of it. */
const UNKEYED = `
  X-Forwarded-Host X-Forwarded-Server X-Forwarded-Port X-Forwarded-Prefix X-Forwarded-Scheme X-Forwarded-For Forwarded X-Host
  X-Original-Host X-HTTP-Host-Override X-Original-URL X-Rewrite-URL X-Real-IP True-Client-IP X-Remote-User Origin Referer User-Agent
  Accept Accept-Language Accept-Charset From Via Content-Type Traceparent X-Amzn-Trace-Id X-Requested-With HX-Request RSC
  Surrogate-Capability Max-Forwards X-Audit-Anything X-Nms-Key X-Nms-Target X-Nms-Status X-Accel-Redirect If-None-Match
`
  .trim()
  .split(/\s+/);

const header = (name: string): Check => ({
  sentence: `${name} of one visitor changes nothing for the next`,
  run: (page) => unharmed(page, (mark) => ({ headers: { [name]: mark } })),
});

/** Attacks on a copy before it is stored, and after: the next visitor's answer is what it would have been. */
export const POISONING: readonly Check[] = [
  ...UNKEYED.map(header),
  {
    sentence: 'an unknown cookie is no part of what others are shown',
    run: (page) => unharmed(page, (mark) => ({ headers: { Cookie: `audit=${mark}` } })),
  },
  {
    sentence: 'Authorization is no part of what others are shown',
    run: (page) => unharmed(page, (mark) => ({ headers: { Authorization: `Bearer ${mark}` } })),
  },
  {
    sentence: 'an unknown method in X-HTTP-Method-Override leaves no failure to others',
    // One that no application knows: others might do something.
    run: (page) =>
      unharmed(page, () => ({ headers: { 'X-HTTP-Method-Override': 'AUDIT', 'X-Method-Override': 'AUDIT' } })),
  },
  {
    sentence: 'a header that is too long leaves no failure to others',
    run: (page) => unharmed(page, (mark) => ({ headers: { 'X-Audit-Long': `${mark}${'x'.repeat(12_000)}` } })),
  },
  {
    sentence: 'a range leaves no part of a page to others',
    run: (page) => unharmed(page, () => ({ headers: { Range: 'bytes=0-0' } })),
  },
  {
    sentence: 'a HEAD leaves no empty page to others',
    run: (page) => unharmed(page, () => ({ method: 'HEAD' })),
  },
  { sentence: 'a tracking parameter is no part of what others are shown', run: trackingParameter },
];

async function unharmed(page: AuditedPage, attack: (mark: string) => Visit): Promise<Outcome> {
  const [copy, mark] = [page.newCopy(), newMark()];
  await visit(copy, attack(mark));
  const before = await verdict(page, copy, mark);
  if (before.outcome !== 'ok') return before;
  await visit(copy, attack(mark));
  return verdict(page, copy, mark);
}

async function verdict({ honest }: AuditedPage, copy: URL, mark: string): Promise<Outcome> {
  const next = await askUntilHit(copy);
  if (says(next, mark)) {
    return failed(copy, 'the next visitor gets what the one before sent');
  }
  if (next.status !== honest.status) {
    return failed(copy, `the next visitor gets status ${next.status} instead of ${honest.status}`);
  }
  if (honest.body !== '' && next.body === '') {
    return failed(copy, 'the next visitor gets an empty page');
  }
  // Of a byte range, one is left.
  return next.body.length === 1 && honest.body.length > 1
    ? failed(copy, 'the next visitor gets a part of the page')
    : OK;
}

async function trackingParameter(page: AuditedPage): Promise<Outcome> {
  const [copy, mark] = [page.newCopy(), newMark()];
  const tracked = new URL(copy);
  tracked.searchParams.append('utm_source', `${mark}"><script>`);
  await visit(tracked);
  return verdict(page, copy, mark);
}

function failed(copy: URL, what: string): Outcome {
  return { outcome: 'failed', detail: `${what} (${copy.href}): purge it, and report it as SECURITY.md says` };
}
