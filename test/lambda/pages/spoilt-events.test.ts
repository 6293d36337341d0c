import fc from 'fast-check';
import { albFunctionEvent } from '../../../lambda/pages/alb-function-event';
import { decide } from '../../../lambda/pages/decide';
import { httpFunctionEvent } from '../../../lambda/pages/http-function-event';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { asJson, spoilt } from '../../support/spoilt';
import { albEvent, multiAlbEvent, urlEvent } from './events';

const config = parseSiteConfig({ site: 'test' });
const asked = { query: 'a=1&b=2', headers: { cookie: 'a=1; b=2', 'x-a': 'b' } };
const isText = (value: unknown) => typeof value === 'string';

test.each([
  ['a load balancer', albEvent(asked)],
  ['a load balancer with lists', multiAlbEvent(asked)],
  ['a function URL', urlEvent({ ...asked, body: 'a' })],
])('an event of %s with something else in it is a whole request, or the handler’s alone', (_, event) => {
  let requests = 0;
  fc.assert(
    fc.property(spoilt(event), (raw) => {
      const value = asJson(raw);
      const read = albFunctionEvent(value) ?? httpFunctionEvent(value);
      if (read === undefined) return;
      requests += 1;
      const { method, target, headers } = read.request;
      expect([method, target, ...headers.flat()].filter((text) => !isText(text))).toEqual([]);
      const decision = decide({ config }, read.request);
      if (decision.kind === 'page') expect(asJson(read.rebuilt(decision.request, headers))).toBeDefined();
    }),
    { numRuns: 2000 },
  );
  expect(requests).toBeGreaterThan(100);
});

test.each([
  ['cookies', { cookies: 'a=1' }],
  ['a header', { headers: { host: ['www.example.com'] } }],
  ['a path', { rawPath: ['/'] }],
  ['a body', { body: { a: 1 } }],
])('an event of a function URL with %s of another type is the handler’s alone', (_, other) => {
  expect(httpFunctionEvent({ ...urlEvent(), ...other })).toBeUndefined();
  expect(httpFunctionEvent({ ...urlEvent(), cookies: null, body: null, rawQueryString: null })).toBeDefined();
});
