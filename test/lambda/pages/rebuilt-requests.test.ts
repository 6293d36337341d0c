import fc from 'fast-check';
import type { IncomingMessage, RequestListener } from 'node:http';
import { listenerView, pairsOf } from '../../../lambda/adapters/listener-view';
import { renderingHeaders } from '../../../lambda/adapters/rendering-headers';
import type { HeaderPair } from '../../../lambda/core/page';
import { albFunctionEvent } from '../../../lambda/pages/alb-function-event';
import { decide, type IncomingRequest } from '../../../lambda/pages/decide';
import type { FunctionEvent } from '../../../lambda/pages/function-event';
import { httpFunctionEvent } from '../../../lambda/pages/http-function-event';
import { decodePath } from '../../../lib/site/canonical-path';
import { canonicalize } from '../../../lib/site/canonicalize';
import { forwardedScheme } from '../../../lib/site/forwarded-scheme';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { variantSigning } from '../../../lib/site/variant-signing';
import { generatedRequest, type GeneratedRequest } from '../../support/request-generator';
import { richVariants, variantKeys, variantRequest } from '../../support/variant-generator';
import { albEvent, urlEvent } from './events';

const config = parseSiteConfig({
  site: 'test',
  scheme: { headers: [{ name: 'X-Forwarded-SSL', value: 'on' }] },
  key: { variants: richVariants },
  eligibility: { bypassPaths: ['/admin'], bypassHosts: ['editors.example.com'] },
});
const rules = { config, variantKeys };
const anyRequest = fc.oneof(generatedRequest, variantRequest);

function split(target: string): [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

function grouped(pairs: readonly HeaderPair[]): Record<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) ?? []), value]);
  }
  return Object.fromEntries(values);
}

/** A load balancer's event of a request. */
function multiEvent({ method, target, headers }: GeneratedRequest): FunctionEvent | undefined {
  const [path, query] = split(target);
  const parameters = query
    .split('&')
    .map((text): HeaderPair => [text.split('=')[0] ?? '', text.split('=').slice(1).join('=')]);
  const { headers: _, queryStringParameters: __, ...event } = albEvent({ method, path });
  const names = new Set(parameters.map(([name]) => name));
  return albFunctionEvent({
    ...event,
    multiValueHeaders: grouped(headers),
    multiValueQueryStringParameters: Object.fromEntries(
      [...names].map((one) => [one, parameters.filter(([name]) => name === one).map(([, value]) => value)]),
    ),
  });
}

/** The same where the load balancer tells of one value for each name. */
function singleEvent({ method, target, headers }: GeneratedRequest): FunctionEvent | undefined {
  const [path, query] = split(target);
  const parameters = query.split('&').map((text) => [text.split('=')[0], text.split('=').slice(1).join('=')]);
  const last = (name: string) => (grouped(headers)[name] ?? []).at(-1) ?? '';
  return albFunctionEvent({
    ...albEvent({ method, path }),
    headers: Object.fromEntries(Object.keys(grouped(headers)).map((name) => [name, last(name)])),
    queryStringParameters: Object.fromEntries(parameters) as Record<string, string>,
  });
}

/** A function URL's event of a request. */
function functionUrlEvent({ method, target, headers }: GeneratedRequest): FunctionEvent | undefined {
  const [path, query] = split(target);
  const { cookie = [], ...others } = grouped(headers);
  const event = urlEvent({ method, path, query });
  return httpFunctionEvent({
    ...event,
    ...(cookie.length > 0 && { cookies: cookie.join('; ').split('; ') }),
    headers: Object.fromEntries(Object.entries(others).map(([name, values]) => [name, values.join(',')])),
  });
}

const SHAPES: [string, (request: GeneratedRequest) => FunctionEvent | undefined][] = [
  ['of a load balancer', multiEvent],
  ['of a load balancer that tells one value for each name', singleEvent],
  ['of a function URL', functionUrlEvent],
];

/** The rules of nginx for the same request. */
function byNginx(request: IncomingRequest) {
  const scheme = request.scheme ?? forwardedScheme(config, request.headers);
  return canonicalize(config, { ...request, scheme }, variantSigning(variantKeys, Date.now()));
}

describe.each(SHAPES)('an event %s', (_, eventOf) => {
  test('leads to a page only where nginx would look it up, and to the same one', () => {
    let pages = 0;
    fc.assert(
      fc.property(anyRequest, (generated) => {
        const event = eventOf(generated) as FunctionEvent;
        const decision = decide(rules, event.request);
        if (decision.kind === 'page') {
          pages += 1;
          expect(byNginx(event.request)).toEqual({ eligible: true, request: decision.request });
        }
      }),
      { numRuns: 2000 },
    );
    expect(pages).toBeGreaterThan(20);
  });

  test('that is made anew for a rendering says what the key covers, all of it and nothing else', () => {
    let pages = 0;
    fc.assert(
      fc.property(anyRequest, (generated) => {
        const event = eventOf(generated) as FunctionEvent;
        const decision = decide(rules, event.request);
        if (decision.kind !== 'page') return;
        pages += 1;
        const headers = renderingHeaders(config, decision.request, undefined, variantKeys);
        const rebuilt = event.rebuilt(decision.request, headers);
        const read = albFunctionEvent(rebuilt) ?? httpFunctionEvent(rebuilt);
        expect(read?.request.bypass).toBeUndefined();
        const { key: _, ...covered } = decision.request;
        const path = 'rawPath' in (rebuilt as object) ? decodePath(covered.path) : covered.path;
        expect(decide(rules, read?.request as IncomingRequest)).toEqual({
          kind: 'site',
          request: { ...covered, path },
        });
      }),
      { numRuns: 2000 },
    );
    expect(pages).toBeGreaterThan(20);
  });
});

test('a request to an application in this process says what the key covers, all of it and nothing else', async () => {
  let received: IncomingMessage | undefined;
  const listener: RequestListener = (request, response) => {
    received = request;
    response.end();
  };
  const view = listenerView(listener, config);
  let pages = 0;
  await fc.assert(
    fc.asyncProperty(anyRequest, async ({ method, target, headers }) => {
      const decision = decide(rules, { method, target, headers, scheme: undefined });
      if (decision.kind !== 'page') return;
      pages += 1;
      const { request } = decision;
      const words = renderingHeaders(config, request, undefined, variantKeys);
      await view(request, words, { encrypted: false }, new AbortController().signal);
      const { url = '' } = received as IncomingMessage;
      const asked = { method: 'GET', target: url, headers: pairsOf(received as IncomingMessage), scheme: undefined };
      const { key: _, ...covered } = request;
      expect(decide(rules, asked)).toEqual({ kind: 'site', request: covered });
    }),
    { numRuns: 1000 },
  );
  expect(pages).toBeGreaterThan(20);
});
