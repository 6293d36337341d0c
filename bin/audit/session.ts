import { type Check, OK, type Outcome } from './audited-page';
import { type Answer, newMark, visit } from './visit';

/** A session of the auditor's own, and what only its pages say. */
export interface Session {
  /** As in the header `Cookie`. */
  readonly cookie: string;
  /** A text, such as the account's name, that no page says without the session. */
  readonly secret: string;
  /** The page that says it. */
  readonly url: URL;
}

const DISGUISES: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => `${path}/audit.css`,
  (path) => `${path};audit.css`,
  (path) => `${path}%2faudit.css`,
  (path) => `${path}%0aaudit.css`,
  (path) => `${path}%3faudit.css`,
  (path) => `${path}%23audit.css`,
  (path) => `${path}%00audit.css`,
  (path) => `/static/..%2f${path.slice(1)}`,
  (path) => `/audit.css/..${path}`,
  (path) => `/.${path}`,
  (path) => `/${path}`,
  (path) => `${path}.`,
  (path) => path.toUpperCase(),
];

/** That what a session is shown stays with it, whatever its address looks like (web cache deception). */
export function sessionChecks(session: Session): Check[] {
  return DISGUISES.map((disguise) => {
    const target = `${disguise(session.url.pathname)}?audit=${newMark()}`;
    return {
      sentence: `what a session is shown at ${target.split('?')[0]} is shown to nobody else`,
      run: () => kept(session, target),
    };
  });
}

async function kept({ cookie, secret, url }: Session, target: string): Promise<Outcome> {
  const isTold = ({ body, headers }: Answer) => body.includes(secret) || JSON.stringify(headers).includes(secret);
  const isPage = target.startsWith(`${url.pathname}?`);
  const address = new URL(`${url.origin}${target}`);
  // Node takes the target as it is; a URL would be made tidy.
  const ask = (headers: Record<string, string>) => visit(address, { headers, target });
  const own = await ask({ Cookie: cookie });
  if (isPage && !isTold(own)) {
    return {
      outcome: 'failed',
      detail: `the session’s own page does not say the secret (status ${own.status}): is the cookie still good?`,
    };
  }
  for (let i = 0; i < 2; i += 1) {
    if (isTold(await ask({}))) {
      return {
        outcome: 'failed',
        detail: `whoever has no session is told the secret at ${address.href}: purge it, and report it`,
      };
    }
  }
  return OK;
}
