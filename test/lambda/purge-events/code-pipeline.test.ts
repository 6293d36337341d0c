import { pipelineJob } from './events';
import { startWorld, SUMMARY } from './purge-events-world';

let world: Awaited<ReturnType<typeof startWorld>>;
beforeAll(async () => void (world = await startWorld()));
afterAll(() => world.close());
beforeEach(() => world.reset());

const jobId = pipelineJob('')['CodePipeline.job'].id;
const answers = () => world.pipeline.calls.map(({ headers, body }) => [headers['x-amz-target'], body]);
const failed = (message: unknown) => [
  'CodePipeline_20150709.PutJobFailureResult',
  { jobId, failureDetails: { type: 'JobFailed', message } },
];

test("a pipeline's job purges and succeeds with the receipt", async () => {
  expect(await world.handler(pipelineJob('{"tags":["news"],"caller":"release"}'))).toBeUndefined();
  expect(world.purges).toEqual([{ tags: ['news'], caller: `codepipeline:${jobId} (release)` }]);
  expect(answers()).toEqual([
    [
      'CodePipeline_20150709.PutJobSuccessResult',
      { jobId, executionDetails: { summary: SUMMARY }, outputVariables: { purgeId: 'p-1', pagesRemoved: '12' } },
    ],
  ]);
});

test("a pipeline's dry run succeeds and says so", async () => {
  await world.handler(pipelineJob('{"tags":["news"],"dryRun":true}'));
  expect(answers()).toMatchObject([
    [
      'CodePipeline_20150709.PutJobSuccessResult',
      {
        executionDetails: { summary: 'dry run: 14 pages found, nothing purged' },
        outputVariables: { purgeId: 'dry-run', pagesRemoved: '0' },
      },
    ],
  ]);
});

const withData = (data: unknown) => ({ 'CodePipeline.job': { id: jobId, accountId: '1', data } });

test.each([
  ['a purge that fails', pipelineJob('{"tags":["incomplete"]}'), /^PurgeIncompleteError: purge p-1 is incomplete$/],
  [
    'UserParameters that are no JSON',
    pipelineJob('everything'),
    /^BadEventError: UserParameters: must be JSON, got "e/,
  ],
  [
    'UserParameters that are no request',
    pipelineJob('{"a":1}'),
    /^UnknownEventError: UserParameters is not .* fields a;/,
  ],
  [
    'a job without UserParameters',
    withData({ actionConfiguration: { configuration: { FunctionName: 'f' } } }),
    /UserParameters: must be a purge request as JSON/,
  ],
  ['a job without data', withData(undefined), /^BadEventError: data: /],
])('the job fails with the reason, and the function does not, for %s', async (_, event, message) => {
  await world.handler(event);
  expect(answers()).toEqual([failed(expect.stringMatching(message))]);
  expect(world.logged).toMatchObject([{ event: 'purge-failed', source: `codepipeline:${jobId}` }]);
});

test('a reason is never longer than CodePipeline takes', async () => {
  await world.handler(pipelineJob('{"tags":["many-faults"]}'));
  const [, body] = answers()[0] as [string, { failureDetails: { message: string } }];
  expect(body.failureDetails.message).toMatch(/^PurgeRequestError: a fault\n/);
  expect(body.failureDetails.message).toHaveLength(5000);
});

test('an answer that CodePipeline has already is not tried again', async () => {
  world.pipeline.replies.push({ status: 400, type: 'InvalidJobStateException' });
  await world.handler(pipelineJob('{"tags":["news"]}'));
  expect(answers()).toHaveLength(1);
  expect(world.logged).toMatchObject([{ event: 'purged' }, { event: 'job-already-answered', jobId }]);
});

test.each(['{"tags":["news"]}', 'no JSON'])(
  'fails, so that Lambda tries again, when CodePipeline cannot be told: %s',
  async (userParameters) => {
    world.pipeline.replies.push({ status: 500, type: 'InternalFailure' });
    await expect(world.handler(pipelineJob(userParameters))).rejects.toMatchObject({ name: 'InternalFailure' });
    // A purge that succeeded is never answered as a failure.
    expect(answers()).toHaveLength(1);
  },
);

test('fails for a job that has no id', async () => {
  await expect(world.handler({ 'CodePipeline.job': { data: {} } })).rejects.toMatchObject({ name: 'BadEventError' });
  expect(answers()).toEqual([]);
});
