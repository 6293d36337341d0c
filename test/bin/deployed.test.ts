import type { SiteStatus } from '../../lambda/core/inspect-answers';
import type { Receipt } from '../../lambda/core/receipt';
import { type AwsStandInOptions, startAwsStandIn } from '../support/aws-stand-in';
import type { ListeningServer } from '../support/listening-servers';
import { ask } from '../support/raw-http';
import { freshPage } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';
import { runWith } from './command-line';

const PAGE = 'http://www.example.com/a';

/** An output of a site, as lib/site-output.ts makes it; its functions have names such as CloudFormation gives them. */
const output = (site: string, functions: object, cluster?: string) =>
  JSON.stringify({ nginxMemcacheSite: 1, site, functions, table: 'Table', loadBalancer: 'lb', cluster });
const FUNCTIONS = { inspect: 'Shop-inspect', purge: 'Shop-purge', write: 'Shop-write' };

let site: TestSite;
let aws: ListeningServer;
beforeAll(async () => {
  site = await startTestSite();
  site.origin.on('/a', freshPage({ 'Cache-Control': 'max-age=600' }));
  await ask(site.address, '/a');
  const options: AwsStandInOptions = {
    stacks: {
      Shop: ['http://lb', '{"other":"JSON"}', output('test', FUNCTIONS, 'pages')],
      Two: [output('one', { ...FUNCTIONS, warm: 'Two-warm' }), output('two', FUNCTIONS, 'forbidden')],
      Empty: ['http://lb'],
      Gone: [output('gone', { inspect: 'removed', purge: 'removed', write: 'removed' })],
    },
    clusters: { pages: site.memcached.map(({ address }) => address) },
    lambdaUrl: site.lambdaUrl,
  };
  aws = await startAwsStandIn(options);
});
afterAll(async () => {
  await aws?.close();
  await site?.stop();
});

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };
const cli = (...args: string[]) => runWith({ ...CREDENTIALS, AWS_ENDPOINT_URL: `http://${aws.address}` }, ...args);

test('status finds the site by its stack, and shows its nodes as ElastiCache and the nodes themselves have them', async () => {
  const { code, out, err } = await cli('status', '--stack', 'Shop');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('\ncluster pages: available, 2 nodes of cache.t4g.micro, Memcached 1.6.22\n');
  for (const { address } of site.memcached) expect(out).toMatch(new RegExp(`\\n${address} +answers, eu-west-1[ab] `));
  const answer = JSON.parse((await cli('status', '--stack', 'Shop', '--json')).out) as SiteStatus & { cluster: object };
  expect(answer).toMatchObject({ site: 'test', cluster: { id: 'pages', nodes: [{}, {}] } });
});

test('inspect and purge work on a deployed site, at an endpoint that is given, too', async () => {
  expect((await cli('inspect', PAGE, '--stack', 'Shop')).code).toBe(0);
  const endpoint = ['--endpoint-url', `http://${aws.address}`, '--region', 'eu-west-1'];
  const purged = await runWith(CREDENTIALS, 'purge', PAGE, '--stack', 'Shop', ...endpoint, '--json');
  expect((JSON.parse(purged.out) as Receipt).pages).toMatchObject({ removed: 1 });
  expect((await cli('inspect', PAGE, '--stack', 'Shop')).code).toBe(3);
});

test('of a stack with several sites one is chosen', async () => {
  expect((await cli('pages', '--stack', 'Two', '--site', 'two')).code).toBe(0);
  expect(await cli('pages', '--stack', 'Two')).toEqual({
    code: 2,
    out: '',
    err: 'the stack Two has several sites: choose with --site one of one, two\n',
  });
});

test('what ElastiCache does not say is said, and the rest all the same', async () => {
  const { code, out } = await cli('status', '--stack', 'Two', '--site', 'two');
  expect(code).toBe(1);
  expect(out).toMatch(/^site test: [^]*\nnot well: ElastiCache does not answer: the cluster forbidden: AccessDenied: /);
});

test.each([
  [['status', '--stack', 'Nowhere'], 2, /^there is no stack Nowhere: are --stack, --region and --profile right\?\n$/],
  [['status', '--stack', 'Empty'], 2, /^the stack Empty has no site in it, /],
  [['status', '--stack', 'Two', '--site', 'three'], 2, /^the stack Two has no site three: it has one, two\n$/],
  [['warm', PAGE, '--stack', 'Shop'], 2, /^the site test has no function that warms: .*\n$/],
  [['status', '--stack', 'Gone'], 1, /^the inspect function removed: ResourceNotFoundException: .*\n$/],
  [['inspect', 'nonsense', '--stack', 'Shop'], 2, /^the inspect request has a fault:\n {2}inspect\.url: .*\n$/],
  [['status', '--stack', 'Shop', '--profile', 'nobody'], 1, /^no AWS credentials that hold \(.+\): .*\n$/],
  [
    ['status', '--stack', 'Shop', '--endpoint-url', 'http://127.0.0.1:9'],
    1,
    /^the stack Shop: AWS does not answer \(connect ECONNREFUSED 127\.0\.0\.1:9\)\n$/,
  ],
])('%j ends with %i and one line', async (args, code, line) => {
  const ended = await cli(...args);
  expect(ended).toEqual({ code, out: '', err: expect.stringMatching(line) as string });
});

test('without credentials or a region, that is said', async () => {
  const nothing = {
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: '/nonexistent',
    AWS_ENDPOINT_URL: `http://${aws.address}`,
  };
  expect(await runWith({ ...nothing, AWS_REGION: 'eu-west-1' }, 'status', '--stack', 'Shop')).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(/^no AWS credentials that hold \(.*\): give --profile, .*\n$/) as string,
  });
  expect(await runWith(nothing, 'status', '--stack', 'Shop')).toEqual({
    code: 2,
    out: '',
    err: 'no region: give --region, or set AWS_REGION, or one for the profile\n',
  });
});
