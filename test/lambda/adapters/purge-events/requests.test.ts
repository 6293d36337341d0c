import fc from 'fast-check';
import { BadEventError, UnknownEventError } from '../../../../lambda/adapters/purge-events/event-shape';
import { type Ask, messageAsks, recordAsks } from '../../../../lambda/adapters/purge-events/requests';
import { RULES } from '../../purge-events/purge-events-world';

/** Nonsense out of the words that mean something in events, nested, and in JSON again. */
const { message } = fc.letrec<{ message: unknown; object: unknown; leaf: unknown }>((tie) => ({
  message: fc.oneof({ maxDepth: 5 }, tie('leaf'), tie('object'), fc.array(tie('message'), { maxLength: 3 })),
  object: fc.dictionary(
    fc.constantFrom(
      ...['Records', 'eventSource', 'EventSource', 'eventSourceARN', 's3', 'bucket', 'object', 'name', 'key', 'Sns'],
      ...['Message', 'TopicArn', 'Type', 'body', 'Event', 'detail-type', 'source', 'detail', 'tags', 'urls', 'caller'],
      ...['constructor', 'hasOwnProperty', 'CodePipeline.job', 'ResponseURL'],
    ),
    fc.oneof(
      tie('message'),
      tie('object').map((value) => JSON.stringify(value)),
    ),
    { minKeys: 1, maxKeys: 6 },
  ),
  leaf: fc.oneof(
    fc.constantFrom('aws:s3', 'aws:sns', 'aws:sqs', 'aws.s3', 'Notification', 's3:TestEvent', 'pages-bucket', '{', '%'),
    fc.constantFrom(null, true, 1, '', 'constructor', '__proto__', 'public/a', 'public/%ff', '\ud800'),
    fc.string(),
  ),
}));

const understood = (error: unknown) => error instanceof BadEventError || error instanceof UnknownEventError;

function outcomes(read: () => Ask[]): { requests: unknown[]; errors: unknown[] } {
  const requests: unknown[] = [];
  const errors: unknown[] = [];
  try {
    for (const ask of read()) {
      try {
        requests.push(ask());
      } catch (error) {
        errors.push(error);
      }
    }
  } catch (error) {
    errors.push(error);
  }
  return { requests, errors };
}

test('whatever is sent is a request or an error that says what is wrong', () => {
  let good = 0;
  fc.assert(
    fc.property(message, (value) => {
      for (const read of [() => messageAsks(value, RULES, 'the message'), () => recordAsks(value, RULES)]) {
        const { requests, errors } = outcomes(read);
        good += requests.filter((request) => request !== undefined).length;
        expect(errors.filter((error) => !understood(error))).toEqual([]);
        expect(requests.filter((request) => request !== undefined && typeof request !== 'object')).toEqual([]);
      }
    }),
    { numRuns: 3000 },
  );
  expect(good).toBeGreaterThan(0);
});

test('a message in envelopes within envelopes is read, and says its whole way', () => {
  const envelope = (topic: string, Message: unknown) => ({
    Type: 'Notification',
    TopicArn: `arn:aws:sns:eu-west-1:123456789012:${topic}`,
    Message: JSON.stringify(Message),
  });
  const [ask] = messageAsks(envelope('outer', envelope('inner', { tags: ['a'] })), RULES, 'the message');
  expect(ask?.()).toEqual({ tags: ['a'], caller: 'sns:outer (sns:inner)' });
});

test('fails for a message nested deeper than JavaScript can follow', () => {
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
  expect(() => messageAsks(deep, RULES, 'the message')).toThrow(Error);
});
