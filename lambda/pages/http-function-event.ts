import { isUtf8 } from 'node:buffer';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { decodePath } from '../../lib/site/canonical-path';
import { isByName } from '../adapters/alb-event';
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

// What a function gives is at most 6 MB of JSON (AWS, "Lambda quotas"); escapes and headers have the rest.
const MOST_BODY = 5_500_000;

type Context = APIGatewayProxyEventV2['requestContext'] & { readonly authorizer?: unknown };

/**
 * An event of a function URL or an HTTP API, payload format 2.0; undefined for another one. Both are asked over TLS only, and
 * say themselves by which scheme, over what visitors say.
 */
export function httpFunctionEvent(event: unknown): FunctionEvent | undefined {
  if (!isHttpEvent(event)) {
    return undefined;
  }
  const { rawPath, rawQueryString, stageVariables } = event;
  const context = event.requestContext as Context;
  const { accountId, apiId, routeKey, stage, requestId, time, timeEpoch } = context;
  return {
    request: {
      method: context.http.method,
      target: !rawQueryString ? rawPath : `${rawPath}?${rawQueryString}`,
      headers: requestHeaders(event),
      scheme: 'https',
      bypass: whyItsVisitorsOwn(event),
    },
    rebuilt: (request, pairs) => {
      const { cookie, ...headers } = singleHeaders(pairs);
      // As it came: nothing in it was encoded.
      const path = decodePath(request.path);
      const ours = { method: 'GET', path, protocol: 'HTTP/1.1' };
      return {
        version: '2.0',
        routeKey,
        rawPath: path,
        rawQueryString: request.query,
        ...(cookie !== undefined && { cookies: cookie.split('; ') }),
        headers,
        ...(request.query !== '' && { queryStringParameters: parameters(request.query) }),
        requestContext: {
          ...{ accountId, apiId, routeKey, stage, requestId, time, timeEpoch },
          domainName: request.host,
          domainPrefix: request.host.split('.')[0],
          http: { ...ours, sourceIp: headers['x-forwarded-for'], userAgent: headers['user-agent'] },
        },
        ...(stageVariables && { stageVariables }),
        isBase64Encoded: false,
      };
    },
    response: (result) => {
      if (result === undefined || result === null) {
        throw new Error('the handler gave nothing');
      }
      if (!isResponse(result)) {
        // AWS infers the rest: "Working with AWS Lambda proxy integrations for HTTP APIs", format 2.0.
        const body = Buffer.from(typeof result === 'string' ? result : JSON.stringify(result));
        return { status: 200, headers: [['Content-Type', 'application/json']], body };
      }
      const cookies = headerPairs({ 'Set-Cookie': result.cookies });
      return { status: statusOf(result), headers: [...headerPairs(result.headers), ...cookies], body: bodyOf(result) };
    },
    result: ({ status, headers, body }) => {
      const isText = isUtf8(body);
      const text = body.toString(isText ? 'utf8' : 'base64');
      // JSON is Unicode, and headers are bytes.
      const isAscii = headers.every(([, value]) => /^[\t\x20-\x7e]*$/.test(value));
      return !isAscii || text.length > MOST_BODY
        ? undefined
        : { statusCode: status, headers: singleHeaders(headers), body: text, isBase64Encoded: !isText };
    },
    withHeaders: (result, headers) =>
      isResponse(result)
        ? { ...result, headers: { ...without(result.headers, headers), ...Object.fromEntries(headers) } }
        : result,
  };
}

/** Whether something is such an event, in each part that is read. */
function isHttpEvent(event: unknown): event is APIGatewayProxyEventV2 {
  const { version, rawPath, rawQueryString, headers, cookies, body, ...others } = (event ??
    {}) as Partial<APIGatewayProxyEventV2>;
  const context = others.requestContext as Partial<Context> | null | undefined;
  return (
    version === '2.0' &&
    typeof rawPath === 'string' &&
    typeof context?.http?.method === 'string' &&
    [rawQueryString, body].every((text) => typeof (text ?? '') === 'string') &&
    isByName(headers) &&
    isByName({ cookies: cookies ?? [] }, true)
  );
}

/** Why it is not its path, query and headers alone that decide what a handler gives. */
function whyItsVisitorsOwn({ rawPath, routeKey, body, requestContext }: APIGatewayProxyEventV2): string | undefined {
  const { authorizer, authentication } = requestContext as Context;
  if (authorizer !== undefined || authentication) {
    return 'authorization';
  }
  // An HTTP API has decoded the path: `/%2541` and `/%41` would be one.
  if (/[%?#]/.test(rawPath)) {
    return 'path';
  }
  // Of encoded paths, nobody can tell which route they take.
  return body ? 'body' : routeKey === '$default' ? undefined : 'route';
}

function requestHeaders({ headers, cookies: all }: APIGatewayProxyEventV2): HeaderPair[] {
  const cookies = all ?? [];
  const pairs = headerPairs(headers).filter(([name]) => !/^x-forwarded-(?:proto|port|for)$/i.test(name));
  const isThere = pairs.some(([name, value]) => name.toLowerCase() === 'cookie' && value === cookies.join('; '));
  return cookies.length === 0 || isThere ? pairs : [...pairs, ['cookie', cookies.join('; ')]];
}

/** Decoded, the values of one name parted by commas. */
function parameters(query: string): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}
