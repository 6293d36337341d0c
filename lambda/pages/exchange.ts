import type { IncomingMessage, ServerResponse } from 'node:http';
import onHeaders from 'on-headers';
import { type ListenerView, pairsOf } from '../adapters/listener-view';
import type { Peer } from '../adapters/pipe';
import { renderingHeaders } from '../adapters/rendering-headers';
import type { HeaderPair } from '../core/page';
import { type VisitorAnswer, visitorAnswer } from '../core/visitor-answer';
import { decide, type IncomingRequest } from './decide';
import type { PageRequest } from './options';
import { type Wrapped } from './rules';
import { bypassed } from './site-pages';
import { termHeaders } from './terms';

// Of two page caches, one within the other, the outer one answers; both say their tags and times.
const decided = new WeakSet<IncomingMessage>();

/**
 * Answers a request to a Node server: with a page, or by the application itself.
 *
 * @param target the request target as it was sent.
 * @param view asks the application, through this function again: it then knows the site's own mark.
 * @param own has the application answer this request. Where the request is not looked up, it is called at once.
 */
export function exchange(
  wrapped: Wrapped,
  incoming: IncomingMessage,
  response: ServerResponse,
  target: string,
  view: () => ListenerView,
  own: () => void,
): void {
  const decision = decide(wrapped, incomingRequest(incoming, target, wrapped.behindLoadBalancer));
  if (decision.kind !== 'site' && decided.has(incoming)) {
    own();
    return;
  }
  decided.add(incoming);
  switch (decision.kind) {
    case 'own':
      response.setHeader('Cache-Status', bypassed(decision.reason));
      own();
      return;
    case 'site':
      if (decision.request !== undefined) sayTerms(wrapped, decision.request, response);
      own();
      return;
    case 'page':
      break;
  }
  const { config, variantKeys, pages } = wrapped;
  const render = (signal: AbortSignal) =>
    view()(
      decision.request,
      renderingHeaders(config, decision.request, undefined, variantKeys),
      peerOf(wrapped, incoming, decision.request),
      signal,
    );
  const answered = pages
    .answer(decision.request, (_, signal) => render(signal))
    .then(async ({ page, cacheStatus }) => ({
      cacheStatus,
      answer: page && (await visitorAnswer(page, { method: incoming.method ?? 'GET', headers: pairsOf(incoming) })),
    }));
  void answered
    .catch((error: unknown) => {
      pages.log('not-answered', { target, error });
      return { cacheStatus: bypassed('failed'), answer: undefined };
    })
    .then(({ cacheStatus, answer }) => {
      if (response.headersSent || response.destroyed) {
        // A time limit of the application's, or a visitor who has gone.
        return;
      }
      if (answer !== undefined) {
        send(response, answer, cacheStatus);
      } else {
        response.setHeader('Cache-Status', cacheStatus);
        own();
      }
    });
}

function incomingRequest(incoming: IncomingMessage, target: string, behindLoadBalancer: boolean): IncomingRequest {
  return {
    method: incoming.method ?? '',
    target,
    headers: pairsOf(incoming),
    scheme: behindLoadBalancer ? undefined : isEncrypted(incoming) ? 'https' : 'http',
  };
}

function isEncrypted({ socket }: IncomingMessage): boolean {
  return 'encrypted' in socket && socket.encrypted === true;
}

/** Who a rendering seems to come from: the load balancer, whom applications trust by its address, or nobody. */
function peerOf({ behindLoadBalancer, config }: Wrapped, incoming: IncomingMessage, request: PageRequest): Peer {
  return behindLoadBalancer
    ? { remoteAddress: incoming.socket.remoteAddress, encrypted: isEncrypted(incoming) }
    : { remoteAddress: config.fill.clientAddress, encrypted: request.scheme === 'https' };
}

function sayTerms({ options, pages }: Wrapped, request: PageRequest, response: ServerResponse): void {
  onHeaders(response, () => {
    const headers = Object.entries(response.getHeaders()).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): HeaderPair => [name, String(one)]),
    );
    for (const [name, value] of termHeaders(options, request, { status: response.statusCode, headers }, pages.log)) {
      response.setHeader(name, value);
    }
  });
}

function send(response: ServerResponse, { status, headers, body, length }: VisitorAnswer, cacheStatus: string): void {
  // What has been set for this request is in the page, as it was set for its rendering.
  response.getHeaderNames().forEach((name) => response.removeHeader(name));
  response.statusCode = status;
  headers.forEach(([name, value]) => response.appendHeader(name, value));
  if (status !== 304) {
    response.setHeader('Content-Length', length);
  }
  response.setHeader('Cache-Status', cacheStatus);
  response.end(body);
}
