import type { RequestListener } from 'node:http';
import { expressMiddleware, type PageCacheMiddleware } from './express';
import { checkHandler, type Handler, wrapHandler } from './handler';
import { wrapListener } from './listener';
import { checkOptions, type PageOptions, type ServerOptions } from './options';
import { processPages } from './process-pages';

export { EnvironmentError } from '../variables';
export { type PageCacheMiddleware } from './express';
export { type Handler } from './handler';
export { type PageOptions, PageOptionsError, type PageRequest, type ServerOptions } from './options';

/**
 * Puts the site's page cache before a Lambda handler behind an Application Load Balancer, a function URL or an HTTP API
 * (payload format 2.0). Other events go to the handler as they are, and all of them do where the environment names no cache.
 *
 * A handler may be called twice for one request: with a request for everybody, and with the visitor's own if the first gave
 * what may not be stored. It answers by its result or a promise of it, and not by a callback.
 *
 * @throws EnvironmentError when the environment names the site by halves, PageOptionsError with every fault of the options.
 */
export function cachePage<Event, Context, Result>(
  handler: Handler<Event, Context, Result>,
  options: PageOptions = {},
): (event: Event, context: Context, ...rest: unknown[]) => Promise<Exclude<Awaited<Result>, void>> {
  checkHandler(handler);
  checkOptions(options);
  const site = processPages();
  if (site !== undefined) {
    return wrapHandler(site, handler, options);
  }
  const answer = async (event: Event, context: Context, ...rest: unknown[]): Promise<unknown> =>
    await handler(event, context, ...(rest as never[]));
  return answer as (event: Event, context: Context, ...rest: unknown[]) => Promise<Exclude<Awaited<Result>, void>>;
}

/**
 * The site's page cache as a middleware of Express, for what comes after it: `app.use(pageCache())`, or of one route. A
 * page for everybody is rendered by a request of its own through the whole application.
 *
 * @throws EnvironmentError and PageOptionsError as cachePage does.
 */
export function pageCache(options: ServerOptions = {}): PageCacheMiddleware {
  checkOptions(options);
  const site = processPages();
  return site === undefined ? (_request, _response, next) => next() : expressMiddleware(site, options);
}

/**
 * Puts the site's page cache before a Node application: `createServer(withPageCache(listener))`. For Fastify in its
 * `serverFactory`, for Koa around `app.callback()`.
 *
 * @throws EnvironmentError and PageOptionsError as cachePage does.
 */
export function withPageCache(listener: RequestListener, options: ServerOptions = {}): RequestListener {
  checkOptions(options);
  const site = processPages();
  return site === undefined ? listener : wrapListener(site, listener, options);
}
