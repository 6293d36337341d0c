import { albResult, fitsAlb, isAlbEvent } from '../adapters/alb-event';
import type { HeaderPair } from '../core/page';
import {
  bodyOf,
  type FunctionEvent,
  headerPairs,
  isResponse,
  singleHeaders,
  statusOf,
  without,
} from './function-event';

/**
 * An event of a load balancer, whose target group tells of several values for a name or of one; undefined for another event.
 * It names the scheme itself, over what visitors say.
 */
export function albFunctionEvent(event: unknown): FunctionEvent | undefined {
  if (!isAlbEvent(event)) {
    return undefined;
  }
  const { requestContext, httpMethod: method, path } = event;
  const isMulti = Boolean(event.multiValueHeaders);
  const query = headerPairs(isMulti ? event.multiValueQueryStringParameters : event.queryStringParameters);
  const parameters = query.map(([name, value]) => `${name}=${value}`).join('&');
  return {
    request: {
      method,
      target: parameters === '' ? path : `${path}?${parameters}`,
      headers: headerPairs(isMulti ? event.multiValueHeaders : event.headers),
      scheme: undefined,
      ...(/[?#]/.test(path) && { bypass: 'path' }),
      ...(event.body && { bypass: 'body' }),
    },
    rebuilt: (request, headers) => ({
      requestContext,
      httpMethod: 'GET',
      path: request.path,
      ...(isMulti
        ? {
            multiValueQueryStringParameters: lists(parameterPairs(request.query)),
            multiValueHeaders: lists(lower(headers)),
          }
        : {
            queryStringParameters: Object.fromEntries(parameterPairs(request.query)),
            headers: singleHeaders(headers),
          }),
      body: '',
      isBase64Encoded: false,
    }),
    response: (result) => {
      if (!isResponse(result)) {
        throw new Error('a handler behind a load balancer must give a statusCode');
      }
      const headers = isMulti && result.multiValueHeaders ? result.multiValueHeaders : result.headers;
      return { status: statusOf(result), headers: headerPairs(headers), body: bodyOf(result) };
    },
    result: (answer) => {
      const result = albResult(answer);
      const { multiValueHeaders, ...rest } = result;
      return fitsAlb(result) ? (isMulti ? result : { ...rest, headers: singleHeaders(answer.headers) }) : undefined;
    },
    withHeaders: (result, headers) => {
      if (!isResponse(result)) return result;
      const isList = isMulti && (result.multiValueHeaders !== undefined || result.headers === undefined);
      return isList
        ? { ...result, multiValueHeaders: { ...without(result.multiValueHeaders, headers), ...lists(headers) } }
        : { ...result, headers: { ...without(result.headers, headers), ...Object.fromEntries(headers) } };
    },
  };
}

/** A canonical query's parameters, as they are escaped. A name alone is told as one with an empty value. */
function parameterPairs(query: string): HeaderPair[] {
  return query
    .split('&')
    .filter((text) => text !== '')
    .map((text) => {
      const equals = text.indexOf('=');
      return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
    });
}

function lower(headers: readonly HeaderPair[]): HeaderPair[] {
  return headers.map(([name, value]) => [name.toLowerCase(), value]);
}

function lists(pairs: readonly HeaderPair[]): Record<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return Object.fromEntries(values);
}
