import fc from 'fast-check';
import { readAlbEvent } from '../../../lambda/adapters/alb-event';
import { albWriter } from '../../../lambda/adapters/alb-writer';
import type { PageResponse } from '../../../lambda/core/page';
import { parseSiteConfig } from '../../../lib/site/site-config';
import { asJson, spoilt } from '../../support/spoilt';
import { multiAlbEvent } from '../pages/events';

const config = parseSiteConfig({ site: 'test' });
const event = multiAlbEvent({
  query: 'a=1&b=2',
  headers: { 'x-nms-key': 'test:1', 'x-nms-target': '/list?a=1', 'x-nms-scheme': 'https' },
});
const page: PageResponse = { status: 200, headers: [], body: Buffer.from('hello') };
const REFUSED = /^the event (?:is not one of a load balancer|has single headers only)/;

test('an event of a load balancer with something else in it is a whole request, or refused by its name', async () => {
  let requests = 0;
  const writer = albWriter(
    config,
    () => Promise.resolve({ kind: 'page', response: page, outcome: 'stored' }),
    () => undefined,
  );
  await fc.assert(
    fc.asyncProperty(spoilt(event), async (raw) => {
      const value = asJson(raw);
      let failure = '';
      try {
        const { method, target, headers, body } = readAlbEvent(value);
        expect([method, target, ...headers.flat()].filter((text) => typeof text !== 'string')).toEqual([]);
        expect(body).toBeInstanceOf(Buffer);
        requests += 1;
      } catch (error) {
        failure = (error as Error).message;
        expect(failure).toMatch(REFUSED);
      }
      const answer = await writer(value).catch((error: Error) => error.message);
      expect(answer).toEqual(failure === '' ? expect.objectContaining({ statusCode: 421 }) : failure);
    }),
    { numRuns: 3000 },
  );
  expect(requests).toBeGreaterThan(300);
});
