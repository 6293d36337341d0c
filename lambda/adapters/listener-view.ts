import { AsyncResource } from 'node:async_hooks';
import { createServer, type IncomingMessage, request as httpRequest, type RequestListener } from 'node:http';
import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { SiteConfig } from '../../lib/site/site-config';
import { whyNotByHead } from '../core/judge-head';
import { NotStorableError } from '../core/not-storable';
import type { HeaderPair, PageResponse } from '../core/page';
import { PageTooLargeError } from '../core/page-too-large';
import { type Peer, PipeEnd } from './pipe';
import { MOST_HEAD_BYTES, mostBodyBytes } from './rendering-limits';

/** Renders a page by an application in this process. */
export type ListenerView = (
  request: CanonicalRequest,
  headers: readonly HeaderPair[],
  peer: Peer,
  signal: AbortSignal,
) => Promise<PageResponse>;

// Nothing of the visitor who happens to ask first may reach the rendering, nor what is kept for their request alone.
const ours = new AsyncResource('nginx-memcache-site');

/**
 * A view that asks a Node application, in HTTP over a connection within the process: the application sees a request like
 * every other. A rendering is ended as soon as its head says that it may not be stored.
 *
 * It rejects when there is no whole answer, with NotStorableError where it may not be stored, PageTooLargeError when its
 * body is far above `limits.pageSize`.
 */
export function listenerView(listener: RequestListener, config: SiteConfig): ListenerView {
  const server = createServer({ maxHeaderSize: MOST_HEAD_BYTES, requestTimeout: 0 }, listener);
  return (request, headers, peer, signal) =>
    ours.runInAsyncScope(() => {
      const [client, other] = PipeEnd.pair(peer);
      server.emit('connection', other);
      return collect(client, request, headers, config, signal);
    });
}

function collect(
  connection: PipeEnd,
  request: CanonicalRequest,
  headers: readonly HeaderPair[],
  config: SiteConfig,
  signal: AbortSignal,
): Promise<PageResponse> {
  return new Promise((resolve, reject) => {
    const startedAt = Date.now();
    const outgoing = httpRequest({
      createConnection: () => connection,
      path: request.query === '' ? request.path : `${request.path}?${request.query}`,
      headers: [...headers, ['Connection', 'close'] as const].flat(),
      setHost: false,
      maxHeaderSize: MOST_HEAD_BYTES,
      insecureHTTPParser: true,
    });
    const stop = (error: Error) => {
      reject(error);
      outgoing.destroy();
    };
    const late = () => stop(signal.reason as Error);
    outgoing.once('close', () => signal.removeEventListener('abort', late));
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
    outgoing.on('error', reject);
    outgoing.once('upgrade', () => stop(new Error('the application changed the protocol')));
    outgoing.once('response', (response) => {
      const head = { status: response.statusCode ?? 0, headers: pairsOf(response) };
      const reason = whyNotByHead(request, head, config, startedAt);
      if (reason !== undefined) {
        stop(new NotStorableError(reason));
        return;
      }
      const most = mostBodyBytes(config);
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > most) stop(new PageTooLargeError(most));
        else chunks.push(chunk);
      });
      response.once('end', () => {
        if (response.complete) resolve({ ...head, body: Buffer.concat(chunks) });
        else reject(new Error('the answer of the application has no end'));
      });
    });
    outgoing.end();
  });
}

/** A message's headers as they were sent. */
export function pairsOf({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): HeaderPair[] {
  return rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : []));
}
