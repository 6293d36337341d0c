import { type AuditedPage, auditedPage, type Check, type Outcome } from './audited-page';
import { BOUNDARIES, closedPort } from './boundaries';
import { POISONING } from './poisoning';
import { type Session, sessionChecks } from './session';

export interface AuditOptions {
  /** Ports that must be closed. */
  readonly ports: readonly number[];
  /** A session of the auditor's own. Default: what needs one is not tried */
  readonly session?: Session;
  /** Hears of each result, in order. */
  readonly onResult?: (result: Result) => void;
}

/** What came of one check. */
export type Result = { readonly check: string } & Outcome;

// Few: it is somebody's site, and each is a rendering.
const AT_ONCE = 4;

/**
 * Tries on a site what can be tried without harm to it or its visitors: only copies of a page that nobody else asks for are attacked, and
 * nothing is sent that an application could take for an order.
 *
 * @throws Error in one line when the page cannot be audited.
 */
export async function audit(url: URL, { ports, session, onResult }: AuditOptions): Promise<Result[]> {
  const page = await auditedPage(url);
  const own = session === undefined ? [] : sessionChecks(session);
  const checks = [...POISONING, ...BOUNDARIES, ...own, ...ports.map(closedPort)];
  const results: Result[] = [];
  for (let i = 0; i < checks.length; i += AT_ONCE) {
    const some = await Promise.all(checks.slice(i, i + AT_ONCE).map((check) => resultOf(check, page)));
    some.forEach((result) => onResult?.(result));
    results.push(...some);
  }
  return results;
}

async function resultOf({ sentence, run }: Check, page: AuditedPage): Promise<Result> {
  try {
    return { check: sentence, ...(await run(page)) };
  } catch (error) {
    // Nobody could say whether it holds.
    return { check: sentence, outcome: 'failed', detail: (error as Error).message };
  }
}
