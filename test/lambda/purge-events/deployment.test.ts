import { customResource } from './events';
import { startWorld, SUMMARY } from './purge-events-world';

let world: Awaited<ReturnType<typeof startWorld>>;
beforeAll(async () => void (world = await startWorld()));
afterAll(() => world.close());
beforeEach(() => world.reset());

const PURGE = '{"everything":true}';
const responseUrl = () => `${world.cloudFormation.url}/arn%3Aaws%3Acloudformation?X-Amz-Signature=a%2Fb+c`;
const answers = () => world.cloudFormation.calls.map(({ body }) => body as Record<string, string>);
const ids = {
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/51af3dc0-da77-11e4-872e-1234567db123',
  RequestId: '5f4d9a3f-1c1b-4f0a-8a1e-6a3f5b1c2d3e',
  LogicalResourceId: 'PurgeOnDeployment',
};

test.each([
  ['Create' as const, 'purge'],
  ['Update' as const, 'purge-of-old'],
])('%s purges and tells CloudFormation', async (type, PhysicalResourceId) => {
  expect(await world.handler(customResource(type, responseUrl(), { Purge: PURGE }))).toBeUndefined();
  expect(world.purges).toEqual([{ everything: true, caller: 'deployment:Shop' }]);
  expect(answers()).toEqual([{ Status: 'SUCCESS', Reason: SUMMARY, ...ids, PhysicalResourceId }]);
});

test('Delete purges nothing and succeeds, whatever the properties are', async () => {
  await world.handler(customResource('Delete', responseUrl(), {}));
  expect(world.purges).toEqual([]);
  expect(answers()).toEqual([
    { Status: 'SUCCESS', Reason: 'nothing to delete', ...ids, PhysicalResourceId: 'purge-of-old' },
  ]);
});

test('the answer is a PUT to the very URL, with an empty content type', async () => {
  await world.handler(customResource('Create', responseUrl(), { Purge: PURGE }));
  const [call] = world.cloudFormation.calls;
  expect([call?.method, call?.url]).toEqual(['PUT', '/arn%3Aaws%3Acloudformation?X-Amz-Signature=a%2Fb+c']);
  expect(call?.headers['content-type']).toBe('');
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['a purge that fails', { Purge: '{"tags":["refused"]}' }, /^PurgeRequestError: the purge request has a fault$/],
  ['no Purge', {}, /^BadEventError: ResourceProperties\.Purge: must be a purge request as JSON/],
  ['a Purge that is no JSON', { Purge: 'all' }, /^BadEventError: ResourceProperties\.Purge: must be JSON, got "all"$/],
  ['a Purge that is no request', { Purge: '{}' }, /^UnknownEventError: ResourceProperties\.Purge is not understood/],
])('the deployment fails with the reason for %s', async (_, properties, reason) => {
  await world.handler(customResource('Create', responseUrl(), properties));
  expect(answers()).toEqual([
    { Status: 'FAILED', Reason: expect.stringMatching(reason) as string, ...ids, PhysicalResourceId: 'purge' },
  ]);
  expect(world.logged).toMatchObject([{ event: 'purge-failed', source: 'deployment:Shop' }]);
});

test('the answer is never longer than CloudFormation takes', async () => {
  const name = `\n${'é'.repeat(39)}`;
  const fields = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${at}${name}`, 1]));
  await world.handler(customResource('Create', responseUrl(), { Purge: JSON.stringify(fields) }));
  const [answer] = answers();
  expect(answer?.Reason).toMatch(/^\P{Cc}{400}$/u);
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(4096);
});

test('an answer that fails is tried again', async () => {
  world.cloudFormation.replies.push({ status: 503 }, { status: 403 });
  await world.handler(customResource('Create', responseUrl(), { Purge: PURGE }));
  expect(answers().map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
  expect(world.purges).toHaveLength(1);
});

test.each([
  ['is refused', { status: 403 }, /^CloudFormation could not be told, at 127\.0\.0\.1:\d+: it answered 403$/],
  [
    'is sent elsewhere',
    { status: 307, type: 'Redirect' },
    /^CloudFormation could not be told, at [\d.:]+: fetch failed$/,
  ],
])('fails, so that Lambda tries again, when the answer %s three times', async (_, reply, message) => {
  world.cloudFormation.replies.push(reply, reply, reply);
  await expect(world.handler(customResource('Create', responseUrl(), { Purge: PURGE }))).rejects.toThrow(message);
  expect(answers()).toHaveLength(3);
});

test.each(['file:///etc/passwd', 'data:,x', 'nowhere'])('fails for the response URL %s', async (url) => {
  const event = customResource('Create', url, { Purge: PURGE });
  await expect(world.handler(event)).rejects.toThrow('the event.ResponseURL: must be an http or https URL');
  expect(world.purges).toEqual([]);
});
