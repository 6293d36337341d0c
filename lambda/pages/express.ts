import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type ListenerView, listenerView } from '../adapters/listener-view';
import { exchange } from './exchange';
import type { ServerOptions } from './options';
import type { ProcessPages } from './process-pages';
import { wrapped } from './rules';

/** A middleware of Express. */
export type PageCacheMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** What Express adds to a request. */
interface ExpressRequest extends IncomingMessage {
  readonly app?: ExpressApplication;
  readonly originalUrl?: string;
}

/** An application, which may be mounted in another one. */
type ExpressApplication = RequestListener & { readonly parent?: ExpressApplication };

/**
 * The page cache as a middleware: to render a page for everybody, the whole application is asked once more, which comes
 * back here.
 */
export function expressMiddleware(site: ProcessPages, options: ServerOptions): PageCacheMiddleware {
  const rules = wrapped(site, options);
  const views = new WeakMap<ExpressApplication, ListenerView>();
  return (request: ExpressRequest, response, next) => {
    const { app, originalUrl } = request;
    if (typeof app !== 'function' || originalUrl === undefined) {
      next(
        new Error('pageCache() is a middleware of Express: wrap the listeners of other servers with withPageCache()'),
      );
      return;
    }
    const root = outermost(app);
    const view = () => {
      const known = views.get(root) ?? listenerView(root, rules.config);
      views.set(root, known);
      return known;
    };
    exchange(rules, request, response, originalUrl, view, () => next());
  };
}

function outermost(app: ExpressApplication): ExpressApplication {
  return app.parent === undefined ? app : outermost(app.parent);
}
