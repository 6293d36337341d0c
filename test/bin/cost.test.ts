import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { costOf, costText } from '../../bin/cost/cost';
import { partsOf, type Template as StackTemplate } from '../../bin/cost/parts';
import { cloudFrontUsesOf, type Traffic, usesOf } from '../../bin/cost/traffic';
import { PageCache, TierArchitecture, TierCapacity } from '../../lib/index';
import { newSite, newStack } from '../lib/site-template';
import { startAwsStandIn } from '../support/aws-stand-in';
import { run, runWith } from './command-line';

const TRAFFIC: Traffic = { requests: 1e6, hitRatio: 0.9, pageKilobytes: 25, tags: 1 };

function templateWith(props: Parameters<typeof newSite>[0] = {}): StackTemplate {
  const stack = newStack();
  newSite(props, stack);
  return Template.fromStack(stack).toJSON() as StackTemplate;
}
const sumOf = (rows: readonly { readonly dollars: number | undefined }[]) =>
  rows.reduce((all, { dollars }) => all + (dollars ?? 0), 0);
const idle = (props: Parameters<typeof newSite>[0] = {}) => partsOf(templateWith(props));

test('a site with every default costs about 65 dollars a month, and its parts are those of its template', () => {
  const parts = idle();
  expect(parts.map(({ part }) => part)).toEqual(
    expect.arrayContaining([
      '1 load balancer',
      '2 tasks of Fargate (ARM, 0.25 vCPU, 1 GiB)',
      '1 node of Memcached (cache.t4g.micro)',
      '4 public addresses',
      'up to 15 metrics',
    ]),
  );
  expect(sumOf(parts)).toBeGreaterThan(60);
  expect(sumOf(parts)).toBeLessThan(68);
});

test('what the props change, the costs change', () => {
  expect(sumOf(idle({ desiredCount: 1 }))).toBeLessThan(sumOf(idle()));
  expect(sumOf(idle({ architecture: TierArchitecture.X86_64 }))).toBeGreaterThan(sumOf(idle()));
  const larger = idle({ cache: PageCache.cluster({ nodeType: 'cache.m7g.large', nodes: 3 }) });
  expect(larger).toContainEqual({ part: '3 nodes of Memcached (cache.m7g.large)', dollars: 3 * 0.158 * 730 });
  expect(
    idle({ scaling: { minTasks: 3, maxTasks: 9 } })
      .map(({ part }) => part)
      .join(),
  ).toContain('3 tasks of Fargate');
});

test('a site without metrics pays for none', () => {
  expect(sumOf(idle({ metrics: false }))).toBeCloseTo(sumOf(idle()) - 4.5);
});

test('what has no price here is said, and not left out', () => {
  const unknown = { part: '1 node of Memcached (cache.r6g.4xlarge)', dollars: undefined };
  expect(idle({ cache: PageCache.cluster({ nodeType: 'cache.r6g.4xlarge' }) })).toContainEqual(unknown);
  const onInstances = costOf(templateWith({ tier: TierCapacity.ec2() }), TRAFFIC);
  expect(costText(onInstances)).toMatch(/instances of an auto scaling group +not known/);
  expect(costText(onInstances)).toMatch(/together +\$ +[\d.]+ and what is not known/);
  expect(costText(onInstances)).toMatch(/\d NAT gateways? /);
});

test('a million fills cost what DynamoDB takes for them', () => {
  const fills = (tags: number) =>
    usesOf({ ...TRAFFIC, hitRatio: 0, tags }).find(({ use }) => use.startsWith('DynamoDB'));
  expect(fills(0)?.dollars).toBeCloseTo(1.25);
  expect(fills(3)?.dollars).toBeCloseTo(3.125);
});

test('data out is paid here and at CloudFront, and only what is above the free part', () => {
  const out = (uses: readonly { use: string; dollars: number }[]) =>
    uses.find(({ use }) => use.includes('data out'))?.dollars;
  expect(out(usesOf(TRAFFIC))).toBe(0);
  const much = { ...TRAFFIC, requests: 100e6 };
  expect(out(usesOf(much))).toBeCloseTo((2500 - 100) * 0.09);
  expect(out(cloudFrontUsesOf(much))).toBeCloseTo((2500 - 1000) * 0.085);
});

test('more hits cost less', () => {
  expect(sumOf(usesOf({ ...TRAFFIC, hitRatio: 0.99 }))).toBeLessThan(sumOf(usesOf({ ...TRAFFIC, hitRatio: 0.5 })));
});

describe('status --cost', () => {
  let folder: string;
  let file: string;
  let text: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nginx-memcache-site-test-'));
    file = join(folder, 'Shop.template.json');
    text = JSON.stringify(templateWith());
    await writeFile(file, text);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('reads the template of a stack that is not deployed, and says what is what', async () => {
    const { code, out } = await run('status', '--cost', '--template', file, '--requests', '10000000');
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}2 tasks of Fargate \(ARM, 0\.25 vCPU, 1 GiB\) +\$ +\d+\.\d\d$/m);
    expect(out).toMatch(/^10,000,000 requests, 95 % of them hits, 25 kB and 1 tag each$/m);
    expect(out).toMatch(/^ {2}CloudFront's data out, 250 GB +\$ +0\.00$/m);
  });

  test('reads that of one that is', async () => {
    const output = { nginxMemcacheSite: 1, site: 'shop', functions: { inspect: 'a', purge: 'b', write: 'c' } };
    const aws = await startAwsStandIn({
      stacks: { Shop: [JSON.stringify(output)] },
      clusters: {},
      template: text,
      lambdaUrl: 'http://127.0.0.1:9',
    });
    const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1' };
    const args = ['--stack', 'Shop', '--endpoint-url', `http://${aws.address}`, '--json'];
    const { out } = await runWith(credentials, 'status', '--cost', ...args);
    await aws.close();
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(costOf(templateWith(), { ...TRAFFIC, hitRatio: 0.95 }))));
  });

  test.each([
    [[], /^--cost needs the stack \(--stack\), or a template of one/],
    [['--template', '/nowhere.json'], /^--template ENOENT/],
    [['--template', __filename], /must have a template in JSON, with Resources/],
    [['--template', 'x', '--hit-ratio', '101'], /It must be a number from 0 to 100/],
    [['--template', 'x', '--requests', '-1'], /It must be a whole number/],
  ])('%j is wrong use', async (args, message) => {
    const { code, err } = await run('status', '--cost', ...args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});
