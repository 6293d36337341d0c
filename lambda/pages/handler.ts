import { renderingHeaders } from '../adapters/rendering-headers';
import type { HeaderPair } from '../core/page';
import { visitorAnswer } from '../core/visitor-answer';
import { albFunctionEvent } from './alb-function-event';
import { decide } from './decide';
import type { FunctionEvent } from './function-event';
import { httpFunctionEvent } from './http-function-event';
import type { PageOptions, PageRequest } from './options';
import type { ProcessPages } from './process-pages';
import { type Wrapped, wrapped } from './rules';
import { bypassed } from './site-pages';
import { termHeaders } from './terms';

/** A handler of a Lambda function. */
export type Handler<Event, Context, Result> = (event: Event, context: Context, ...callback: never[]) => Result;

// Where Lambda's own wrapper marks a handler whose answers are streamed.
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

/** @throws Error for a handler whose answers are streamed. */
export function checkHandler(handler: unknown): void {
  if (typeof handler !== 'function') {
    throw new Error(`cachePage() wraps a handler, got ${typeof handler}`);
  }
  if (STREAMING in handler) {
    throw new Error(
      'cachePage() cannot wrap a handler of streamifyResponse(): a stream is not a page; leave it as it is',
    );
  }
}

/** Wraps a handler, so that it is asked for what is not stored, and for what is its visitors' own. */
export function wrapHandler<Event, Context, Result>(
  site: ProcessPages,
  handler: Handler<Event, Context, Result>,
  options: PageOptions,
): (event: Event, context: Context, ...rest: unknown[]) => Promise<Exclude<Awaited<Result>, void>> {
  const rules = wrapped(site, options);
  const answer = async (event: Event, context: Context, ...others: unknown[]): Promise<unknown> => {
    // What Lambda gives besides; a handler that answers by it is not called in vain where nothing is rendered.
    const rest = others as never[];
    const asked = albFunctionEvent(event) ?? httpFunctionEvent(event);
    if (asked === undefined) {
      return handler(event, context, ...rest);
    }
    const own = async (cacheStatus: string) =>
      asked.withHeaders(await handler(event, context, ...rest), [['Cache-Status', cacheStatus]]);
    const decision = decide(rules, asked.request);
    switch (decision.kind) {
      case 'own':
        return own(bypassed(decision.reason));
      case 'site': {
        const result = await handler(event, context, ...rest);
        return decision.request ? withTerms(rules, asked, decision.request, result) : result;
      }
      case 'page':
        break;
    }
    const { request } = decision;
    const view = async () => {
      const headers = renderingHeaders(rules.config, request, undefined, rules.variantKeys);
      const result = await handler(asked.rebuilt(request, headers) as Event, context);
      const page = asked.response(result);
      return { ...page, headers: merged(page.headers, termHeaders(rules.options, request, page, rules.pages.log)) };
    };
    const { page, cacheStatus } = await rules.pages.answer(request, view, timeFor(context));
    if (page === undefined) {
      return own(cacheStatus);
    }
    const sent = await visitorAnswer(page, asked.request).catch((error: unknown) => {
      rules.pages.log('not-answered', { path: request.path, error });
    });
    const headers: HeaderPair[] = [...(sent?.headers ?? []), ['Cache-Status', cacheStatus]];
    // What whoever calls the function does not take is answered by the handler, as it would be without a cache.
    const result = sent && asked.result({ ...sent, headers });
    return result ?? own(bypassed('too-large'));
  };
  return answer as (event: Event, context: Context, ...rest: unknown[]) => Promise<Exclude<Awaited<Result>, void>>;
}

function withTerms(rules: Wrapped, asked: FunctionEvent, request: PageRequest, result: unknown): unknown {
  try {
    const headers = termHeaders(rules.options, request, asked.response(result), rules.pages.log);
    return headers.length === 0 ? result : asked.withHeaders(result, headers);
  } catch {
    // No response: whoever asked says so.
    return result;
  }
}

function merged(headers: readonly HeaderPair[], others: readonly HeaderPair[]): HeaderPair[] {
  const replaced = new Set(others.map(([name]) => name.toLowerCase()));
  return [...headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...others];
}

/** Half of the time that is left: the other half is for the visitor's own request. */
function timeFor(context: unknown): number | undefined {
  const { getRemainingTimeInMillis: left } = (context ?? {}) as { getRemainingTimeInMillis?: () => number };
  return typeof left === 'function' ? left.call(context) / 2 : undefined;
}
