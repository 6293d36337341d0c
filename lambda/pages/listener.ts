import type { RequestListener } from 'node:http';
import { type ListenerView, listenerView } from '../adapters/listener-view';
import { exchange } from './exchange';
import type { ServerOptions } from './options';
import type { ProcessPages } from './process-pages';
import { wrapped } from './rules';

/** Wraps a Node application, so that it is asked for what is not stored, and for what is its visitors' own. */
export function wrapListener(site: ProcessPages, listener: RequestListener, options: ServerOptions): RequestListener {
  const rules = wrapped(site, options);
  let view: ListenerView | undefined;
  const listen: RequestListener = (incoming, response) => {
    const own = () => void listener(incoming, response);
    exchange(rules, incoming, response, incoming.url ?? '', () => (view ??= listenerView(listen, rules.config)), own);
  };
  return listen;
}
